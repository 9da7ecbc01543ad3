"""`make claims`: it measures, compares with the committed table, and says where they part."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bncore.config import RunConfig
from experiments.claims.board import board
from experiments.claims.grading import FLOORS, Claim, apart, effect
from experiments.claims.scope import Scope
from tools import build_claims
from tools.build_claims import bands, build, elsewhere, main, measure, older, stored

HERE = np.array([0.30, 0.32, 0.28, 0.31, 0.29])


class World:
    """What is measured: `here`, and `there` on any other machine."""

    def __init__(self) -> None:
        self.here, self.there = HERE, HERE + 0.02

    def measure(self, seeds: Sequence[int]) -> dict[str, np.ndarray]:
        return {"gain": self.here[list(seeds)]}


@pytest.fixture
def world(monkeypatch, tmp_path) -> World:
    """One claim alone, and a table of its own that is not there yet."""
    made = World()
    rule = effect("gain", large=0.1)
    claim = Claim(
        "why",
        "1502.03167",
        (0, 1, 2, 3, 4),
        {"gain": "number"},
        made.measure,
        rule,
        varied="networks",
        scope=lambda: Scope.of([RunConfig()]),
    )
    monkeypatch.setattr(build_claims, "CLAIMS", {"helps": claim})
    monkeypatch.setattr(build_claims, "group_of", lambda name: "speed")
    monkeypatch.setattr(build_claims, "FILE", tmp_path / "claims.json")
    monkeypatch.setattr(
        build_claims,
        "elsewhere",
        lambda name, machine: {"gain": made.there},
    )
    return made


def test_the_first_time_it_measures_the_bands(world, capsys) -> None:
    assert build(["helps"], check=False, again=False) == 0
    made = stored()["helps"]
    assert (made["verdict"], made["seeds"]) == ("clear", [0, 1, 2, 3, 4])
    assert made["numbers"]["gain"]["values"] == HERE.tolist()
    assert made["numbers"]["gain"]["mean"] == pytest.approx(0.3)
    gain = made["numbers"]["gain"]
    half = 2.7764 * HERE.std(ddof=1) / np.sqrt(5)
    assert (gain["low"], gain["high"]) == pytest.approx((0.3 - half, 0.3 + half), rel=1e-4)
    assert gain["band"] == pytest.approx(
        np.sqrt(2) * half, rel=1e-4
    )  # less than three times what was seen
    said = capsys.readouterr().out
    assert "helps" in said and "networks × 5" in said and "0.3 (0.2804 to 0.3196)" in said
    assert "[['digits', 1347]]" in said and "steps [500]" in said


def test_a_band_is_not_below_the_floor_of_its_kind(world) -> None:
    world.there = HERE.copy()
    assert bands("helps", {"gain": HERE}) == {"gain": FLOORS["number"]}


def test_within_the_bands_all_is_well_and_they_stay(world, capsys) -> None:
    build(["helps"], check=False, again=False)
    band = stored()["helps"]["numbers"]["gain"]["band"]
    world.here, world.there = HERE + 0.02, HERE + 0.5
    assert build(["helps"], check=False, again=False) == 0
    assert stored()["helps"]["numbers"]["gain"]["mean"] == pytest.approx(0.32)
    assert stored()["helps"]["numbers"]["gain"]["band"] == band
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("check", [True, False])
def test_what_leaves_its_band_is_said(check: bool, world, capsys) -> None:
    build(["helps"], check=False, again=False)
    world.here = HERE + np.array([0, 0, 0.2, 0, 0])
    assert build(["helps"], check=check, again=False) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "helps.gain" in line
    mean = stored()["helps"]["numbers"]["gain"]["mean"]
    assert mean == pytest.approx(0.3 if check else 0.34)


def test_another_verdict_is_said(world, capsys) -> None:
    build(["helps"], check=False, again=False)
    world.here = -HERE
    assert build(["helps"], check=True, again=False) == 1
    assert "contradicted here, clear in the table" in capsys.readouterr().err


def test_unchanged_writes_what_a_claim_says_of_itself_and_measures_nothing(world) -> None:
    build(["helps"], check=False, again=False)
    before, world.here = stored()["helps"], -HERE
    moved = replace(build_claims.CLAIMS["helps"], place={"part": "speed"})
    build_claims.CLAIMS["helps"] = moved
    assert main(["--unchanged"]) == 0
    assert stored()["helps"] == before | {"place": {"part": "speed"}}


def test_what_was_never_measured_is_not_unchanged(world, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--unchanged"])
    assert ended.value.code == 2 and "not measured yet: helps" in capsys.readouterr().err


def test_other_seeds_make_a_claim_older(world) -> None:
    build(["helps"], check=False, again=False)
    assert older("helps") == []
    build_claims.CLAIMS["helps"] = replace(build_claims.CLAIMS["helps"], seeds=(0, 1, 2, 3))
    assert older("helps") == ["settings"]


def test_what_is_older_than_its_code_is_listed() -> None:
    """A warning: the numbers may well be the same. `make claims` finds out."""
    if found := [name for name in build_claims.CLAIMS if older(name)]:
        warnings.warn(f"claims are older than their code: {', '.join(found)}", stacklevel=1)


def test_bands_are_measured_again_when_asked(world) -> None:
    build(["helps"], check=False, again=False)
    world.there = HERE + 0.04
    build(["helps"], check=False, again=True)
    assert stored()["helps"]["numbers"]["gain"]["band"] == pytest.approx(0.04)  # as it was seen


def test_bands_of_single_values_become_those_of_the_mean(world) -> None:
    """What was measured before bands were those of means stays, and is told as it is now."""
    build(["helps"], check=False, again=False)
    table = stored()
    new = table["helps"]["numbers"]["gain"]
    old = {key: new[key] for key in ("kind", "mean", "values")} | {"sd": 0.0158, "band": 0.9}
    table["helps"]["numbers"]["gain"] = old
    build_claims.write(table)
    main(["--unchanged"])
    now = stored()["helps"]["numbers"]["gain"]
    seen = 0.9 / 3 / np.sqrt(5)
    assert now["values"] == new["values"] and now["band"] == pytest.approx(seen, rel=1e-4)
    assert now | {"band": 0} == new | {"band": 0}


def test_a_claim_that_is_none_any_more_leaves_the_table(world) -> None:
    build(["helps"], check=False, again=False)
    table = stored()
    build_claims.write(table | {"gone": table["helps"]})
    assert list(stored()) == ["helps"]


def test_lists_of_numbers_stand_on_one_line(world) -> None:
    build(["helps"], check=False, again=False)
    text = build_claims.FILE.read_text("utf-8")
    assert '"seeds": [0, 1, 2, 3, 4]' in text and "[0.3, 0.32, 0.28, 0.31, 0.29]" in text


def test_what_is_missing_is_refused(world, monkeypatch) -> None:
    world.here = np.array([0.3, np.nan, 0.3, 0.3, 0.3])
    with pytest.raises(ValueError, match="missing"):
        measure("helps")
    other = replace(build_claims.CLAIMS["helps"], numbers={"loss": "number"})
    monkeypatch.setitem(build_claims.CLAIMS, "helps", other)
    with pytest.raises(ValueError, match="says"):
        measure("helps")


def test_an_unknown_claim_is_refused(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["is_magic"])
    assert ended.value.code == 2 and "is_magic" in capsys.readouterr().err


def test_another_machine_is_another_process() -> None:
    """A real one: what it measures is near what the table says, and comes from its own kernels."""
    found, row = elsewhere("folds", "Prescott"), board()["folds"]
    for name, values in found.items():
        off = apart(row.kinds[name], values, row.numbers[name])
        assert len(values) == len(row.seeds) and off <= row.bands[name]


def test_the_table_says_how_its_bands_were_made() -> None:
    table = json.loads(build_claims.FILE.read_text("utf-8"))
    assert table["bands"] == {
        "machines": build_claims.MACHINES,
        "safety": build_claims.SAFETY,
        "floors": build_claims.FLOORS,
    }
