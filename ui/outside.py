"""The one gate for what comes from outside: links, pasted text, files, what a browser sends.

Whatever a stranger wrote is bounded before it is read, and passes `said` before it is said.
"""

from __future__ import annotations

import re

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!$:<>|~&])")


def said(value: object, most: int = 24) -> str:
    """The beginning of a foreign value, so that Markdown shows it as it stands.

    >>> said("[a](b)"), said("x" * 30, most=3)
    ('\\\\[a\\\\]\\\\(b\\\\)', 'xxx…')
    """
    word = str(value)
    short = word if len(word) <= most else f"{word[:most]}…"
    return MARKDOWN.sub(r"\\\1", short)
