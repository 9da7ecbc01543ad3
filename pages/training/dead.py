"""A network of sigmoid units that says the same of every image."""

from __future__ import annotations

from functools import partial

from pages.training import watch

picture = partial(watch.picture, kind="unit")
said = watch.said
more = watch.more
