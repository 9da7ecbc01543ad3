"""RunConfig takes what can be run, refuses the rest, and says which field."""

import json
import math
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from bncore import InputError, RunConfig
from bncore.config import CHOICES, REAL, WHOLE

TEXT = [None, True, 3, 1.5, [], "", "Before", "no such thing", np.str_("nothing"), {"a": 1}]
NUMBER = [None, True, False, np.True_, "1", "", [], [1], math.nan, math.inf, -math.inf, 1j, -1, {}]
NUMBER += [np.float32("nan"), np.array([1, 2]), 10**400, object()]
FRACTION = [1.5, 0.1, np.float64(2.5)]
BAD = dict.fromkeys(CHOICES, TEXT)
BAD |= {name: [*NUMBER, *FRACTION, ends[1] + 1] for name, ends in WHOLE.items()}
BAD |= {name: [*NUMBER, ends[1] * 2, ends[0] - 1] for name, ends in REAL.items()}
BAD |= {"keep_bias": [None, 0, 1, "true", [], np.int64(1)]}
BAD["lr"] = [*BAD["lr"], 0, 0.0]
BAD["eps"] = [*BAD["eps"], 0, 0.0]
BAD["depth"] = [*BAD["depth"], 0]


def test_every_field_has_bad_values_here():
    assert set(BAD) == {field.name for field in fields(RunConfig)}


@pytest.mark.parametrize("name", BAD)
def test_bad_values_are_refused_by_name(name):
    for value in BAD[name]:
        with pytest.raises(InputError) as caught:
            RunConfig(**{name: value})
        assert caught.value.code == "config"
        assert caught.value.fields["field"] == name
        assert {"expected", "got"} <= caught.value.fields.keys()


def test_equal_configs_are_equal_and_hash_alike_however_the_numbers_came():
    plain = RunConfig(depth=2, lr=1, seed=7, keep_bias=True, eps=0.001)
    typed = RunConfig(
        norm=np.str_("before"),
        depth=np.int64(2),
        lr=np.float64(1.0),
        seed=np.uint8(7),
        keep_bias=np.True_,
        eps=np.float64(0.001),
    )
    assert plain == typed and hash(plain) == hash(typed)
    assert plain != replace(plain, seed=8)
    for name, value in typed.to_dict().items():
        assert type(value) in (str, int, float, bool), name
    assert type(typed.lr) is float and type(typed.depth) is int and type(typed.keep_bias) is bool


def test_whole_numbers_may_come_as_floats():
    assert RunConfig(depth=3.0) == RunConfig(depth=3)
    assert RunConfig(seed=2**53 - 1).seed == 2**53 - 1  # floats count that far


def test_a_config_is_frozen():
    with pytest.raises(FrozenInstanceError):
        RunConfig().lr = 1


def test_it_survives_json():
    config = RunConfig(lr=0.3, dataset="moons", units=0)
    assert RunConfig(**json.loads(json.dumps(config.to_dict()))) == config


def test_the_twin_differs_in_norm_alone():
    config = RunConfig(norm="after", lr=0.3)
    assert config.twin() == replace(config, norm="none")
    assert config.twin().twin() == config.twin()


def test_the_twin_drops_out_alike_and_has_nothing_to_group():
    config = RunConfig(group=8, keep=0.8, n_train=256, classes_per_batch=2)
    assert config.twin() == replace(config, norm="none", group=0)


@pytest.mark.parametrize(
    "steps, every, expected",
    [(8, 4, [0, 4, 8]), (9, 4, [0, 4, 8, 9]), (3, 10, [0, 3]), (2, 1, [0, 1, 2])],
)
def test_recorded_steps(steps, every, expected):
    assert list(RunConfig(steps=steps, record_every=every).record_steps) == expected


def test_sizes_of_what_is_recorded():
    assert RunConfig().examples == 128 and RunConfig().recorded_units == 8
    assert RunConfig(sample="batch", batch_size=60).examples == 60
    assert RunConfig(dataset="moons", probe=4000).examples == 600
    assert RunConfig(units=0).recorded_units == 50 == RunConfig(units=1000).recorded_units


def test_a_batch_larger_than_the_training_set_is_refused():
    RunConfig(dataset="moons", batch_size=600)
    with pytest.raises(InputError) as caught:
        RunConfig(dataset="moons", batch_size=601)
    assert caught.value.fields["field"] == "batch_size"


@pytest.mark.parametrize(
    "field, change",
    [
        ("batch_size", {"n_train": 50}),
        ("n_train", {"n_train": 1348}),
        ("group", {"group": 24}),
        ("group", {"group": 128}),
        ("classes_per_batch", {"dataset": "moons", "classes_per_batch": 3}),
        ("classes_per_batch", {"batch_size": 4, "classes_per_batch": 5}),
    ],
)
def test_what_does_not_fit_together_is_refused(field, change):
    with pytest.raises(InputError) as caught:
        RunConfig(**change)
    assert caught.value.fields["field"] == field


def test_fewer_training_images():
    assert RunConfig(n_train=100).images == 100 == RunConfig(n_train=100).examples
    assert RunConfig().images == 1347
    RunConfig(n_train=64, group=64, classes_per_batch=10)


def test_a_record_that_would_fill_the_memory_is_refused():
    with pytest.raises(InputError) as caught:
        RunConfig(depth=64, width=1024, units=0, probe=4096, steps=100_000, record_every=1)
    assert caught.value.fields["field"] == "record_every"
