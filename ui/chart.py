"""The one way a chart is drawn. Charts are for reading: nothing stands over them.

With a mouse a part can be drawn larger; how to come back is said in the page's language, which
Plotly takes from the `locales` of its configuration. A finger scrolls the page and reads values
(`assets/touch.js`). The browser fetches what draws them when the first one comes near
(`ui.library`); a change is drawn in place (`assets/components/chart`).

What is sent is finished once for a figure, and figures are kept with what they were made from
(`figures.theme.drawn`): a page that is drawn again makes neither anew.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from figures.theme import Painted
from ui import library
from ui.components import Component
from ui.text import language, t

# What Plotly may say on its own, by the names of our words.
NOTICES = {
    "Double-click to zoom back out": "zoomed",
    "Double-click on legend to isolate one trace": "legend",
}
#: what an array may hold, and as what Plotly reads it
KINDS = {each: each for each in ("f8", "f4", "i4", "u4", "i2", "u2", "i1", "u1")} | {"i8": "f8"}
HEIGHT = 340  # of a figure that does not say

_component = Component(
    "chart",
    {},
    html=("chart/index.html",),
    css=("chart/style.css",),
    js="chart/index.js",
    isolated=False,  # Plotly keeps its styles and notices in the document
)


def plot(figure: go.Figure, *, key: str, alt: str) -> None:
    """A chart in the house's look, and the sentence for those who do not see it."""
    height = figure.layout.height or HEIGHT
    _component(key, finished(figure, alt), height=height)


def finished(figure: go.Figure, alt: str) -> bytes:
    """All that the browser needs to draw it in this language, as `kit/bytes.js` reads it."""
    kept: dict[tuple[str, str], bytes] = figure.__dict__.setdefault("finished", {})
    name = language(), alt
    if name not in kept:
        plain = figure.plain if isinstance(figure, Painted) else figure.to_dict()
        kept[name] = _packed(plain, alt)
    return kept[name]


def _packed(plain: dict[str, Any], alt: str) -> bytes:
    layout = {"height": HEIGHT, **plain["layout"]}
    sent = {"data": plain["data"], "layout": layout, "alt": alt, "config": configuration()}
    text = json.dumps(sent | {"address": library.address()}, cls=_Encoder, separators=(",", ":"))
    return zlib.compress(f"{text}\n".encode())


class _Encoder(PlotlyJSONEncoder):
    """Plotly's own, but numbers in arrays go as the bytes they are, as in its figures."""

    def default(self, value: Any) -> Any:
        kind = KINDS.get(value.dtype.str[1:]) if isinstance(value, np.ndarray) else None
        if kind is None or not value.ndim or not value.size:
            return super().default(value)
        bare = np.ascontiguousarray(value, dtype=f"<{kind}").tobytes()
        shape = {"shape": ", ".join(map(str, value.shape))} if value.ndim > 1 else {}
        return {"dtype": kind, "bdata": base64.b64encode(bare).decode("ascii"), **shape}


def configuration() -> dict[str, Any]:
    """No toolbar, and notices in the page's language."""
    said = {notice: t(f"ui.chart.{word}") for notice, word in NOTICES.items()}
    return {
        "displayModeBar": False,
        "locale": language(),
        "locales": {language(): {"dictionary": said}},
    }
