"""The evidence that ships is that which the tool builds, and says when it is older."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments.evidence import registry
from tools import build_evidence, provenance
from tools.build_evidence import fingerprint_now, main, older
from tools.provenance import rounded, shape, stands_on, versions

EVIDENCE = registry()


@pytest.mark.parametrize("name", EVIDENCE)
def test_each_file_has_its_provenance(name: str) -> None:
    about = EVIDENCE[name].about
    assert list(about)[:2] == ["versions", "fingerprint"]
    assert set(about["versions"]) == set(versions())
    assert set(about["fingerprint"]) == set(fingerprint_now(EVIDENCE[name]))


def test_what_is_older_than_its_code_is_listed() -> None:
    """A warning: the numbers may well be the same. `make evidence` finds out."""
    if found := [name for name, one in EVIDENCE.items() if older(one)]:
        warnings.warn(f"evidence is older than its code: {', '.join(found)}", stacklevel=1)


@pytest.mark.parametrize("name", EVIDENCE)
def test_its_settings_are_told_where_it_is_not_older(name: str) -> None:
    if "settings" not in older(EVIDENCE[name]):
        settings = json.loads(json.dumps(EVIDENCE[name].settings))
        assert lies_in(rounded(settings), EVIDENCE[name].about)


def lies_in(part: Any, whole: Any) -> bool:
    """At any depth of dictionaries."""
    if not isinstance(part, dict):
        return bool(part == whole)
    return all(key in whole and lies_in(one, whole[key]) for key, one in part.items())


def test_numbers_are_rounded_at_any_depth() -> None:
    value = {"a": [0.12345678, {"b": 1234567.8}], "c": 3, "d": None, "e": "x"}
    assert rounded(value) == {"a": [0.123457, {"b": 1234570.0}], "c": 3, "d": None, "e": "x"}


# --- fingerprints ---

CODE = """
def share(a, b):
    return a / b
"""
SAME = '''
"""Of something."""

from numbers import Number

def share(a: Number, b: Number) -> Number:  # b is not 0
    """a of b."""
    return (a /
            b)
'''


def test_what_only_people_read_does_not_count() -> None:
    assert shape(CODE) == shape(SAME)


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("a / b", "b / a"),
        CODE.replace("a / b", "a // b"),
        CODE.replace("a / b", "a / b / 2"),
        CODE.replace("(a, b)", "(a, b=1)"),
        CODE + "share(1, 2)\n",
    ],
)
def test_what_it_does_counts(other: str) -> None:
    assert shape(other) != shape(CODE)


def test_it_stands_on_what_it_imports_at_any_remove() -> None:
    found = stands_on("experiments.why.tolerance")
    assert {"experiments.why.tolerance", "experiments.why.once", "bncore.kernels"} <= found
    assert "experiments.evidence" not in found and "experiments.why.cats" not in found
    assert "experiments.why" not in found  # a folder is no code


def test_other_settings_and_other_code_are_told_apart(monkeypatch) -> None:
    one = EVIDENCE["tolerance"]
    monkeypatch.setattr(
        build_evidence, "fingerprint_now", lambda _: dict(one.about["fingerprint"], code="other")
    )
    assert older(one) == ["code"]
    monkeypatch.undo()
    changed = replace(one, settings={**one.settings, "seeds": [0]})
    assert "settings" in older(changed)


def test_a_module_that_moves_changes_nothing(monkeypatch, tmp_path) -> None:
    (tmp_path / "bncore").mkdir()
    before = tmp_path / "bncore" / "here.py"
    before.write_text(CODE)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    there = provenance.fingerprint({}, "bncore.here")
    before.rename(tmp_path / "bncore" / "there.py")
    assert provenance.fingerprint({}, "bncore.there") == there


# --- the command ---


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """What the tool writes into."""
    monkeypatch.setattr(build_evidence, "FOLDER", tmp_path)
    return tmp_path


def test_unchanged_writes_a_fingerprint_and_no_number(folder: Path) -> None:
    assert main(["--unchanged", "cats"]) == 0
    (written,) = folder.iterdir()
    found, shipped = json.loads(written.read_text("utf-8")), EVIDENCE["cats"].about
    assert found == shipped | {"fingerprint": fingerprint_now(EVIDENCE["cats"])}
    assert list(found) == list(shipped)


def test_older_lists_what_is_and_trains_nothing(folder: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(build_evidence, "older", lambda one: ["code"] * (one.name == "cats"))
    assert main(["--older"]) == 1
    assert capsys.readouterr().out == "cats: other code than it was built with\n"
    assert main(["--older", "once"]) == 0
    assert not list(folder.iterdir())


def test_what_is_no_evidence_is_refused(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["magic"])
    assert ended.value.code == 2 and "magic" in capsys.readouterr().err
