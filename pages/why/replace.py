"""Whether batch norm in the hidden layers does the work of input scaling."""

from __future__ import annotations

import streamlit as st

from experiments.why import input_scaling, inputs
from figures.parts import guessed
from figures.theme import colour
from pages.why import charts_inputs as figures
from pages.why.parts import LESSON, chart, words
from ui import page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import mode, t

ARM_HUES = {
    "raw": "plain",
    "raw_hidden": "bn",
    "raw_input": "z_norm",
    "raw_both": "z_norm",
    "scaled": "plain",
    "scaled_hidden": "bn",
}
BEFORE = ("raw", "scaled")  # the arms that are known before the question
MARKED = ("yes",)  # the arm that is asked about, as well as scaled wines


def picture(now: Moment) -> None:
    """Arms on wine, every seed a dot: first those without batch norm alone."""
    found = input_scaling.over_seeds()
    names = list(input_scaling.ARMS)
    drawn = [name for name in names if now.seen or name in BEFORE]
    values = {name: found.at_best[:, names.index(name)] for name in drawn}
    means = {name: percent(float(seeds.mean())) for name, seeds in values.items()}
    figure = figures.arms(
        mode(),
        [t(f"{LESSON}.replace.{name}") for name in drawn],
        [ARM_HUES[name] for name in drawn],
        list(values.values()),
        words("replace", "axis", "seed", "mean"),
        rows=len(names),
    )
    expected = float(values["scaled"].mean()), names.index("raw_hidden")
    chart(
        guessed(figure, now.mark(*MARKED), *expected, mode()),
        "replace.alt" if now.seen else "replace.alt_before",
        "replace",
        **means,
    )


def said(now: Moment) -> dict[str, str]:
    """The mean of every arm, by SGD and by Adam."""
    names = list(input_scaling.ARMS)
    known: dict[str, str] = {}
    for optimizer, prefix in (("sgd", ""), ("adam", "adam_")):
        means = input_scaling.over_seeds(optimizer).at_best.mean(axis=0)
        known |= {
            f"{prefix}{name}": percent(float(x)) for name, x in zip(names, means, strict=True)
        }
    return known


def more(now: Moment) -> None:
    """The same with Adam, the rates, and on what it was measured."""
    page.say(f"{LESSON}/replace", **_features())
    st.markdown(t(f"{LESSON}.replace.say", **said(now)))
    found, adam = input_scaling.over_seeds(), input_scaling.over_seeds("adam")
    _arms([found, adam], [t(f"{LESSON}.replace.{name}") for name in input_scaling.ARMS])
    known: dict[str, object] = {"seeds": len(found.seeds), "rates": len(found.rates)}
    known |= {"steps": input_scaling.STEPS, "valid": input_scaling.N_VALID}
    sizes = (len(inputs.FEATURES), *input_scaling.HIDDEN, len(set(inputs.wine().y.tolist())))
    known["sizes"] = "-".join(map(str, sizes))
    st.caption(t(f"{LESSON}.replace.of_run", **known))
    page.source(input_scaling.arm, key="replace")


def _features() -> dict[str, str]:
    """How many there are in all, and between which values."""
    x = inputs.wine().x
    ends = {"low": number(x.min(), 2), "high": number(x.max(), 2)}
    return {"features": str(x.shape[1])} | ends


def _arms(by_optimizer: list[input_scaling.OverSeeds], labels: list[str]) -> None:
    """Of each optimizer, accuracy and best rate."""
    rows = []
    for a, (name, label) in enumerate(zip(input_scaling.ARMS, labels, strict=True)):
        cells = [Cell(label, colour=colour(ARM_HUES[name], mode()))]
        for found in by_optimizer:
            mean, rate = float(found.at_best[:, a].mean()), float(found.best_lr[a])
            cells += [Cell(percent(mean), f"{mean:.4f}"), Cell(number(rate), f"{rate:g}")]
        rows.append(cells)
    heads = ("arm", "accuracy", "rate", "adam", "adam_rate")
    table(
        [Cell(t(f"{LESSON}.replace.head_{head}")) for head in heads],
        rows,
        name="arms",
        lesson=LESSON,
    )
