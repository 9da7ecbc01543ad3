"""How much room a table asks for, and what it keeps where it has less."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from ui.tables import STEP, Cell, _need


def test_more_and_longer_columns_need_more_room() -> None:
    heads, row = [Cell("m"), Cell("sd")], [Cell("8"), Cell("0.125")]
    least = _need(heads, [row])
    assert _need([*heads, Cell("law")], [[*row, Cell("0.125")]]) > least
    assert _need(heads, [row, [Cell("8"), Cell("0.1250000")]]) > least
    assert _need([Cell("m"), Cell("표준편차")], [row]) >= _need([Cell("m"), Cell("abcd")], [row])
    assert least % STEP == 0


def test_a_long_sentence_may_be_broken_and_a_number_may_not() -> None:
    heads, sentence = (
        [Cell(""), Cell("")],
        "a sentence that goes on for longer than a phone is wide",
    )
    assert _need(heads, [[Cell("1"), Cell(sentence)]]) < 320
    assert _need(heads, [[Cell("1"), Cell("x" * 60)]]) > 320


def test_a_card_names_its_numbers_and_stays_a_table() -> None:
    def script() -> None:
        from ui.tables import Cell, table

        heads, rows = [Cell("layer"), Cell("sd")], ["1", "2 (output)", "all"]
        table(
            heads,
            [[Cell(row), Cell("0.1", value=0.1)] for row in rows],
            name="counts little",
            lesson="network",
        )

    (body,) = [each.proto.body for each in AppTest.from_function(script).run().get("html")]
    assert re.search(r'<td[^>]*role="cell"[^>]*data-head="sd"', body)
    assert re.findall(r'class="whole counted">([^<]+)<', body) == ["1", "2 (output)"]
    assert {"table", "rowgroup", "row", "columnheader", "rowheader", "cell"} <= set(
        re.findall(r'role="(\w+)"', body)
    )
