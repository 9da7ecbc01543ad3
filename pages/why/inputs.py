"""The part on scaled inputs: a bowl, the same at the output layer, and whether BN replaces it."""

from __future__ import annotations

import streamlit as st

from experiments.why import input_scaling, inputs, spectrum
from experiments.why.inputs import Bowl, Descent
from experiments.why.spectrum import Spectra
from figures.theme import colour
from pages.why import charts_inputs as figures
from pages.why.parts import LESSON, chart, options, value, words
from ui import controls, page
from ui.numbers import number, percent
from ui.tables import Cell, table
from ui.text import mode, t

DRAWN = 100  # steps in the picture
PATIENCE = 1000  # steps until a way counts as too long
NAMES = {False: "raw", True: "scaled"}
HUES = {"none": "plain", "before": "bn", "after": "after"}
ARM_HUES = {
    "raw": "plain",
    "raw_hidden": "bn",
    "raw_input": "z_norm",
    "raw_both": "z_norm",
    "scaled": "plain",
    "scaled_hidden": "bn",
}


def show() -> None:
    """Draw this part."""
    page.say(f"{LESSON}/inputs", **_wines())
    page.question(
        LESSON, "valley", ("round", "alcohol", "magnesium"), right="alcohol", horizontal=True
    )
    bowls()
    run = spectrum.config("relu")
    page.say(f"{LESSON}/spectra", depth=run.depth, width=run.width, images=spectrum.IMAGES)
    spectra()
    page.say(f"{LESSON}/replace", **_features())
    page.question(LESSON, "replace", ("yes", "partly", "worse"), right="partly")
    replaced()
    page.say(f"{LESSON}/checks")
    page.question(LESSON, "limit", ("average", "steepest", "flattest"), right="steepest")
    page.source(
        inputs.contours,
        inputs.descent,
        spectrum.last_hidden,
        spectrum.spectrum,
        input_scaling.arm,
        key="why-inputs",
    )


def _wines() -> dict[str, str]:
    """How many, and how their two features are spread."""
    found = inputs.features(False)
    known = {"wines": str(len(found.y))}
    for i, name in enumerate(inputs.PAIR):
        known |= {name: number(found.mean[i], 2), f"{name}_sd": number(found.sd[i], 2)}
    return known


def _features() -> dict[str, str]:
    """How many there are in all, and between which values."""
    x = inputs.wine().x
    ends = {"low": number(x.min(), 2), "high": number(x.max(), 2)}
    return {"features": str(x.shape[1])} | ends


# --- the bowl ---


@st.cache_resource(max_entries=4, show_spinner=False)
def bowl(scaled: bool) -> Bowl:
    return inputs.contours(scaled)


@st.cache_resource(max_entries=64, show_spinner=False)
def way(scaled: bool, lr: float) -> Descent:
    return inputs.descent(scaled, lr, PATIENCE)


@page.fragment(LESSON)
def bowls() -> None:
    """Both pictures under one learning rate, and what is left of the loss."""
    controls.ladder(LESSON, "lr", width=560)
    for column, scaled in zip(st.columns([13, 8], gap="medium"), (False, True), strict=True):
        with column:
            _bowl(scaled)
    st.caption(t(f"{LESSON}.bowl.how", steps=DRAWN))
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        _left_over()
    with right:
        _compared()
        limits = {NAMES[s]: number(bowl(s).lr_limit, 2) for s in NAMES}
        everything = {
            f"all_{name}": number(inputs.all_features_condition(scaled), 2)
            for scaled, name in NAMES.items()
        }
        everything |= {"features": str(len(inputs.FEATURES))}
        ratio = number(bowl(False).axis_ratio, 2)
        st.markdown(t(f"{LESSON}.bowl.say", ratio=ratio, **limits, **everything))


def _bowl(scaled: bool) -> None:
    here, down, name = bowl(scaled), way(scaled, value("lr")), NAMES[scaled]
    chart_words = words("bowl", "x", "y", "way", "start", "lowest", "step", "loss")
    upto = DRAWN + 1
    told = said(down)
    st.markdown(f"**{t(f'{LESSON}.bowl.{name}')}**")
    chart(
        figures.bowl(
            mode(),
            scaled,
            here.hessian,
            here.minimum,
            down.w[:upto],
            down.excess[:upto],
            down.diverged,
            chart_words,
        ),
        f"bowl.alt_{name}",
        f"bowl-{name}",
        ratio=number(here.axis_ratio, 2),
        said=told,
    )
    st.markdown(told)


def said(down: Descent) -> str:
    """Where the way leads to."""
    if down.diverged:
        return t(f"{LESSON}.bowl.diverged")
    if down.steps_to_close is None:
        return t(f"{LESSON}.bowl.slow", steps=PATIENCE, left=percent(inputs.CLOSE, 0))
    return t(f"{LESSON}.bowl.close", steps=down.steps_to_close, left=percent(inputs.CLOSE, 0))


def _left_over() -> None:
    raw, scaled = (way(each, value("lr")) for each in (False, True))
    chart(
        figures.excess(
            mode(),
            raw.excess,
            scaled.excess,
            words("excess", "raw", "scaled", "axis", "left"),
        ),
        "excess.alt",
        "excess",
        raw=said(raw),
        scaled=said(scaled),
    )


def best(scaled: bool) -> int:
    """Steps at the best learning rate of the slider."""
    return min(way(scaled, lr).steps_to_close or PATIENCE for lr in options("lr"))


def _compared() -> None:
    heads = ("inputs", "condition", "with_b", "limit", "best")
    rows = []
    for scaled, name in NAMES.items():
        here = bowl(scaled)
        numbers = (here.condition, here.condition_with_b, here.lr_limit, best(scaled))
        rows.append(
            [
                Cell(
                    t(f"{LESSON}.excess.{name}"),
                    colour=colour(figures.IDEAS[scaled], mode()),
                ),
                *(Cell(number(x, 2 if i < 3 else 4), f"{x:.4g}") for i, x in enumerate(numbers)),
            ]
        )
    table(
        [Cell(t(f"{LESSON}.bowl.head_{head}")) for head in heads], rows, name="bowl", lesson=LESSON
    )


# --- hidden layers ---


@st.cache_resource(max_entries=64, show_spinner=False)
def measured(seed: int) -> Spectra:
    return spectrum.one_seed(seed)


@page.fragment(LESSON)
def spectra() -> None:
    """Eigenvalues at the output layer's inputs, before any training."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="spectra-controls"):
        controls.choice(LESSON, "nonlinearity")
        controls.entry(LESSON, "seed", width=220)
    found, row = measured(value("seed")), spectrum.ACTIVATIONS.index(value("nonlinearity"))
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    ratios = {norm: number(float(found.to_median[row, i]), 2) for i, norm in enumerate(found.norms)}
    with left:
        lines = dict(zip(found.norms, found.eigenvalues[row], strict=True))
        chart(
            figures.spectra(mode(), lines, words("spectra", "axis", "ratio", *found.norms)),
            "spectra.alt",
            "spectra",
            activation=controls.option_label(LESSON, "nonlinearity", value("nonlinearity")),
            **ratios,
        )
    with right:
        _ratios(found)
        st.markdown(t(f"{LESSON}.spectra.say_{value('nonlinearity')}", **ratios))


def _ratios(found: Spectra) -> None:
    heads = [Cell("")] + [Cell(t(f"ui.options.{name}")) for name in found.activations]
    rows = [
        [
            Cell(t(f"{LESSON}.spectra.{norm}"), colour=colour(HUES[norm], mode())),
            *(Cell(number(float(x), 2), f"{x:.4g}") for x in found.to_median[:, i]),
        ]
        for i, norm in enumerate(found.norms)
    ]
    table(heads, rows, name="spectra", lesson=LESSON)


# --- does batch norm in the hidden layers replace it? ---


@page.fragment(LESSON)
def replaced() -> None:
    """Six arms on wine, every seed a dot; and beside it what Adam makes of them."""
    found, adam = input_scaling.over_seeds(), input_scaling.over_seeds("adam")
    names = list(input_scaling.ARMS)
    labels = [t(f"{LESSON}.replace.{name}") for name in names]
    means = {name: percent(float(x)) for name, x in zip(names, found.at_best.mean(0), strict=True)}
    left, right = st.columns([6, 5], gap="large", vertical_alignment="center")
    with left:
        chart(
            figures.arms(
                mode(),
                labels,
                [ARM_HUES[name] for name in names],
                list(found.at_best.T),
                words("replace", "axis", "seed", "mean"),
            ),
            "replace.alt",
            "replace",
            **means,
        )
    with right:
        with_adam = {
            f"adam_{name}": percent(float(x))
            for name, x in zip(names, adam.at_best.mean(0), strict=True)
        }
        st.markdown(t(f"{LESSON}.replace.say", **means, **with_adam))
    _arms([found, adam], labels)
    known: dict[str, object] = {"seeds": len(found.seeds), "rates": len(found.rates)}
    known |= {"steps": input_scaling.STEPS, "valid": input_scaling.N_VALID}
    sizes = (len(inputs.FEATURES), *input_scaling.HIDDEN, len(set(inputs.wine().y.tolist())))
    known["sizes"] = "-".join(map(str, sizes))
    st.caption(t(f"{LESSON}.replace.of_run", **known))


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
