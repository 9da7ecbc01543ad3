"""No figure that is measured, or set in code, stands typed in the words.

What may stand there has an entry with a reason in `numerals.toml`. What names a setting, as an
option does, is held to that setting here.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from bncore.conventions import CONVENTIONS
from experiments.network import scale
from experiments.noise import ablation, regularize, small_batches
from experiments.why import noisy, once, smoothness
from tests.complete import languages
from tests.locales.numerals import NUMERAL, Numeral, allowed, reason, texts, typed
from ui.lessons import LESSONS
from ui.text import PLACEHOLDER

LANGUAGES = languages()
LISTS = allowed()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_typed_figure_has_a_reason(language: str) -> None:
    without = [f"{one.key}: {one.text} in “{one.around}”" for one in typed(language)]
    rest = [
        line for line, one in zip(without, typed(language), strict=True) if not reason(one, LISTS)
    ]
    assert not rest, "\n".join(rest)


def test_every_entry_lets_something_stand_and_says_why() -> None:
    """An entry that nothing needs any more goes."""
    used = {reason(one, LISTS) for code in LANGUAGES for one in typed(code)}
    entries = {one["pattern"]: one["reason"] for one in LISTS["patterns"]} | LISTS["keys"]
    assert not [name for name in entries if name not in used]
    assert all(len(why) > 5 for why in entries.values())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("after 300 steps 91.4% are right", ["300", "91.4"]),
        ("after [[steps]] steps [[share]] are right", []),
        ("in $x^{12}$ and `eps=1e-3`, [here](https://arxiv.org/abs/1502.03167)", []),
        ("float32, x_1, z⁽²⁾", []),
        ("steps: 1,000", ["1,000"]),
    ],
)
def test_what_is_a_typed_figure(text: str, found: list[str], monkeypatch) -> None:
    monkeypatch.setattr("tests.locales.numerals.texts", lambda language: [("x/y", text)])
    assert [one.text for one in typed("en")] == found


def test_a_typed_measurement_would_be_found() -> None:
    text = "The spread is 2.7 times as large after 300 steps."
    for found in NUMERAL.finditer(text):
        one = Numeral("en", "noise/law", found[0], text, found.start(), found.end())
        assert not reason(one, LISTS)


# --- what names a setting ---


def configs(settings: dict, *fields: str) -> dict[str, list[float]]:
    return {name: [getattr(one, field) for field in fields] for name, one in settings.items()}


def options(key: str, wanted: dict[str, list[float]]) -> dict[str, list[float]]:
    return {f"{key}.options.{name}": numbers for name, numbers in wanted.items()}


KEEP = ablation.ARMS["dropout8"]["keep"]
# By label: the figures that it must have, whatever their order.
HELD: dict[str, list[float]] = (
    options("noise.controls.data", configs(regularize.SETTINGS, "n_train"))
    | options(
        "noise.controls.batches",
        {
            name: [one.classes_per_batch or one.batch_size]
            for name, one in small_batches.PRESETS.items()
        },
    )
    | options("why.controls.noisy", configs(noisy.SETTINGS, "depth"))
    | {
        f"why.controls.once.options.{name}": [one.depth] if name == "deep" else [one.depth, one.lr]
        for name, one in once.SETTINGS.items()
    }
    | options("why.controls.smooth", configs(smoothness.SETTINGS, "depth", "lr"))
    | {"noise.ablation.dropout8": [KEEP]}
)
ALPHAS = [scale.ALPHAS[0], scale.ALPHAS[-1]]


def figures(text: str) -> list[float]:
    """In order of size; neither those of a placeholder nor of a name (cs231n, 8×8)."""
    bare = re.sub(r"\d+×\d+|\b[a-z]+\d\w*", "", PLACEHOLDER.sub("", text))
    return sorted(float(one) for one in re.findall(r"\d+(?:\.\d+)?", bare))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_a_setting_is_what_is_set(language: str) -> None:
    words = dict(texts(language))
    for key, numbers in HELD.items():
        if figures(words[key]):  # a language may say it in a word
            assert figures(words[key]) == sorted(map(float, numbers)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_sentence_names_is_what_is_set(language: str) -> None:
    words = dict(texts(language))
    longer = LESSONS["noise"].options("longer")
    for option in longer[1:]:
        assert figures(words[f"noise.controls.longer.options.{option}"]) == [option]
    for name in ("alt_output", "alt_gradient"):
        named = set(figures(words[f"inside.scale.{name}"]))
        assert set(ALPHAS) <= named or not named - {1.0}, name
    for name in ("alt_single", "alt_many"):
        assert KEEP in figures(words[f"noise.ablation.{name}"])
    depths = {float(one.depth) for one in noisy.SETTINGS.values()}
    assert set(figures(words["why/noisy_five"])) <= depths


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_momenta_of_the_libraries_are_their_defaults(language: str) -> None:
    """0.1 for PyTorch, 0.9 or 0.99 for those who weigh the past; MLX and the core are alike."""
    said = set(figures(dict(texts(language))["test_time/conventions"])) - {1.0}
    defaults = {one.momentum for one in CONVENTIONS.values()} - {None}
    assert said == defaults


def test_sigmoid_leaves_its_tangent_by_less_than_is_said() -> None:
    z = np.linspace(-1, 1, 2001)
    off = np.abs(1 / (1 + np.exp(-z)) - (0.5 + z / 4)).max()
    for language in LANGUAGES:
        (said,) = [x for x in figures(dict(texts(language))["mini_batch/why"]) if 0 < x < 0.1]
        assert 0.9 * said < off < said
