"""What Network asks of its settings and of x, its seed, and what it and Model say of themselves."""

import numpy as np
import pytest

from bncore import InputError, Network
from bncore.folding import fold

SIZES = (4, 6, 5, 3)


def refused(call, field, code=None):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.fields["field"] == field
    assert code in (None, caught.value.code)


@pytest.mark.parametrize(
    "field, value",
    [
        ("activation", "swish"),
        ("activation", None),
        ("norm", "between"),
        ("norm", []),
        ("dtype", "float16"),
        ("dtype", "no such dtype"),
        ("eps", 0),
        ("momentum", 2),
        ("sizes", (4,)),
        ("sizes", (4, 0, 3)),
        ("sizes", (4, 2.5, 3)),
        ("sizes", 4),
        ("sizes", "433"),
        ("seed", -1),
        ("seed", 0.5),
        ("seed", "0"),
        ("seed", True),
    ],
)
def test_a_setting_that_cannot_be_is_refused(field, value):
    refused(lambda: Network(**({"sizes": SIZES} | {field: value})), field)


def test_an_unknown_way_to_begin_is_refused():
    rngs = [np.random.default_rng(0)]
    refused(lambda: Network(SIZES).initialize("orthogonal", 1.0, rngs), "init", "config")


@pytest.mark.parametrize("shape", [(5, 3), (5, 5), (4,), (2, 5, 1)])
def test_an_x_of_another_width_is_refused(shape):
    network, x = Network(SIZES, seed=0), np.zeros(shape, np.float32)
    refused(lambda: network.forward(x), "x", "shape")
    refused(lambda: network.predict(x), "x", "shape")
    refused(lambda: network.evaluate(x, np.zeros(5, int)), "x", "shape")


def test_without_a_seed_all_weights_are_zero():
    assert all((W == 0).all() for W in Network(SIZES).W)


@pytest.mark.parametrize("norm", ["none", "before"])
def test_a_seed_draws_he_weights(norm):
    drawn = Network(SIZES, norm=norm)
    drawn.initialize("he", 1.0, [np.random.default_rng(7)])
    for seed in (7, np.int64(7), np.random.default_rng(7)):
        found = Network(SIZES, norm=norm, seed=seed)
        np.testing.assert_array_equal(found.params, drawn.params)


def test_each_run_has_a_seed_of_its_own():
    together = Network(SIZES, runs=(2, 2), seed=5)
    for r, params in enumerate(together.params.reshape(4, -1)):
        np.testing.assert_array_equal(params, Network(SIZES, seed=5 + r).params)
    in_turn = Network(SIZES, runs=(2,), seed=np.random.default_rng(0)).params
    assert (in_turn[0] != in_turn[1]).any()


def test_a_copy_draws_nothing():
    rng = np.random.default_rng(0)
    network = Network(SIZES, seed=rng)
    state = rng.bit_generator.state
    for twin in (network.copy(), fold(network).copy()):
        assert twin.settings.keys() == network.settings.keys()
    assert rng.bit_generator.state == state


@pytest.mark.parametrize(
    "network, said",
    [
        (Network((64, 50, 10)), "Network((64, 50, 10), activation='relu', norm='before')"),
        (
            Network([3, np.int64(4), 2], "tanh", "none", dtype=float, runs=(2,), keep=0.5, seed=0),
            "Network((3, 4, 2), activation='tanh', norm='none', dtype='float64', runs=(2,), "
            "keep=0.5)",
        ),
    ],
    ids=["plain", "changed"],
)
def test_a_network_says_how_it_was_made(network, said):
    assert repr(network) == said
    assert repr(eval(said)) == said


def test_a_model_says_what_it_is_without_its_numbers():
    model = Network(SIZES, "tanh", eps=0.01, seed=0).model()
    assert repr(model) == (
        "Model(sizes=(4, 6, 5, 3), activation='tanh', norm='before', eps=0.01, dtype='float32')"
    )
    stack = Network(SIZES, norm="none", runs=(2,), dtype=float, seed=0).model()
    assert repr(stack) == (
        "Model(sizes=(4, 6, 5, 3), activation='relu', norm='none', dtype='float64', runs=(2,))"
    )
