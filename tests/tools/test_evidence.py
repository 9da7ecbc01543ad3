"""The evidence that ships is that which the tool builds."""

from __future__ import annotations

import json

from experiments.evidence import FOLDER
from tools.build_evidence import EVIDENCE
from tools.provenance import rounded, versions


def test_each_file_has_a_builder_and_its_provenance() -> None:
    shipped = {file.stem for file in FOLDER.glob("*.npz")}
    assert shipped <= set(EVIDENCE)
    assert {"test_time", "dimming"} <= shipped
    for name in shipped:
        about = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
        assert set(about["versions"]) == set(versions())


def test_numbers_are_rounded_at_any_depth() -> None:
    value = {"a": [0.12345678, {"b": 1234567.8}], "c": 3, "d": None, "e": "x"}
    assert rounded(value) == {"a": [0.123457, {"b": 1234570.0}], "c": 3, "d": None, "e": "x"}
