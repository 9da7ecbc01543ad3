"""Mini-batches of two, from which mean and variance are mostly noise."""

from __future__ import annotations

from functools import partial

from pages.training import watch

picture = partial(watch.picture, kind="unit")
said = watch.said
more = watch.more
