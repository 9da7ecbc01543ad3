"""The gate for what comes from outside: what is said of a foreign value."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as some

from ui.outside import said


@given(some.text(max_size=60))
def test_what_a_user_wrote_is_shown_as_it_stands(written: str) -> None:
    shown = said(written)
    assert len(re.sub(r"\\(.)", r"\1", shown)) <= 25
    assert not re.search(r"(?<!\\)[*_`\[\]$<>]", shown.replace("\\\\", ""))
