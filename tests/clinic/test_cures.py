"""The remedies as code: what PyTorch, Keras and Flax gave is what this lab's own layer gives.

tests/fixtures/make_clinic_reference.py ran every snippet as it is shown; the expectation is
worked out here by `bncore` from the same numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bncore.batchnorm import (
    BatchNorm,
    batch_norm_forward,
    batch_norm_inference,
)
from pages.clinic import LESSON
from pages.clinic.common import LIBRARIES
from pages.clinic.symptoms import QUESTIONS
from tests.complete import languages
from tests.fixtures.make_clinic_reference import (
    CONSTANT,
    DECAY,
    LR,
    MANY,
    RUNS,
    M,
    digest,
    given,
    snippets,
    with_constant,
)
from tests.locales.test_numerals import figures
from ui import text

FIXTURE = Path(__file__).parents[1] / "fixtures" / "clinic_reference.npz"
with np.load(FIXTURE) as file:
    REFERENCE = {name: file[name] for name in file.files}

G = {name: each.astype(float) for name, each in given().items()}
BATCHES, X = G["batches"], G["x"]
KEPT = G["running_mean"], G["running_var"]
UNBIASED = {"pytorch": True, "keras": False, "flax": False}
LIBRARY = pytest.mark.parametrize("library", LIBRARIES)


def gave(name: str, library: str) -> dict[str, np.ndarray]:
    prefix = f"{name}/{library}/"
    return {k.removeprefix(prefix): v for k, v in REFERENCE.items() if k.startswith(prefix)}


def close(found: np.ndarray, expected: object) -> None:
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)


def by(mean: np.ndarray, var: np.ndarray, x: np.ndarray = X) -> np.ndarray:
    return batch_norm_inference(x, mean, var, G["gamma"], G["beta"], 1e-5)


def variance(batch: np.ndarray, library: str) -> np.ndarray:
    return batch.var(axis=0, ddof=int(UNBIASED[library]))


def moved(layer: BatchNorm, library: str, batch: np.ndarray) -> BatchNorm:
    """A layer of this lab after a batch, as the library keeps statistics, at weight .1."""
    layer.convention = library
    layer(batch)
    return layer


def layer() -> BatchNorm:
    bn = BatchNorm(3, eps=1e-5, momentum=0.1)
    for name in ("gamma", "beta", "running_mean", "running_var"):
        getattr(bn, name)[:] = G[name]
    return bn


def test_every_symptom_has_a_remedy_in_every_library_that_was_run_as_it_stands() -> None:
    assert snippets() == sorted((name, library) for name in QUESTIONS for library in LIBRARIES)
    assert set(RUNS) == {f"{name}_{library}" for name, library in snippets()}
    for name, library in snippets():
        stored = str(REFERENCE[f"{name}/{library}/digest"])
        assert stored == digest(name, library), "run tests/fixtures/make_clinic_reference.py again"


@LIBRARY
def test_new_statistics_are_plain_averages(library: str) -> None:
    found = gave("eval_worse", library)
    mean = BATCHES.mean(axis=1).mean(axis=0)
    var = np.mean([variance(batch, library) for batch in BATCHES], axis=0)
    close(found["mean"], mean)
    close(found["var"], var)
    close(found["out"], by(mean, var))
    assert np.abs(found["out"] - by(*KEPT)).max() > 0.01  # it was not so before


@LIBRARY
def test_one_image_gets_what_eval_gives_and_the_last_batch_is_left_out(library: str) -> None:
    found = gave("one_example", library)
    close(found["out"], by(*KEPT))
    assert found["sizes"].tolist() == [M, M]  # of 2 M + 1 images
    single, _ = batch_norm_forward(BATCHES[0, :1], G["gamma"], G["beta"])
    close(single, G["beta"][None])
    if library == "pytorch":
        assert "Expected more than 1 value per channel when training" in str(found["message"])
    else:
        close(found["single"], single)


@LIBRARY
def test_an_image_gets_one_answer_once_it_is_said_that_one_predicts(library: str) -> None:
    found = gave("other_answer", library)
    for out in found["out"]:
        close(out, by(*KEPT)[0])
    for out, batch in zip(found["train"], (X, X[:3]), strict=True):
        close(out, batch_norm_forward(batch, G["gamma"], G["beta"])[0][0])
    assert np.abs(found["train"][0] - found["train"][1]).max() > 0.05


@LIBRARY
def test_frozen_statistics_stay_and_gamma_and_beta_learn(library: str) -> None:
    found, out = gave("few_images", library), by(*KEPT)
    for name, kept in zip(("mean", "var"), KEPT, strict=True):
        close(found[name], kept)
    close(found["out"], out)
    z_norm = (X - KEPT[0]) / np.sqrt(KEPT[1] + 1e-5)
    np.testing.assert_allclose(found["dgamma"], (2 * out * z_norm).sum(axis=0), rtol=1e-4)
    np.testing.assert_allclose(found["dbeta"], (2 * out).sum(axis=0), rtol=1e-4, atol=1e-5)
    if library != "flax":
        assert found["learns_False"].all() and not found["learns_True"].any()
    if library == "keras":  # trainable = False freezes the statistics, too
        close(found["mean_trainable"], KEPT[0])


@LIBRARY
def test_all_three_keep_the_same_with_all_settings_written_out(library: str) -> None:
    found = gave("frameworks", library)
    expected = moved(layer(), library, BATCHES[0])
    close(found["mean"], expected.running_mean)
    close(found["var"], expected.running_var)
    if library == "pytorch":
        close(found["gamma"], G["gamma"])
        close(found["beta"], G["beta"])
    else:
        close(found["out"], by(*KEPT))


@LIBRARY
def test_what_is_bad_is_kept_out_and_what_is_spoiled_begins_anew(library: str) -> None:
    found = gave("running_nan", library)
    assert found["usable"].tolist() == [True, False, False]
    assert np.isnan(found["spoiled"][0])  # after four clean batches, too
    assert np.isfinite(found["spoiled"][1:]).all()
    mean, var = (found[name] for name in ("mean", "var"))
    close(mean, 0)
    close(var, 1)
    close(found["after"], 0.9 + 0.1 * variance(BATCHES[0], library))


@LIBRARY
def test_a_norm_of_each_image_is_the_same_in_parts(library: str) -> None:
    found, z = gave("accumulated", library), BATCHES[0]
    of_each = (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(found["out"], of_each, atol=2e-3)  # each library has its own ε
    close(found["parts"], found["out"])
    kinds = {"pytorch": "SyncBatchNorm", "keras": "only supported with the TensorFlow", "flax": "d"}
    assert kinds[library] in str(found["kind"])
    if library == "flax":  # two devices, and what a single one gives for all of the batch
        close(found["together"], batch_norm_forward(z, G["gamma"], G["beta"])[0])
        halves = [batch_norm_forward(half, G["gamma"], G["beta"])[0] for half in np.split(z, 2)]
        assert np.abs(found["together"] - np.concatenate(halves)).max() > 0.1


@LIBRARY
def test_a_folded_layer_has_the_outputs_of_both(library: str) -> None:
    found, W, b = gave("exported", library), BATCHES[0][:3], BATCHES[1][0]
    scale = G["gamma"] / np.sqrt(KEPT[1] + 1e-5)
    close(found["W"], W * scale)
    close(found["b"], G["beta"] + (b - KEPT[0]) * scale)
    np.testing.assert_allclose(found["out"], by(*KEPT, X @ W + b), rtol=1e-4, atol=1e-4)


@LIBRARY
def test_averaged_weights_have_statistics_of_their_own(library: str) -> None:
    found = gave("averaged", library)
    mean = BATCHES.mean(axis=1).mean(axis=0)
    var = np.mean([variance(batch, library) for batch in BATCHES], axis=0)
    close(found["gamma"], 1.5 * G["gamma"])
    close(found["mean"], mean)
    close(found["var"], var)
    close(found["out"], batch_norm_inference(X, mean, var, 1.5 * G["gamma"], G["beta"], 1e-5))


@LIBRARY
def test_a_constant_is_found_and_gives_zero_once_it_is_near_zero(library: str) -> None:
    found, x = gave("constant", library), with_constant({}).astype(float)
    assert found["constant"].tolist() == [True, False]
    assert np.all(found["shifted"][:, 0] == 0)
    expected, _ = batch_norm_forward(x[:, 1:], np.ones(1), np.zeros(1))
    close(found["shifted"][:, 1:], expected)


@LIBRARY
def test_without_the_bias_the_block_is_the_same(library: str) -> None:
    found, z = gave("bias", library), BATCHES[2] @ BATCHES[0][:3]
    eps = 1e-3 if library == "keras" else 1e-5
    for bias in (0.0, 100.0):
        expected, _ = batch_norm_forward(z + bias, np.ones(3), np.zeros(3), eps)
        np.testing.assert_allclose(found["out"], np.maximum(expected, 0), atol=1e-4)


@LIBRARY
def test_dropout_behind_the_last_batch_norm_moves_no_statistics(library: str) -> None:
    found = gave("dropout", library)
    hidden, _ = batch_norm_forward(BATCHES[2] @ BATCHES[0][:3], np.ones(3), np.zeros(3))
    z = np.maximum(hidden, 0) @ BATCHES[3][:3]
    close(found["mean"], 0.1 * z.mean(axis=0))
    close(found["var"], 0.9 + 0.1 * variance(z, library))


@LIBRARY
def test_decay_is_on_W_alone(library: str) -> None:
    found = gave("decay", library)
    close(found["W"], BATCHES[0][:3] * (1 - LR * DECAY))
    close(found["gamma"], G["gamma"])
    close(found["beta"], G["beta"])


@pytest.mark.parametrize("lang", languages())
def test_what_is_said_of_the_constant_is_what_the_libraries_gave(lang: str) -> None:
    gave_then = [float(gave("constant", library)["plain"][0, 0]) for library in LIBRARIES]
    said = figures(text._labels(lang, str(LESSON))["constant"]["libraries"])
    assert said == sorted([CONSTANT, MANY, *(abs(round(each, 2)) for each in gave_then)])
    assert gave_then[0] < 0  # the sign is no part of a figure
