"""Model.fit, predict, score: examples in, a frozen classifier out."""

from inspect import signature

import numpy as np
import pytest

from bncore import InputError, Model, RunConfig, data
from bncore.network import Network
from bncore.training import Run

MOONS = data.load("moons")
X, Y = MOONS.x_train, MOONS.y_train


def arrays(model):
    names = ("W", "b", "gamma", "beta", "running_mean", "running_var")
    return [each for name in names for each in getattr(model, name) if each is not None]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"norm": "none", "optimizer": "adam", "lr": 0.01, "weight_decay": 1e-3},
        {"norm": "after", "activation": "tanh", "keep": 0.8, "dtype": "float64", "seed": 3},
        {"init": "xavier", "init_scale": 2.0, "momentum": 0.3, "eps": 0.1, "batch_size": 16},
    ],
    ids=str,
)
def test_it_is_the_run_with_the_same_settings(changed):
    config = RunConfig(dataset="moons", depth=2, width=9, steps=30, **changed)
    run = Run(config)
    run.advance(config.steps)
    split = data.load("moons", config.seed, config.dtype)
    fitted = Model.fit(split.x_train, split.y_train, hidden=(9, 9), steps=30, **changed)
    expected = run.network.model()
    for a, b in zip(arrays(fitted), arrays(expected), strict=True):
        np.testing.assert_array_equal(a, b)
    assert repr(fitted) == repr(expected) and fitted.eps == expected.eps


def test_the_defaults_are_those_of_a_run():
    for name, parameter in list(signature(Model.fit).parameters.items())[3:]:
        expected = getattr(RunConfig(), name)
        if name == "batch_size":
            assert parameter.default is None and expected == 64
        elif name == "dtype":
            assert np.dtype(parameter.default).name == expected
        else:
            assert parameter.default == expected, name


def test_it_learns_and_tells_how_well():
    digits = data.load("digits")
    model = Model.fit(digits.x_train, digits.y_train, seed=1)
    predicted = model.predict(digits.x_test)
    assert predicted.shape == (450,) and predicted.dtype.kind == "i"
    score = model.score(digits.x_test, digits.y_test)
    assert type(score) is float and score == (predicted == digits.y_test).mean() > 0.93
    p = model.predict_proba(digits.x_test)
    assert p.shape == (450, 10) and (p.argmax(axis=1) == predicted).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    logits = model.forward(digits.x_test, "running").logits
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, softmax, rtol=1e-4)
    one = model.predict(digits.x_test[:1])  # by the running statistics: its company is no matter
    assert one[0] == predicted[0]


def test_the_seed_decides_alone():
    kept = X.copy(), Y.copy()
    first, again, other = (Model.fit(X, Y, (8,), steps=20, seed=seed) for seed in (0, 0, 1))
    pairs = list(zip(arrays(first), arrays(again), arrays(other), strict=True))
    assert all((a == b).all() for a, b, _ in pairs)
    assert (pairs[0][0] != pairs[0][2]).any()
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(Y, kept[1])


@pytest.mark.parametrize(
    "x, y",
    [
        (X.tolist(), Y.tolist()),
        (X.astype(np.float64), Y.astype(np.float32)),
        (X.astype(">f4"), Y.astype(np.uint8)),
        (np.asfortranarray(X), Y == 1),
    ],
    ids=["lists", "wider", "other bytes", "other order, bools"],
)
def test_the_same_examples_in_another_dress(x, y):
    found, expected = Model.fit(x, y, (8,), steps=20), Model.fit(X, Y, (8,), steps=20)
    for a, b in zip(arrays(found), arrays(expected), strict=True):
        np.testing.assert_array_equal(a, b)


def test_few_examples_no_hidden_layer_and_a_class_that_is_missing():
    model = Model.fit([[-1.0], [1.0], [2.0]], [0, 3, 3], hidden=(), steps=100)
    assert model.depth == 0 and model.classes == 4
    assert model.score([[-1.0], [2.0]], [0, 3]) == 1
    assert Model.fit([[1.0]], [0], (2,), steps=3).classes == 2


def test_side_by_side_each_run_has_its_score():
    network = Network((2, 6, 2), runs=(3,), seed=0)
    model = network.model()
    score = model.score(X, Y)
    assert model.predict(X).shape == (3, len(X)) and score.shape == (3,)
    for r, of_one in enumerate(score):
        alone = Network((2, 6, 2), seed=r).model()
        assert of_one == alone.score(X, Y)


BAD_Y = {
    "text": (["a"] * len(Y), "not_numeric"),
    "nothing": (None, "not_numeric"),
    "one too few": (Y[:-1], "shape"),
    "a column": (Y[:, None], "shape"),
    "rows with a single 1": (np.eye(2)[Y], "shape"),
    "from -1": (Y - 1, "config"),
    "halves": (Y / 2, "config"),
    "far too many": (Y + 2000, "config"),
    "nan": (np.where(Y, np.nan, 0), "non_finite"),
}


@pytest.mark.parametrize("y, code", BAD_Y.values(), ids=BAD_Y)
def test_what_are_no_class_numbers_is_refused(y, code):
    model = Network((2, 3, 2), seed=0).model()
    for call in (lambda: Model.fit(X, y, (3,), steps=1), lambda: model.score(X, y)):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.code == code and caught.value.fields["field"] == "y"


def test_the_first_label_that_is_none_is_named():
    y = Y.astype(float)
    y[[4, 9]] = -2, 0.5
    with pytest.raises(InputError) as caught:
        Model.fit(X, y)
    assert caught.value.fields["at"] == 4 and caught.value.fields["got"] == -2


@pytest.mark.parametrize(
    "x, code",
    [
        (X[0], "shape"),
        (X[None], "shape"),
        (X[:0], "empty_batch"),
        (np.where(X > 0, np.nan, X), "non_finite"),
        (X.astype(float) * 1e300, "overflow"),
        (np.full(X.shape, 1e100), "overflow"),  # fits in float64, not in the model
        ([["a", "b"]], "not_numeric"),
    ],
)
def test_what_are_no_examples_is_refused(x, code):
    with pytest.raises(InputError) as caught:
        Model.fit(x, Y, (3,), steps=1)
    assert caught.value.code == code and caught.value.fields["field"] == "x"


@pytest.mark.parametrize(
    "field, value",
    [
        ("activation", "swish"),
        ("norm", "between"),
        ("optimizer", "lion"),
        ("init", None),
        ("dtype", "float16"),
        ("lr", -1),
        ("lr", "fast"),
        ("batch_size", 0),
        ("batch_size", len(X) + 1),
        ("steps", 2.5),
        ("seed", -1),
        ("momentum", 2),
        ("eps", 0),
        ("keep", 0),
        ("weight_decay", np.nan),
        ("hidden", (3, 0)),
        ("hidden", 50),
        ("hidden", "50"),
    ],
)
def test_what_it_cannot_be_trained_with_is_refused(field, value):
    with pytest.raises(InputError) as caught:
        Model.fit(X, Y, **{field: value})
    assert caught.value.fields["field"] == field
    assert {"expected", "got"} <= caught.value.fields.keys()


def test_a_training_that_diverges_says_so():
    with pytest.raises(InputError) as caught:
        Model.fit(X, Y, norm="none", lr=1e9, steps=50)
    assert caught.value.code == "overflow" and caught.value.fields["field"] == "loss"
    assert 0 < caught.value.fields["at"] <= 50
    with pytest.raises(InputError) as caught:  # in the last update, which no loss follows
        huge = {"lr": 1e12, "init_scale": 1e12, "weight_decay": 1e12}
        Model.fit(X * 1e-12, Y, norm="none", hidden=(), steps=2, **huge)
    assert caught.value.fields["at"] == 2


def test_logits_that_overflow_name_no_class():
    W = np.full((2, 2), 1e30, np.float32)
    model = Model(W=(W,), b=(None,), norm="none")
    for call in (model.predict, model.predict_proba):
        with pytest.raises(InputError) as caught:
            call(np.full((1, 2), 1e19, np.float32))
        assert caught.value.code == "overflow" and caught.value.fields["field"] == "logits"


def test_another_width_than_it_was_trained_on():
    model = Model.fit(X, Y, (3,), steps=1)
    for call in (model.predict, model.predict_proba, lambda x: model.score(x, Y)):
        with pytest.raises(InputError) as caught:
            call(np.ones((len(Y), 3)))
        assert caught.value.fields["field"] == "x"
