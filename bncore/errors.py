"""One exception for every input that the core refuses.

The core does not speak to the reader: it names what is wrong (`code`) and with which values
(`fields`), and whoever shows it words that in the reader's language.
"""

from __future__ import annotations

from typing import Any

CODES = {
    "not_numeric": "not real numbers",
    "shape": "wrong shape",
    "empty_batch": "no examples",
    "non_finite": "NaN or infinity",
    "overflow": "squares or results leave the range of the dtype",
    "variance": "negative variance",
    "eps": "eps is not finite and > 0",
    "momentum": "momentum is not between 0 and 1",
    "config": "impossible setting",
}


class InputError(ValueError):
    """Input that cannot be computed with.

    `code` is one of `CODES`. `fields` says where and why: usually `field` (which argument),
    `expected` and `got`; for "non_finite" also `at`, the index of the first such value.
    """

    def __init__(self, code: str, fields: dict[str, Any] | None = None) -> None:
        self.code = code
        self.fields = dict(fields or {})
        super().__init__(code, self.fields)  # as `args`, so that it survives pickling

    def __str__(self) -> str:
        details = ", ".join(f"{name} {value!r}" for name, value in self.fields.items())
        return f"{CODES.get(self.code, self.code)} ({details})"
