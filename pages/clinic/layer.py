"""Bring your layer: a file of one's own network, or an example, and what the doctor finds in it."""

from __future__ import annotations

from functools import cache

import streamlit as st

from experiments.clinic import doctor, patients
from pages.clinic import LESSON, exports
from pages.clinic.brought import Brought, brought, file_input, refused
from pages.clinic.found import WORDS, lanes, pictured, report
from ui import controls, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

STAYS = True  # a file that is brought later needs the doctor
EXAMPLES = ("ill", "healthy")
WEIGHTS = {"usual": "usual", "taken": "complement"}  # of the newest batch, by the word for it


def picture(now: Moment) -> None:
    """What is looked at, a place for a file, and every layer with what was found."""
    shown = patient()
    with st.container(horizontal=True, vertical_alignment="center", key="layer-bar"):
        _choose()
        file_input()
        if shown is not None:
            _take_away(shown)
    if why := refused():
        st.error(why.sentence())
    if shown is None:
        st.info(t(f"{WORDS}.no_file"))
    else:
        lanes("lanes", pictured(shown.patient, shown.findings))


def _choose() -> None:
    """The examples, and what was brought where there is something."""
    own = brought() is not None or LESSON.value("patient") == "own"
    among = (*EXAMPLES, "own") if own else EXAMPLES
    controls.choice(LESSON, "patient", among=among, label_visibility="collapsed")


def _take_away(shown: Brought) -> None:
    st.download_button(
        t(f"{WORDS}.report.button"),
        lambda: report(shown.patient, shown.findings).encode(),
        file_name="batch-norm-report.txt",
        mime="text/plain",
        icon=":material/download:",
        on_click="ignore",
        key="layer-report",
    )


def patient() -> Brought | None:
    """Whose layers are looked at; None where one's own are asked for and there are none."""
    chosen = LESSON.value("patient")
    if chosen == "own":
        return brought()
    return _example(chosen)


@cache
def _example(name: str) -> Brought:
    """One of those that ship; asked once."""
    return Brought(getattr(patients.EVIDENCE.shipped, name))


def said(now: Moment) -> dict[str, object]:
    """What was found, counted."""
    shown = patient()
    layers, ill = 0, 0
    if shown is not None:
        layers = len(shown.patient.layers)
        ill = len({one.layer for one in shown.findings if one.layer is not None})
    name = "none" if shown is None else "well" if not shown.findings else "ill"
    about = "own" if LESSON.value("patient") == "own" else LESSON.value("patient")
    return {
        "about": t(f"{WORDS}.about.{about}"),
        "count": t(f"{WORDS}.count.{name}", layers=layers, ill=ill),
    }


def more(now: Moment) -> None:
    """How a file is made, how well the doctor does, and its rules."""
    exports.show()
    _measured()
    page.source(doctor.disagree, doctor.distances, doctor.momentum, key=f"{LESSON}-{now.name}")


def _measured() -> None:
    """Which faults were planted, and how many of them were named."""
    found = patients.EVIDENCE.shipped
    heads = [Cell(t(f"{WORDS}.measured.{name}")) for name in ("fault", "finding", "named")]
    weights = {name: percent(patients.WAYS[way][0], 0) for name, way in WEIGHTS.items()}
    rows = []
    for name, fault in patients.FAULTS.items():
        right, asked = found.counted(name)
        rows.append(
            [
                Cell(t(f"{WORDS}.faults.{name}", **weights)),
                Cell(t(f"{WORDS}.found.{fault.code}.name")),
                Cell(t(f"{WORDS}.measured.of", right=right, asked=asked), value=right / asked),
            ]
        )
    alarms, healthy = int(found.alarms.sum()), found.alarms.size
    st.markdown(t(f"{WORDS}.measured.text", healthy=healthy, alarms=number(alarms)))
    table(heads, rows, name="doctor", lesson=LESSON)
