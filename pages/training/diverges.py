"""A learning rate that only one of the two networks stands."""

from __future__ import annotations

from functools import partial

from pages.training import watch

picture = partial(watch.picture, kind="unit")
said = watch.said
more = watch.more
