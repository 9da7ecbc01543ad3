"""Weight decay on γ and β: what it does, and what it does not."""

from __future__ import annotations

import numpy as np

from experiments.clinic import decay as experiment
from experiments.intervals import half_widths
from pages.clinic import LESSON
from pages.clinic.common import Fact, bars, cure, value
from ui import controls
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

ILL = 0.01  # so much of what is right, at least, and for sure


def differences(on: str, decay: float) -> tuple[float, float]:
    """By how much more is right than without decay, paired by seed, and its 95 % interval."""
    found = experiment.load()
    more = found.of(on, decay)[0] - found.of(on, 0.0)[0]
    return float(more.mean()), float(half_widths(more))


def parts(on: str, decay: float) -> list[float]:
    """Accuracy, γ and length of W, as multiples of those without decay."""
    found = experiment.load()
    pairs = zip(found.of(on, decay), found.of(on, 0.0), strict=True)
    return [float(np.mean(now) / np.mean(plain)) for now, plain in pairs]


def picture(now: Moment) -> None:
    """What is right, γ, and W, each beside what it is without decay."""
    on, decay = value("on"), value("decay")
    accuracy, gamma, W = parts(on, decay)
    mean, half = differences(on, decay)
    ill = now.seen and mean < -max(half, ILL)
    shown = now.seen
    bars(
        Fact(t(f"{LESSON}.decay.accuracy"), accuracy if shown else None, ill, 3),
        Fact(t(f"{LESSON}.decay.gamma"), gamma if shown else None, digits=3),
        Fact(t(f"{LESSON}.decay.W"), W if shown else None, digits=3),
        most=1.25,
        mark=1,
        marked=t(f"{LESSON}.decay.mark"),
    )
    if now.seen:
        controls.ladder(LESSON, "decay")
        controls.choice(LESSON, "on", wrap=True)


def said(now: Moment) -> dict[str, object]:
    """In numbers, here and where it was asked."""
    on, decay = value("on"), value("decay")
    asked = [LESSON.default(name, now.name) for name in ("on", "decay")]
    found = experiment.load()
    accuracy, gamma, _ = found.of(on, decay)
    return {
        "on": controls.option_label(LESSON, "on", on),
        "decay": number(decay),
        "right": percent(float(accuracy.mean())),
        "more": points(on, decay),
        "gamma": number(float(gamma.mean()), 3),
        "plain_gamma": number(float(found.of(on, 0.0)[1].mean()), 3),
        "asked_more": points(*asked),
        "asked_decay": number(asked[1]),
        "asked_gamma": number(float(found.of(*asked)[1].mean()), 3),
        "seeds": len(experiment.SEEDS),
    }


def points(on: str, decay: float) -> str:
    """+0.4 ± 0.5, in percentage points."""
    mean, half = differences(on, decay)
    return f"{100 * mean:+.1f} ± {100 * half:.1f}".replace("-", "−")


def more(now: Moment) -> None:
    """How to leave γ and β out."""
    cure(now.name, experiment.one)
