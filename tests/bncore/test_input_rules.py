"""Whatever is refused is refused with a code and fields, never with a traceback of NumPy's."""

import pickle
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from bncore import (
    BatchNorm,
    InputError,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
)
from bncore.errors import CODES
from bncore.variants import VARIANTS

Z = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]])
ONE, ZERO = np.ones(2), np.zeros(2)
ALL_FORWARD = [batch_norm_forward, *VARIANTS.values()]


def refused(call, code, field=None):
    with warnings.catch_warnings(), pytest.raises(InputError) as caught:
        warnings.simplefilter("error")
        call()
    assert caught.value.code == code
    assert {"expected", "got"} <= caught.value.fields.keys()
    assert field is None or caught.value.fields["field"] == field
    assert str(caught.value).startswith(CODES[code])
    return caught.value


class Failing:
    def __array__(self, *_, **__):
        raise RuntimeError("not an array after all")


BAD_Z = {
    "text": ([["a", "b"], ["c", "d"]], "not_numeric"),
    "digits as text": ([["1", "2"], ["3", "4"]], "not_numeric"),
    "nothing": (None, "not_numeric"),
    "a word": ("abc", "not_numeric"),
    "a dict": ({"z": 1}, "not_numeric"),
    "objects": (np.array([[1, None], [2, 3]], dtype=object), "not_numeric"),
    "complex": (Z + 1j, "not_numeric"),
    "masked numbers": (np.ma.masked_greater(Z, 4), "not_numeric"),
    "dates": (np.array([["2020-01-01", "2020-01-02"]], "M8[D]"), "not_numeric"),
    "an object that fails": (Failing(), "not_numeric"),
    "records": (np.zeros((2, 2), dtype=[("a", "f8")]), "not_numeric"),
    "ragged": ([[1.0, 2.0], [3.0]], "shape"),
    "a number": (3.0, "shape"),
    "a vector": ([1.0, 2.0], "shape"),
    "an empty list": ([], "empty_batch"),
    "no examples": (np.zeros((0, 2)), "empty_batch"),
    "no units": (np.zeros((3, 0)), "empty_batch"),
    "no runs": (np.zeros((0, 3, 2)), "empty_batch"),
    "nan": ([[1.0, np.nan], [2.0, 3.0]], "non_finite"),
    "inf": ([[1.0, np.inf], [2.0, 3.0]], "non_finite"),
    "-inf": ([[1.0, -np.inf], [2.0, 3.0]], "non_finite"),
    "float16 inf": (np.array([[1, np.inf], [2, 3]], np.float16), "non_finite"),
    "1e200": ([[1e200, 0.0], [0.0, 0.0]], "overflow"),
    "-1e308": ([[0.0, -1e308], [0.0, 0.0]], "overflow"),
    "constant 1e200": (np.full((3, 2), 1e200), "overflow"),
    "1e20 in float32": (np.full((3, 2), 1e20, np.float32), "overflow"),
}


@pytest.mark.parametrize("z, code", BAD_Z.values(), ids=BAD_Z.keys())
@pytest.mark.parametrize("forward", ALL_FORWARD, ids=lambda f: f.__name__)
def test_bad_z(forward, z, code):
    refused(lambda: forward(z, ONE, ZERO), code, "z")


def test_squares_that_fit_one_by_one_but_not_summed():
    z = [[1.3e154, 0], [-1.3e154, 0], [-1.3e154, 0]]
    refused(lambda: batch_norm_forward(z, ONE, ZERO), "overflow", "var")


@pytest.mark.parametrize("z, code", BAD_Z.values(), ids=BAD_Z.keys())
def test_bad_z_in_inference_and_layer(z, code):
    refused(lambda: batch_norm_inference(z, ZERO, ONE, ONE, ZERO), code, "z")
    refused(lambda: BatchNorm(2).forward(z), code, "z")
    refused(lambda: BatchNorm(2).forward(z, training=False), code, "z")


def test_the_first_bad_number_is_named():
    z = Z.copy()
    z[1, 1], z[2, 0] = -np.inf, np.nan
    fields = refused(lambda: batch_norm_forward(z, ONE, ZERO), "non_finite", "z").fields
    assert fields["at"] == (1, 1) and fields["got"] == -np.inf


def test_just_below_the_limit_is_computed():
    z = np.array([[1e153, 1.0], [0.0, 1.0]])
    z_tilde, _ = batch_norm_forward(z, ONE, ZERO)
    np.testing.assert_allclose(z_tilde, [[1, 0], [-1, 0]])
    z32 = np.array([[1e18], [0]], np.float32)
    np.testing.assert_allclose(batch_norm_forward(z32, [1], [0])[0], [[1], [-1]], rtol=1e-6)


@pytest.mark.parametrize("field", ["gamma", "beta"])
@pytest.mark.parametrize(
    "value, code",
    [
        (1.0, "shape"),
        ([1.0], "shape"),
        ([1.0, 2.0, 3.0], "shape"),
        ([[1.0, 2.0]], "shape"),
        ([], "shape"),
        ([[1.0], [1.0, 2.0]], "shape"),
        (["a", "b"], "not_numeric"),
        (None, "not_numeric"),
        ([1.0, np.nan], "non_finite"),
        ([np.inf, 1.0], "non_finite"),
    ],
)
@pytest.mark.parametrize("forward", ALL_FORWARD, ids=lambda f: f.__name__)
def test_bad_gamma_and_beta(forward, field, value, code):
    arguments = {"gamma": ONE, "beta": ZERO} | {field: value}
    refused(lambda: forward(Z, **arguments), code, field)


def test_gamma_beyond_the_dtype_of_z_overflows():
    refused(lambda: batch_norm_forward(Z.astype("f4"), [1e300, 1], ZERO), "overflow", "gamma")
    refused(lambda: batch_norm_forward(Z, [1.7e308, 1], [1.7e308, 1]), "overflow", "z_tilde")


BAD_EPS = [0, 0.0, -0.0, -1e-5, np.nan, np.inf, -np.inf, 1e-400, 10**400, True, False, None]
BAD_EPS += ["1e-5", "", [1e-5], [], {}, 1e-5 + 0j, Decimal("1e-5"), np.array([1e-5, 1e-5])]
BAD_EPS += [np.bool_(True), np.float32("nan"), np.array(0.0), object]


@pytest.mark.parametrize("eps", BAD_EPS, ids=repr)
def test_bad_eps(eps):
    refused(lambda: batch_norm_forward(Z, ONE, ZERO, eps), "eps", "eps")
    refused(lambda: batch_norm_inference(Z, ZERO, ONE, ONE, ZERO, eps), "eps", "eps")
    refused(lambda: BatchNorm(2, eps=eps), "eps", "eps")


def test_an_eps_beyond_the_dtype_is_refused():
    refused(lambda: batch_norm_forward(Z.astype(np.float32), ONE, ZERO, 1e200), "eps")


@pytest.mark.parametrize(
    "eps",
    [1, np.float32(0.5), np.int64(2), np.array(0.1), Fraction(1, 3), 1e-300, 5e-324],
    ids=repr,
)
def test_good_eps(eps):
    _, cache = batch_norm_forward(Z, ONE, ZERO, eps)
    np.testing.assert_allclose(cache.std, np.sqrt(Z.var(0) + float(eps)))
    assert BatchNorm(2, eps=eps).eps > 0


@pytest.mark.parametrize(
    "momentum", [-0.1, 1.1, np.nan, np.inf, None, True, "0.1", [0.1]], ids=repr
)
def test_bad_momentum(momentum):
    refused(lambda: BatchNorm(2, momentum=momentum), "momentum", "momentum")
    bn = BatchNorm(2)
    bn.momentum = momentum
    refused(lambda: bn.forward(Z), "momentum", "momentum")


@pytest.mark.parametrize("n", [0, -1, 2.5, np.nan, np.inf, True, None, "2", [2]], ids=repr)
def test_bad_number_of_units(n):
    refused(lambda: BatchNorm(n), "shape", "n")


@pytest.mark.parametrize("dtype", [int, np.float16, complex, object, "no such dtype", str])
def test_bad_dtype(dtype):
    refused(lambda: BatchNorm(2, dtype=dtype), "not_numeric", "dtype")


@pytest.mark.parametrize("dtype", [np.float32, "float32", np.dtype(">f4"), "d", float])
def test_good_dtype(dtype):
    assert BatchNorm(2, dtype=dtype).gamma.dtype.isnative


def test_other_units_than_the_layer_has():
    for training in (True, False):
        error = refused(lambda t=training: BatchNorm(3).forward(Z, training=t), "shape", "z")
        assert error.fields["expected"] == (3, 3) and error.fields["got"] == (3, 2)


@pytest.mark.parametrize(
    "dz_tilde, code",
    [
        (np.ones((2, 2)), "shape"),
        (np.ones(2), "shape"),
        (1.0, "shape"),
        ([["a", "b"]] * 3, "not_numeric"),
        (None, "not_numeric"),
        (Z * np.nan, "non_finite"),
        (Z * np.inf, "non_finite"),
    ],
)
def test_bad_upstream_gradient(dz_tilde, code):
    _, cache = batch_norm_forward(Z, ONE, ZERO)
    refused(lambda: batch_norm_backward(dz_tilde, cache), code, "dz_tilde")
    bn = BatchNorm(2)
    bn.forward(Z)
    refused(lambda: bn.backward(dz_tilde), code, "dz_tilde")


def test_a_gradient_that_overflows():
    _, cache = batch_norm_forward(Z, [1e200, 1], ZERO)
    refused(lambda: batch_norm_backward(Z * 1e200, cache), "overflow", "dz")


def test_a_negative_variance():
    refused(lambda: batch_norm_inference(Z, ZERO, [1, -0.5], ONE, ZERO), "variance", "var")


def test_running_statistics_that_do_not_fit_their_dtype():
    bn = BatchNorm(1, dtype=np.float32)
    refused(lambda: bn.forward(np.array([[1e100], [0]])), "overflow", "running_mean")
    assert bn.running_mean == 0 and bn.running_var == 1


@pytest.mark.parametrize("convention", ["torch", None, [], 3], ids=repr)
def test_bad_convention(convention):
    refused(lambda: BatchNorm(2, convention=convention), "config", "convention")
    refused(lambda: BatchNorm.under(convention, 2), "config", "convention")
    bn = BatchNorm(2)
    bn.convention = convention
    refused(lambda: bn.forward(Z), "config", "convention")


def test_the_error_is_a_value_error_and_travels_between_processes():
    error = refused(lambda: batch_norm_forward(Z, ONE, ZERO, eps=0), "eps")
    assert isinstance(error, ValueError)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.fields, str(copy)) == (error.code, error.fields, str(error))


def test_no_warning_escapes_even_when_numpy_raises():
    with np.errstate(all="raise"):
        refused(lambda: batch_norm_forward([[1e200, 0], [0, 0]], ONE, ZERO), "overflow")
        tiny = np.array([[1e-300, 1], [2e-300, 2]])
        batch_norm_backward(tiny, batch_norm_forward(tiny, ONE, ZERO)[1])
        batch_norm_inference(tiny, ZERO, ONE, ONE, ZERO)
        bn = BatchNorm(2)
        bn.forward(tiny)
        bn.forward(tiny, training=False)
