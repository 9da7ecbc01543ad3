"""One unit of Figure 1's networks: where it puts each image, from step to step."""

from __future__ import annotations

from functools import partial

from pages.training import watch

picture = partial(watch.picture, kind="unit")
said = watch.said
more = watch.more
