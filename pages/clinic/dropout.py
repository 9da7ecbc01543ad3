"""Batch norm behind dropout: the variance that training measures is not that of eval()."""

from __future__ import annotations

from experiments.clinic import dropout as experiment
from experiments.intervals import half_widths
from pages.clinic import LESSON
from pages.clinic.common import Fact, bars, cure, value
from ui import controls
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

FAR = 0.1  # so far from 1 is ill
MOST = 1.8  # where a bar ends


def ratios(keep: float) -> list[float]:
    """By layer, mean over the seeds."""
    found = experiment.load().ratio[experiment.KEEP.index(keep)]
    return [float(each) for each in found.mean(axis=0)]


def picture(now: Moment) -> None:
    """The running variance of each layer, as a multiple of what eval() meets."""
    rows = [
        Fact(
            t(f"{LESSON}.dropout.{'behind' if layer else 'first'}", layer=layer + 1),
            ratio if now.seen else None,
            now.seen and abs(ratio - 1) > FAR,
            3,
        )
        for layer, ratio in enumerate(ratios(value("keep")))
    ]
    bars(*rows, most=MOST, mark=1, marked=t(f"{LESSON}.dropout.mark"))
    if now.seen:
        controls.ladder(LESSON, "keep")


def said(now: Moment) -> dict[str, object]:
    """How much too large, and what new statistics would bring."""
    keep, asked = value("keep"), LESSON.default("keep", now.name)
    found, at = experiment.load(), experiment.KEEP.index(value("keep"))
    gain = found.gain(keep)
    points = f"{100 * gain.mean():+.1f} ± {100 * float(half_widths(gain)):.1f}".replace("-", "−")
    return {
        "keep": percent(keep, 0),
        "two": number(ratios(keep)[1], 3),
        "three": number(ratios(keep)[2], 3),
        "asked_two": number(ratios(asked)[1], 3),
        "asked_keep": percent(asked, 0),
        "running": percent(float(found.running[at].mean())),
        "gain": points,
        "seeds": len(experiment.SEEDS),
    }


def more(now: Moment) -> None:
    """Where dropout does no harm."""
    cure(now.name, experiment.one)
