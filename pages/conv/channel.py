"""One channel's pixels of all images as one cloud, on the stage of the four steps."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from bncore.conv import batch_norm_2d
from experiments.conv import channel as experiment
from experiments.conv.channel import BATCH, IMAGES, Channel
from figures.digits import data_uri
from pages.conv import LESSON
from pages.conv.charts import tinted
from ui import controls, page
from ui.files import COMPONENTS
from ui.numbers import number
from ui.scenes import Moment
from ui.stage import stage, tokens
from ui.text import mode, t

STYLE = COMPONENTS / "conv.css"


def picture(now: Moment) -> None:
    """The maps of a channel, and below them all their pixels; revealed, these take the steps."""
    controls.choice(LESSON, "channel", wrap=True, label_visibility="collapsed")
    found = _found()
    _maps(now, found)
    stage(
        LESSON,
        "channel",
        found.z,
        shown=4 if now.seen else 1,
        sliders=("gamma", "beta") if now.seen else (),
        step=4 if now.whole else LESSON.value("step"),
        play=now.seen and LESSON.value("step") == 1,
        words={"step_1": t(f"{LESSON}.channel.step_1", **tokens())},
    )


def _found() -> Channel:
    return experiment.channel(LESSON.value("channel") - 1)


def _maps(now: Moment, found: Channel) -> None:
    """Each image and what the channel makes of it; the pixel that is lit below has a frame."""
    at = LESSON.value("example") - 1 if now.seen else -1
    image, pixel = divmod(at, experiment.SIDE**2)
    most = float(np.abs(found.maps).max())
    shown = []
    for k, (digit, values) in enumerate(zip(found.digits, found.maps, strict=True)):
        drawn, _ = data_uri(digit[None], 1, mode())
        spot = ""
        if k == image and at >= 0:
            down, across = divmod(pixel, experiment.SIDE)
            spot = f'<b style="left:{12.5 * across}%;top:{12.5 * down}%"></b>'
        shown.append(
            f'<span><img class="of-digit" src="{drawn}" alt=""><i aria-hidden="true">→</i>'
            f'<em><img src="{tinted(values / most, mode())}" alt="">{spot}</em></span>'
        )
    alt = html.escape(t(f"{LESSON}.channel.alt", images=IMAGES, channel=LESSON.value("channel")))
    page.at_once(
        f'<figure class="conv-maps" role="img" aria-label="{alt}">{"".join(shown)}</figure>', STYLE
    )


def said(now: Moment) -> dict[str, object]:
    """The counts of the mini-batch that is asked about, and of what is shown."""
    return {
        **experiment.counts(),
        "images": BATCH,
        "shown": IMAGES,
        "points": experiment.counts(IMAGES)["numbers"],
    }


def more(now: Moment) -> None:
    """What the network has learned for this channel, and the code."""
    found = _found()
    known = {"gamma": number(found.gamma, 3), "beta": number(found.beta, 3)}
    known |= {"channel": LESSON.value("channel"), "mean": number(float(found.z.mean()), 3)}
    known |= {"sd": number(float(found.z.std()), 3)}
    st.markdown(t(f"{LESSON}.channel.learned", **known))
    page.say(f"{LESSON}/channel")
    page.source(batch_norm_2d, key=f"{LESSON}-channel")
