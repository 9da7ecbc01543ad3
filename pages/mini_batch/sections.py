"""What the lesson on one mini-batch shows: its controls, formulas, tables and charts, worded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Batch, Steps
from pages.mini_batch import LESSON
from pages.mini_batch import charts as figures
from ui import controls, intake, state, tables, text
from ui.chart import plot
from ui.intake import Reading
from ui.numbers import latex, number
from ui.outside import said
from ui.text import t

#: the controls that decide which numbers the batch has
BATCH = ("source", "layer", "unit", "m", "seed", "z")
STEPS = ("z", "z_centered", "z_norm", "z_tilde")


value = LESSON.value


def put(**values: Any) -> Callable[[], None]:
    """A callback that sets controls."""
    return lambda: state.put(LESSON, **values)


def remembered(name: str, default: Any = None) -> Any:
    """What the lesson keeps between runs and does not put into its link."""
    return st.session_state.get(f"{LESSON}.{name}", default)


def remember(**values: Any) -> None:
    for name, new in values.items():
        st.session_state[f"{LESSON}.{name}"] = new


# --- the batch ---


def choose_batch() -> Batch:
    """One row of controls, the user's own numbers if asked for, and where the numbers are from."""
    source = value("source")
    own = source == "own"
    anywhere = source in ("digits", "outlier", "single")
    with st.container(horizontal=True, key="batch"):
        controls.select(LESSON, "source", width=210, on_change=_start_from_what_is_shown)
        if not own:
            controls.choice(LESSON, "layer", disabled=not anywhere)
            controls.entry(LESSON, "unit", width=130, disabled=not anywhere)
            controls.slider(LESSON, "m", width="stretch", disabled=source == "single")
            controls.entry(LESSON, "seed", width=130)
        else:
            own_numbers()
    if own and (note := remembered("note")):
        say(note)
    batch = current_batch()
    remember(shown=tuple(batch.z.tolist()))
    origin = "digits" if own and not value("z") else source
    facts = {name: _fact(fact) for name, fact in batch.facts.items()}
    st.caption(t(f"{LESSON}.origin.{origin}", m=batch.m, **facts))
    return batch


def current_batch() -> Batch:
    """The batch that the controls ask for."""
    return experiment.draw(*(value(name) for name in BATCH))


def note_batch() -> None:
    """Call in every full run: what the whole page is about to show."""
    remember(drawn=_drawn())


def rerun_if_batch_changed() -> None:
    """Call first in a fragment: another batch or another ε concerns the whole page."""
    if remembered("drawn") != _drawn():
        st.rerun()


def _drawn() -> tuple[Any, ...]:
    return tuple(value(name) for name in (*BATCH, "eps"))


def _fact(fact: Any) -> Any:
    return number(fact) if isinstance(fact, float) else fact


def _start_from_what_is_shown() -> None:
    """Own numbers begin as the batch that stood there before."""
    if value("source") == "own" and not value("z"):
        state.put(LESSON, z=remembered("shown", ()))


@dataclass(frozen=True)
class Note:
    """What to say about own numbers: looked (read, not yet used), taken, asked or refused."""

    kind: str
    reading: Reading | None = None
    code: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    offers: tuple[Reading, ...] = ()


def own_numbers() -> None:
    """A field to type or paste into, and a file input."""
    if remembered("written") != value("z"):  # dragged, or from a link: the field follows
        write_out(value("z"), note=None)
    most = LESSON.control("z").most
    st.text_area(
        t(f"{LESSON}.own_line"),
        key=f"{LESSON}.draft",
        height=90,
        width=440,
        help=t(f"{LESSON}.own_hint", most=most),
        persist_state="session",
        on_change=look,
    )
    with st.container(width=300, gap="small"):
        st.button(
            t(f"{LESSON}.own_use"),
            key="own-use",
            on_click=lambda: take(remembered("draft", "")),
            width="stretch",
        )
        words = {word: t(f"{LESSON}.intake.{word}") for word in ("choose", "drop")}
        intake.file_input("intake", words, take, refuse)


def write_out(numbers: tuple[float, ...], note: Note | None) -> None:
    """Put numbers into the field, and remember what to say about them."""
    draft = ", ".join(repr(each).removesuffix(".0") for each in numbers)
    remember(draft=draft, looked=draft, written=numbers, note=note)


def look() -> None:
    """Say what a text that was typed will be read as, before it is used."""
    draft = remembered("draft", "")
    if draft == remembered("looked"):
        return
    remember(looked=draft, note=None)
    try:
        reading = intake.parse(draft, LESSON.control("z"))
    except intake.IntakeError as error:
        if error.code != "empty":
            refuse(error)
        return
    remember(note=Note("looked", reading))


def take(written: str) -> None:
    """Use the numbers of a text; where that cannot be, say why and keep the batch.

    What a reading leaves out is said before anything is used.
    """
    try:
        reading = intake.parse(written, LESSON.control("z"))
    except intake.IntakeError as error:
        refuse(error)
        return
    if (reading.index or reading.unit) and remembered("looked") != written:
        remember(note=Note("asked", reading, offers=(reading,)))
    else:
        use(reading)


def use(reading: Reading) -> None:
    write_out(reading.numbers, Note("taken", reading))
    state.put(LESSON, source="own", z=reading.numbers)


def refuse(error: intake.IntakeError) -> None:
    remember(note=Note("refused", None, error.code, error.fields, error.offers))


def say(note: Note) -> None:
    """What was read or why not, and a button for each reading that the user may choose."""
    word = f"{LESSON}.intake"
    if note.reading:
        end = t(f"{word}.{note.kind}", button=t(f"{LESSON}.own_use"))
        tell = st.success if note.kind == "taken" else st.info
        tell(" ".join(filter(None, (*_read(note.reading), end))))
    else:
        fields = note.fields | {"where": _where(note.fields)}
        st.error(t(f"{word}.{note.code}", **fields))
    if note.offers:
        with st.container(horizontal=True, key="own-offers"):
            for place, offer in enumerate(note.offers):
                code = "offer_index" if offer.index else "offer"
                shown = {"numbers": _listed(offer.numbers, 5), "index": said(offer.index or "")}
                label = t(f"{word}.{code}", **shown)
                st.button(label, key=f"own-offer-{place}", on_click=use, args=(offer,))


def _read(reading: Reading) -> Iterable[str]:
    """What the numbers are, and what else stood in the text."""
    word, count = f"{LESSON}.intake", len(reading.numbers)
    numbers = "number" if count == 1 else "numbers"
    yield t(f"{word}.{numbers}", count=count, numbers=_listed(reading.numbers, 12))
    for name in ("header", "index", "unit"):
        if left_out := getattr(reading, name):
            yield t(f"{word}.{name}", **{name: said(left_out)})


def _listed(numbers: tuple[float, ...], most: int) -> str:
    """Numbers exactly as they were read; of many, the first and the last."""
    words = [repr(each).removesuffix(".0") for each in numbers]
    words = [f"−{word[1:]}" if word[0] == "-" else word for word in words]
    return ", ".join(words if len(words) <= most else [*words[: most - 2], "…", words[-1]])


def _where(fields: dict[str, Any]) -> str:
    """The place of a cell: counted in a row of numbers, by row and column in a sheet."""
    if not {"place", "row", "column"} <= set(fields):
        return ""
    flat = fields["row"] == 1 and fields["column"] == fields["place"]
    return t(f"{LESSON}.intake.{'at_place' if flat else 'at_cell'}", **fields)


def limits(z: np.ndarray) -> None:
    """Say it where the first row cannot tell numbers apart: it has room for a few digits."""
    size, spread = float(np.abs(z).max()), float(np.ptp(z))
    if size >= 1e6 and 0 < spread < size / 200:
        st.caption(t(f"{LESSON}.digits_alike", size=number(size, 3), spread=number(spread, 3)))


# --- the four steps ---


def give_back(steps: Steps) -> None:
    """γ and β that undo the normalization, at a button's press."""
    gap = float(np.abs(steps.z_tilde - steps.z).max())
    exact = (steps.gamma, steps.beta) == (steps.std, steps.mean)
    with st.container(horizontal=True, vertical_alignment="center", key="give-back"):
        st.button(
            t(f"{LESSON}.give_back"),
            key="give-back-button",
            on_click=_give_back,
            args=(steps,),
            help=t(f"{LESSON}.give_back_help"),
            disabled=exact,
        )
        st.button(
            t(f"{LESSON}.undo"),
            key="undo-button",
            on_click=_undo,
            disabled=remembered("before") is None,
        )
        said = "exact" if exact else "differs"
        st.markdown(t(f"{LESSON}.given_back.{said}", gap=number(gap, 2)), width="content")


def _give_back(steps: Steps) -> None:
    remember(before={"gamma": steps.gamma, "beta": steps.beta})
    gamma, beta = experiment.give_back(steps.z, steps.eps)
    state.put(LESSON, gamma=gamma, beta=beta)


def _undo() -> None:
    state.put(LESSON, **remembered("before"))
    remember(before=None)


def formulas(steps: Steps) -> None:
    """The four steps with their numbers; the last two for the example that is chosen."""
    m = len(steps.z)
    i = min(value("example"), m) - 1
    filled: dict[str, dict[str, Any]] = {
        "mean": {"m": m, "terms": _terms(steps.z), "mean": latex(steps.mean)},
        "var": {"m": m, "terms": _terms(steps.z_centered, power=2), "var": latex(steps.var)},
        "norm": {
            "i": i + 1,
            "z": latex(steps.z[i]),
            "mean": _signed(steps.mean),
            "var": latex(steps.var),
            "eps": latex(steps.eps),
            "z_norm": latex(steps.z_norm[i]),
        },
        "tilde": {
            "i": i + 1,
            "gamma": latex(steps.gamma),
            "z_norm": _signed(steps.z_norm[i]),
            "beta": _signed(steps.beta),
            "z_tilde": latex(steps.z_tilde[i]),
        },
    }
    for pair in (("mean", "var"), ("norm", "tilde")):
        for column, step in zip(st.columns(2), pair, strict=True):
            with column.container(border=True, height="stretch"):
                st.markdown(text.prose(f"{LESSON}/step_{step}", **filled[step]))


def _signed(value: float) -> str:
    """A number that follows a sign: in parentheses where it is negative."""
    return rf"({latex(value)})" if value < 0 else latex(value)


def _terms(values: np.ndarray, power: int = 1) -> str:
    """The first summand and the last, `2.3+…+0.59`, or both of two: what a phone has room for."""
    few = list(values) if len(values) <= 2 else [values[0], None, values[-1]]
    return "+".join(r"\dots" if x is None else _term(x, power) for x in few)


def _term(value: float, power: int) -> str:
    short = latex(value, 3)
    return _signed_short(short) if power == 1 else rf"{_signed_short(short)}^{{{power}}}"


def _signed_short(short: str) -> str:
    return f"({short})" if short.startswith("-") or "times" in short else short


def table(batch: Batch, steps: Steps) -> None:
    """Every example's four numbers, to read and to take away."""
    frame = _frame(batch, steps)
    left, right = st.columns([2, 5], vertical_alignment="top")
    with left:
        controls.entry(LESSON, "example", width=270)
        i = min(value("example"), batch.m)
        if batch.digits is None:
            st.caption(t(f"{LESSON}.example_own", i=i, z=number(batch.z[i - 1], 15)))
        else:
            st.caption(t(f"{LESSON}.example_digit", i=i, digit=batch.digits[i - 1]))
        st.download_button(
            t(f"{LESSON}.download"),
            frame.to_csv(index=False),
            file_name="mini_batch.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            width=270,
        )
    with right:
        heads = [tables.Cell(t(f"{LESSON}.columns.{name}")) for name in frame.columns]
        rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
        note = t(f"{LESSON}.table_note")
        tables.table(heads, rows, name="examples", lesson=LESSON, window=True)
        st.caption(note)


def _frame(batch: Batch, steps: Steps) -> pd.DataFrame:
    data: dict[str, Any] = {"example": np.arange(1, batch.m + 1)}
    if batch.digits is not None:
        data["digit"] = batch.digits
    return pd.DataFrame(data | {name: getattr(steps, name) for name in STEPS})


def _cell(value: float) -> tables.Cell:
    return tables.Cell(f"{value:.6g}".replace("-", "−"), value=repr(value))


# --- ε ---


def eps(batch: Batch) -> None:
    """With and without ε, side by side, and the spread of z_norm over all ε."""
    cases = experiment.eps_cases(batch, value("seed"))
    left, right = st.columns(2, gap="medium")
    with left:
        _eps_slider()
    with right:
        case = controls.select(LESSON, "eps_case")
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        _spread_chart(cases)
    with right:
        _with_and_without(case, cases[case])


def _eps_slider() -> None:
    """The same ε as on the stage, as a power of ten."""
    control: Any = LESSON.control("eps")
    low, high = (math.log10(end) for end in (control.low, control.high))
    key = f"{LESSON}.eps_power"
    st.session_state[key] = min(max(math.log10(value("eps")), low), high)

    def commit() -> None:
        power = st.session_state[key]
        eps = float(f"{10.0**power:.4g}")  # short in the link
        state.put(LESSON, eps=min(max(eps, control.low), control.high))

    st.slider(
        t(f"{LESSON}.controls.eps.label"),
        low,
        high,
        step=0.25,
        key=key,
        format="10^%.4g",
        on_change=commit,
    )


def _spread_chart(cases: dict[str, np.ndarray]) -> None:
    curves = {case: experiment.spread(cases[case]) for case in ("shown", "faint", "constant")}
    names = ("axis_eps", "axis_sd", *curves)
    words = {name: t(f"{LESSON}.eps.{name}") for name in names}
    figure = figures.spread(text.mode(), experiment.EPS_GRID, curves, value("eps"), words)
    alt = t(f"{LESSON}.eps.alt", eps=number(value("eps")))
    plot(figure, key="spread", alt=alt)


def _with_and_without(case: str, z: np.ndarray) -> None:
    with_eps = experiment.walk(z, value("gamma"), value("beta"), value("eps"))
    without = experiment.walk_without_eps(z, value("gamma"), value("beta"))
    both = (with_eps, without)
    word = f"{LESSON}.eps"
    head = (t(f"{word}.with_eps", eps=number(value("eps"), 3)), t(f"{word}.without_eps"))
    rows = {
        t(f"{word}.var"): [each.var for each in both],
        t(f"{word}.divisor"): [each.std for each in both],
        t(f"{word}.far"): [_largest(each.z_norm) for each in both],
        t(f"{word}.sd"): [each.z_norm.std() for each in both],
    }
    _small_table(head, rows, "eps")
    flat = case == "shown" and with_eps.var == 0
    st.markdown(
        t(
            f"{word}.case.{'flat' if flat else case}",
            m=len(z),
            std=number(with_eps.std, 3),
            far=number(_farthest(with_eps.z_norm), 3),
            far_without=number(_farthest(without.z_norm), 3),
            ratio=number(with_eps.var / with_eps.eps, 3),
            sd=number(with_eps.z_norm.std(), 6),
        )
    )


def _largest(values: np.ndarray) -> float:
    """How far from 0 the farthest value lies; NaN if there is one."""
    return float(np.abs(values).max())


def _farthest(values: np.ndarray) -> float:
    """The value farthest from 0, with its sign."""
    return float(values[np.abs(values).argmax()])


def _tidy(value: float) -> float:
    """Without the rounding noise that stands in place of a mean of 0."""
    return 0.0 if abs(value) < 1e-12 else value


def _small_table(head: Iterable[str], rows: dict[str, list[float]], name: str) -> None:
    lines = [[row, *map(number, numbers)] for row, numbers in rows.items()]
    heads, *body = ([tables.Cell(each) for each in line] for line in (["", *head], *lines))
    tables.table(heads, body, name=name, lesson=LESSON)


# --- broken ---


def broken(batch: Batch) -> None:
    """One mistake beside the right formula."""
    word = f"{LESSON}.broken"
    variant = controls.choice(LESSON, "broken")
    found = experiment.compare(variant, batch, value("eps"))
    right, wrong = found.right.z_norm, found.wrong.z_norm
    left, beside = st.columns([4, 3], gap="medium", vertical_alignment="center")
    shown = {
        "right_mean": number(_tidy(right.mean()), 3),
        "right_sd": number(right.std(), 3),
        "wrong_mean": number(_tidy(wrong.mean()), 3),
        "wrong_sd": number(wrong.std(), 3),
    }
    with left:
        words = {name: t(f"{word}.{name}") for name in ("right", "wrong", "axis")}
        figure = figures.comparison(text.mode(), right, wrong, words)
        plot(figure, key="comparison", alt=t(f"{word}.alt", **shown))
    with beside:
        st.latex(t(f"{word}.formula.{variant}"))
        measures: dict[str, Any] = {"mean": np.mean, "sd": np.std, "far": _largest}
        rows = {}
        for name, measure in measures.items():
            pair = [_tidy(float(measure(values))) for values in (right, wrong)]
            rows[t(f"{word}.{name}")] = [*pair, pair[1] - pair[0]]
        _small_table(
            [t(f"{word}.{name}") for name in ("right", "wrong", "difference")], rows, "broken"
        )
        lost = math.isnan(found.difference)
        st.markdown(
            t(f"{word}.nan") if lost else t(f"{word}.largest", gap=number(found.difference))
        )
    st.markdown(_notice(variant, batch, shown))


def _notice(variant: str, batch: Batch, shown: dict[str, str]) -> str:
    """What somebody who made this mistake would see, with this batch's numbers."""
    facts: dict[str, Any] = shown | {"m": batch.m, "n": batch.neighbours.shape[1]}
    if variant == "divide_by_variance":
        scaled = experiment.compare(variant, experiment.rescaled(batch, 10), value("eps"))
        facts["wrong_scaled"] = number(scaled.wrong.z_norm.std(), 3)
        facts["right_scaled"] = number(scaled.right.z_norm.std(), 3)
    elif variant == "unbiased_variance":
        variant = variant if batch.m > 1 else "unbiased_single"
        facts["ratio"] = number(math.sqrt((batch.m - 1) / batch.m), 3)
    elif batch.digits is None:
        variant, facts = "pooled_own", facts | batch.facts
    return t(f"{LESSON}.broken.notice.{variant}", **facts)


# --- γ and β ---

OFFERS = {"as_normalized": (1.0, 0.0), "wide": (4.0, 0.0), "aside": (1.0, 3.0)}


def why(steps: Steps) -> None:
    """g(z_norm) beside g(z̃), and how many of each g treats as a straight line."""
    word = f"{LESSON}.why"
    with st.container(horizontal=True, vertical_alignment="bottom", key="why"):
        activation = controls.choice(LESSON, "activation")
        for name, (gamma, beta) in OFFERS.items():
            st.button(t(f"{word}.{name}"), key=f"why-{name}", on_click=put(gamma=gamma, beta=beta))
    norm, tilde = (experiment.squash(x, activation) for x in (steps.z_norm, steps.z_tilde))
    share = t(f"{word}.share_{activation}")
    said = {"share": share, "norm_share": f"{norm.share:.0%}", "tilde_share": f"{tilde.share:.0%}"}
    left, right = st.columns([4, 3], gap="medium", vertical_alignment="center")
    with left:
        words = {
            "norm_title": t(f"{word}.norm_title"),
            "tilde_title": t(
                f"{word}.tilde_title", gamma=number(steps.gamma), beta=number(steps.beta)
            ),
            "axis": t(f"{word}.axis"),
        }
        linear = experiment.LINEAR if activation == "sigmoid" else None
        curve = experiment.curve(activation, norm.inputs, tilde.inputs)
        figure = figures.squashed(
            text.mode(),
            (curve.inputs, curve.outputs),
            (norm.inputs, norm.outputs),
            (tilde.inputs, tilde.outputs),
            linear,
            words,
        )
        alt = t(
            f"{word}.alt",
            activation=controls.option_label(LESSON, "activation", activation),
            **said,
        )
        plot(figure, key="squashed", alt=alt)
    with right:
        rows = {
            t(f"{word}.low"): [norm.outputs.min(), tilde.outputs.min()],
            t(f"{word}.high"): [norm.outputs.max(), tilde.outputs.max()],
        }
        _small_table((t(f"{word}.of_norm"), t(f"{word}.of_tilde")), rows, "why")
        st.markdown(t(f"{word}.say", **said))
