"""What strangers write: shared by the tests of everything that comes from outside."""

from __future__ import annotations

from hypothesis import strategies as some

#: text that Markdown, as Streamlit reads it, would make something of
HOSTILE = (
    "[sign in](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "\n\n# BIG",
    "https://evil.example/a",
    "www.evil.example",
    "me@evil.example",
    "<https://evil.example>",
    "<img src=x onerror=alert(1)>",
    "<h1>BIG</h1>",
    "$\\frac{1}{2}$",
    "$$x^2$$",
    ":material/home:",
    ":smile: :+1:",
    ":red[loud]",
    ":red-background[x]",
    ":streamlit:",
    "**bold** _it_ ~~no~~",
    "`code` ``more``",
    "`",
    "- a\n- b",
    "1. one",
    "> quoted",
    "| a | b |\n|---|---|",
    "&lt;b&gt; &amp; &#33;",
    "-> <- -- >= <=",
    "[[name]]",
    "\\c{mean}{x}",
    "[^1]",
    "a\u202egnp.exe",
    "a\u200bb\u2066c\ufeff",
    "\x00\x1b[31m",
    "\ud800",
    "x" * 20_000,
)
NOT_NUMBERS = (
    *("", " ", " 1", "1 ", "1_0", "１２", "٣", "1e400", "-1e400", "nan", "NaN", "inf", "infinity"),
    *("0x10", "1,5", "1.5.2", "e5", "1e", ".", "+", "--1", "²", "½", "−1", "1\n", "1" * 65, "1j"),
)
#: what JSON can say, and Python reads of it: 1e400 is infinity, NaN is NaN
JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=20)
    | some.sampled_from(["last", "done", "mini_batch", "x" * 100_000, 10**400, "1", "1e400"]),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.text(max_size=8)
            | some.sampled_from(["mount", "n", "set", "last", "done", "text", "error", "size"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
