"""What programs print, by the symptom whose scene speaks of it: to be searched, not to be read."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, ...]] = {}
