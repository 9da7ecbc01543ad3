"""What ships: each file has its experiment, and shows what it is shown for, without training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bncore import network
from experiments.evidence import FOLDER, Evidence, arrays, merged, registry, under

EVIDENCE = registry()
ASKED = [(name, claim) for name, one in EVIDENCE.items() for claim in one.claims]


def test_each_file_has_its_experiment_and_each_experiment_its_files() -> None:
    assert {file.stem for file in FOLDER.glob("*.npz")} == set(EVIDENCE)
    assert {file.stem for file in FOLDER.glob("*.json")} == {*EVIDENCE, "claims"}


@pytest.mark.parametrize("name", EVIDENCE)
def test_it_is_read_without_training_and_nobody_can_write_into_it(name: str, monkeypatch) -> None:
    monkeypatch.setattr(network.Network, "__init__", None)
    EVIDENCE[name].read(arrays(name))
    assert EVIDENCE[name].shipped is EVIDENCE[name].shipped
    for array in arrays(name).values():
        assert not array.flags.writeable


@pytest.mark.parametrize(("name", "claim"), ASKED)
def test_what_it_is_shown_for_is_so(name: str, claim: str) -> None:
    assert EVIDENCE[name].claims[claim](EVIDENCE[name].shipped)


# --- building ---


def built(accuracy: float) -> Evidence[Any]:
    """An experiment whose result is known."""
    return Evidence(
        "none",
        {"config": {"lr": 0.1}, "digits": {"seeds": [0]}},
        lambda: ({"accuracy": np.array(accuracy)}, {"digits": {"outcome": accuracy}, "mean": 1}),
        {"it learns": lambda found: found["accuracy"] > 0.5, "it is": lambda found: True},
    )


def test_settings_and_outcome_are_kept_as_one() -> None:
    found, known = built(0.9).build()
    assert found["accuracy"] == 0.9
    digits = {"seeds": [0], "outcome": 0.9}
    assert known == {"config": {"lr": 0.1}, "digits": digits, "mean": 1}
    assert list(known) == ["config", "digits", "mean"]


def test_what_does_not_show_it_is_not_built() -> None:
    with pytest.raises(SystemExit, match=r"does not hold: it learns$"):
        built(0.1).build()


def test_merging_leaves_the_settings_as_they_were() -> None:
    settings = {"a": {"config": 1}}
    assert merged(settings, {"a": {"outcome": 2}}) == {"a": {"config": 1, "outcome": 2}}
    assert settings == {"a": {"config": 1}}


def test_the_arrays_of_one_head() -> None:
    assert under({"a.b": 1, "a.c.d": 2, "ab": 3}, "a") == {"b": 1, "c.d": 2}
    with pytest.raises(KeyError):
        under({"a.b": 1}, "c")
