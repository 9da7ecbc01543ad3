"""The languages that lack nothing: what tests say of a page's words, they say of these.

A young language may say much in English (`ui.text`); when it lacks nothing any more, it belongs
here.
"""

from __future__ import annotations


def languages() -> tuple[str, ...]:
    """Their codes."""
    return ("en", "ko")
