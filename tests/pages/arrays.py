"""Reading back the small tables that `ui.arrays` writes."""

from __future__ import annotations

import re

import numpy as np
from streamlit.testing.v1 import AppTest

ROW = re.compile(r"<tr><th[^>]*>(.*?)</th>(.*?)</tr>")
CELL = re.compile(r'<td data-value="([^"]*)"')


def numbers_of(body: str) -> dict[str, np.ndarray]:
    """The arrays in one block of tables by name."""
    found = {}
    for look, name, table in re.findall(
        r'<table class="([^"]*)" data-name="([^"]*)".*?>(.*?)</table>', body
    ):
        rows = ROW.findall(table.split("<tbody>")[1])
        if look == "of-units":
            for head, cells in rows:
                found[re.search(r"<code[^>]*>(.*?)<", head)[1]] = np.array(
                    CELL.findall(cells), float
                )
        else:
            caption = re.search(r"<caption>(.*?)</caption>", table)[1]
            found[name or caption] = np.array([CELL.findall(cells) for _, cells in rows], float)
    return found


def blocks(at: AppTest) -> list[dict[str, np.ndarray]]:
    """The numbers of every block of tables, in the order of the page."""
    bodies = [each.proto.body for each in at.get("html")]
    return [numbers_of(body) for body in bodies if 'class="arrays"' in body]


def assert_same(shown: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert list(shown) and set(shown) == set(wanted)
    for name, array in wanted.items():
        np.testing.assert_array_equal(shown[name].ravel(), np.ravel(array), err_msg=name)
