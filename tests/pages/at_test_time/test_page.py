"""The lesson on train and test under AppTest: its numbers are the experiments', at every end."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bncore import CONVENTIONS, BatchNorm
from bncore.folding import line
from experiments.at_test_time import companions, conventions, dimming, folding, running, shifts
from experiments.claims.grading import above, below
from experiments.claims.shift import LITTLE
from experiments.trained import REGIMES, trained
from pages.at_test_time import averages, modes
from pages.at_test_time.modes import SHOWN, SIZES
from pages.at_test_time.stale import REPLICATES
from tests.complete import languages
from tests.pages import helpers
from tests.pages.helpers import ROOT, ends_of, healthy, together
from ui.lesson import Scene
from ui.lessons import LESSONS
from ui.numbers import latex, number, percent

LESSON = "test_time"
opened = partial(helpers.opened, LESSON, view="all")  # opened out, with every drawer open
scene = partial(helpers.opened, LESSON)


def with_drawer(name: str, **query: object) -> AppTest:
    """A scene alone, revealed, with its drawer open."""
    return scene((f"more-{name}",), scene=name, seen=1, **query)


CONTROLS = LESSONS[LESSON].declare()
SNIPPETS = ROOT / "assets" / "snippets" / "conventions"


def value(at: AppTest, name: str) -> object:
    return at.session_state[f"{LESSON}.{name}"]


def html(at: AppTest) -> list[str]:
    written = [each.value for each in at.markdown if each.value.startswith("<style>")]
    return [*written, *(each.proto.body for each in at.get("html"))]


def cells(at: AppTest, name: str) -> list[str]:
    """The exact values behind a table of that name."""
    (found,) = [body for body in html(at) if f'<table class="{name}"' in body]
    return re.findall(r'data-value="([^"]*)"', found)


def votes(at: AppTest) -> str:
    (found,) = [body for body in html(at) if '<div class="votes"' in body]
    return found


def said(at: AppTest) -> str:
    return "\n".join(each.value for each in [*at.markdown, *at.caption])


def charts(at: AppTest) -> dict[str, list[dict]]:
    """Lines of each chart by the first words of its alternative text."""
    return {chart["alt"]: chart["data"] for chart in helpers.charts(at)}


def drawn(array: dict | list) -> np.ndarray:
    """A column as Plotly sends it."""
    if isinstance(array, list):
        return np.array(array)
    import base64

    return np.frombuffer(base64.b64decode(array["bdata"]), np.dtype(array["dtype"]))


# ------------------------------------------------------------------ every end of every control


ENDS = {control.name: ends_of(control) for control in CONTROLS}
AT_ONCE = [{name: ends[end] for name, ends in ENDS.items()} for end in (0, -1)]


@pytest.mark.parametrize("link", AT_ONCE + together(ENDS))
def test_every_controls_ends_give_a_page(link: dict[str, str]) -> None:
    for lang in languages() if link in AT_ONCE else ("en",):
        at = opened(lang=lang, **link)
        found = {name: LESSONS[LESSON].control(name).write(value(at, name)) for name in link}
        assert {name for name in link if found[name] != link[name]} == set()
        assert len(helpers.charts(at)) == 9
        assert bool(re.search("[가-힣]", said(at))) == (lang == "ko")


def test_the_ladders_are_those_of_the_experiments() -> None:
    def options(name: str) -> tuple:
        return LESSONS[LESSON].control(name).options

    assert options("m") == companions.SIZES
    assert options("order") == companions.ORDERS
    assert options("start") == running.STARTS
    assert options("regime") == tuple(REGIMES)
    assert options("dim") == dimming.A and options("k") == dimming.K
    image = LESSONS[LESSON].control("image")
    assert (image.low, image.high) == (1, len(trained().data.x_test))
    for regime in REGIMES:  # stopping reads a kept step, or the end of a shorter run
        kept = set(trained(regime).snapshots.tolist())
        last = max(kept)
        assert {min(step, last) for step in options("stop")} <= kept


# ------------------------------------------------------------------ one example has no batch


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(("m", "order"), [(2, "random"), (8, "same_class"), (128, "random")])
def test_the_bars_are_the_draws(m: int, order: str, lang: str) -> None:
    at = with_drawer("answer_jumps", image=312, m=m, order=order, seed=5, lang=lang)
    found = companions.meet(311, m, 5, order=order)
    rows = re.findall(r"<tr><th scope=\"row\">(\d)</th>(.*?)</tr>", votes(at))
    counts = [int(re.search(r'data-value="(\d+)"', row)[1]) for _, row in rows]
    assert counts == found.counts.tolist() and sum(counts) == 400
    tagged = {int(digit): row.count('class="tag"') for digit, row in rows}
    assert sum(tagged.values()) == 3
    assert tagged[found.running] and tagged[found.exact] and tagged[found.digit]
    changed = (found.predicted != found.running).sum()
    assert re.search(rf"\*\*\D*400\D+{changed}|\*\*\D*{changed}\D+400", said(at))


def test_the_pictures_are_the_image_and_the_companions_of_the_first_draw() -> None:
    at = with_drawer("answer_jumps", image=12, m=4)
    pictures = next(body for body in html(at) if 'class="subject"' in body)
    found = companions.meet(11, 4, 0)
    alike, other = (
        int(np.flatnonzero(found.predicted == found.running)[0]),
        int(np.flatnonzero(found.predicted != found.running)[0]),
    )
    assert pictures.count("<img") == 4
    for draw in (alike, other):
        digits = [str(trained().data.y_test[i]) for i in found.companions[draw]]
        assert ", ".join(digits) in pictures
    alone = next(
        body for body in html(with_drawer("answer_jumps", m=1)) if 'class="subject"' in body
    )
    assert alone.count("<img") == 2


def test_draw_again_draws_others() -> None:
    at = with_drawer("answer_jumps", seed=9999)
    before = votes(at)
    healthy(at.button(key="draw-again").click().run())
    assert value(at, "seed") == 0 and votes(at) != before
    assert votes(at) == votes(with_drawer("answer_jumps", seed=0))


@pytest.mark.parametrize("lang", languages())
def test_accuracy_over_the_batch_size_is_the_experiments(lang: str) -> None:
    at = with_drawer("answer_jumps", m=16, seed=3, lang=lang)
    found = companions.by_batch_size(3)
    passage = next(each.value for each in at.markdown if "*m* = 16" in each.value)
    for share in (found.accuracy[4], found.sorted[4], found.changed[4], found.running, found.exact):
        assert percent(share) in passage
    lines = next(data for alt, data in charts(at).items() if "m = 16" in alt)
    np.testing.assert_allclose(drawn(lines[2]["y"]), found.accuracy)
    np.testing.assert_allclose(drawn(lines[3]["y"]), found.sorted)


def test_companions_change_an_answer_and_the_sorted_stream_is_worst() -> None:
    found = companions.by_batch_size()
    assert companions.meet(11, 8, 0).share_changed > 0.3  # what a fresh page shows
    assert (found.sorted[1:] < found.accuracy[1:]).all()
    assert (np.diff(found.accuracy) > 0).all()  # "the smaller m, the worse"


def test_alone_every_image_gets_one_answer() -> None:
    said_of = {companions.meet(i, 1, 0).predicted[0] for i in range(0, 450, 30)}
    assert len(said_of) == 1
    assert np.unique(companions.answers(1)).tolist() == [*said_of]


# ------------------------------------------------------------------ the averages


def lab(regime: str, decay: float, start: str, corrected: bool) -> running.Lab:
    return running.lab(regime, decay, start, corrected)


@pytest.mark.parametrize(
    ("regime", "decay", "start", "corrected", "stop", "at_step"),
    [
        ("slow", 0.99, "zero_one", False, 50, 50),
        ("slow", 0.9999, "zeros", True, 600, 600),
        ("fast", 0.9, "first", False, 600, 300),
        ("fast", 0.5, "zero_one", True, 5, 5),
    ],
)
def test_the_table_at_the_stop(
    regime: str, decay: float, start: str, corrected: bool, stop: int, at_step: int
) -> None:
    query = {"regime": regime, "decay": decay, "start": start, "corrected": int(corrected)}
    at = with_drawer("averages", **query, stop=stop, layer=2, unit=7)
    found, net = lab(regime, decay, start, corrected), trained(regime)
    snapshot = net.snapshots.tolist().index(at_step)
    place = (1, 6)
    pairs = [
        [found.batch_mean[at_step - 1][place], found.batch_var[at_step - 1][place]],
        [found.running_mean[at_step][place], found.running_var[at_step][place]],
        [net.true_mean[snapshot][place], net.true_var[snapshot][place]],
    ]
    pairs.append(np.subtract(pairs[1], pairs[2]).tolist())
    np.testing.assert_allclose([float(c) for c in cells(at, "kept")], np.ravel(pairs), rtol=1e-4)
    for share in (found.accuracy[snapshot], found.exact_accuracy[snapshot]):
        assert f"**{percent(share)}" in said(at)
    assert any("300" in c.value for c in at.caption) == (stop != at_step)


def test_what_is_averaged_is_drawn() -> None:
    at = with_drawer("averages", decay=0.95, layer=3, unit=50)
    found = lab("slow", 0.95, "zero_one", False)
    shown = [data for data in charts(at).values() if len(drawn(data[1]["y"])) == 601]
    for data, idea in zip(shown, ("mean", "var"), strict=True):
        np.testing.assert_allclose(drawn(data[1]["y"]), getattr(found, f"running_{idea}")[:, 2, 49])


def test_the_start_is_no_choice_once_it_is_corrected() -> None:
    assert not with_drawer("averages").button_group(key=f"{LESSON}.start").disabled
    assert with_drawer("averages", corrected=1).button_group(key=f"{LESSON}.start").disabled


@pytest.mark.parametrize("regime", REGIMES)
def test_the_parts_of_the_error(regime: str) -> None:
    at = with_drawer("stale", regime=regime, decay=0.999, stop=100)
    found = running.staleness(0.999, regime)
    passage = next(each.value for each in at.markdown if "### " in each.value)
    assert percent(found.start_weight[100]) in passage
    for part in ("error", "startup", "lag", "sampling", "corrected_error", "corrected_lag"):
        assert number(float(getattr(found, part)[100]), 2) in passage


def test_staleness_is_what_the_correction_leaves() -> None:
    """Check 2: ρ = .999, fast weights, corrected, and still below the exact statistics."""
    slow_average, quick = (lab("fast", decay, "zero_one", True) for decay in (0.999, 0.9))
    late = slow_average.snapshots >= 20
    assert (slow_average.accuracy < slow_average.exact_accuracy)[late].all()
    assert quick.accuracy[late].mean() > slow_average.accuracy[late].mean() + 0.02
    lags = [running.staleness(decay, "fast").corrected_lag[-1] for decay in (0.999, 0.99, 0.9, 0.5)]
    assert lags == sorted(lags, reverse=True)  # "a smaller ρ has less of it"


def test_the_law_in_its_drawer() -> None:
    for corrected in (False, True):
        query = {"decay": 0.95, "stop": 200, "unit": 3, "layer": 2, "corrected": int(corrected)}
        at = with_drawer("stale", **query)
        found = running.static_error(2, 1, 0.95, 32, 600, REPLICATES, corrected=corrected)
        for curve in (found.law, found.measured):
            assert number(float(curve[200]), 3) in said(at)
        assert found.measured[200] < 0.5 * found.law[200]  # "above layer 1 the law says too much"
    assert len(helpers.charts(scene(scene="stale", seen=1))) == 1  # none while it is closed


# ------------------------------------------------------------------ conventions


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", CONVENTIONS)
def test_each_convention_shows_its_formula_its_numbers_and_its_code(name: str, lang: str) -> None:
    at = scene(
        drawers=("more-conventions",),
        scene="conventions",
        seen=1,
        convention=name,
        batch=4,
        lang=lang,
    )
    kept, convention = conventions.under(name, 4), CONVENTIONS[name]
    formulas = next(
        e.value for e in at.markdown if r"\mu_{\mathrm{run}}}" in e.value and "$$" in e.value
    )
    assert latex(kept.running_mean[-1], 3) in formulas
    assert latex(kept.running_var[-1], 3) in formulas
    assert (r"\tfrac{m}{m-1}" in formulas) == convention.unbiased
    if convention.weighs != "average":
        for x in (kept.running_var[-2], kept.batch_var[-1], 1 - kept.new_weight):
            assert latex(x, 3) in formulas
    rule, code = [each.value for each in at.code]  # in the picture, and in the drawer below it
    assert code == (SNIPPETS / f"{name}.py").read_text("utf-8").strip() and code.endswith(rule)


def test_the_table_of_conventions() -> None:
    at = with_drawer("conventions", batch=8, convention="keras")
    shown = cells(at, "rules")
    found = [conventions.under(name, 8) for name in CONVENTIONS]
    assert shown[0::2] == [f"{each.running_var[-1]:.6g}" for each in found]
    assert shown[1::2] == [f"{each.accuracy:.4f}" for each in found]
    assert re.findall(r"▸ ([^<]*)<", "".join(html(at))) == ["Keras"]


def test_what_the_divisor_does_is_measured() -> None:
    at, found = with_drawer("divisor", batch=2), conventions.divisor(2)
    passage = next(e.value for e in at.markdown if "0.499" in e.value and "scores" in e.value)
    assert number(found.unbiased_ratio, 3) in passage
    for share in (found.biased_accuracy, found.unbiased_accuracy):
        assert percent(share) in passage


class Stub(ModuleType):
    """Stands for a library whose mean and var are NumPy's under other names of arguments."""

    def __getattr__(self, name: str):
        def call(z, **given):
            axis = given.get("dim", given.get("axis"))
            return getattr(np, name)(z, axis=axis, **self.more(name, given))

        return call

    @staticmethod
    def more(name: str, given: dict) -> dict:
        return {"ddof": given["correction"]} if name == "var" and "correction" in given else {}


def snippet(name: str, monkeypatch: pytest.MonkeyPatch) -> dict:
    """What a snippet defines, without the library that it is for."""
    libraries = ("torch", "torch.nn", "keras", "keras.ops", "jax", "jax.numpy")
    for library in (*libraries, "flax", "flax.linen", "onnx", "onnx.helper"):
        monkeypatch.setitem(sys.modules, library, Stub(library))
    for whole, part in (("torch", "nn"), ("keras", "ops"), ("jax", "numpy"), ("flax", "linen")):
        setattr(sys.modules[whole], part, sys.modules[f"{whole}.{part}"])
    return runpy.run_path(str(SNIPPETS / f"{name}.py"))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_code_shown_does_what_its_convention_does(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    defined, rng = snippet(name, monkeypatch), np.random.default_rng(0)
    batches = rng.normal([1, -4, 0], [2, 0.5, 3], (6, 5, 3))
    layer = BatchNorm.under(name, 3)
    for z in batches:
        layer.forward(z)
    if name == "paper":
        mean, var = defined["population"](batches)
    elif name == "lecture":  # examples in columns
        mean, var = np.zeros((3, 1)), np.ones((3, 1))
        for z in batches:
            mean, var = defined["update"](mean, var, z.T)
    else:
        mean, var = np.zeros(3), np.ones(3)
        for z in batches:
            mean, var = defined["update"](mean, var, z)
    np.testing.assert_allclose(np.ravel(mean), layer.running_mean, rtol=1e-12)
    np.testing.assert_allclose(np.ravel(var), layer.running_var, rtol=1e-12)


def test_the_code_shown_names_the_defaults() -> None:
    for name in ("pytorch", "keras", "flax", "onnx"):
        code, rule = (SNIPPETS / f"{name}.py").read_text("utf-8"), CONVENTIONS[name]
        made = code[code.index("def layer") : code.index("def update")]
        assert f"{rule.momentum:g}" in made and {1e-5: "1e-5", 1e-3: "1e-3"}[rule.eps] in made


def test_one_hundredth_of_the_new_is_ninety_nine_of_the_old() -> None:
    """Check 1: Keras's momentum .99 is PyTorch's .01."""
    z = np.random.default_rng(1).normal(3, 2, (9, 4, 2))
    keras, torch = BatchNorm.under("keras", 2), BatchNorm(2, momentum=0.01)
    for batch in z:
        keras.forward(batch)
        torch.forward(batch)
    np.testing.assert_allclose(torch.running_mean, keras.running_mean, rtol=1e-12)


# ------------------------------------------------------------------ in use


@pytest.mark.parametrize(("mode", "m"), [("eval", 0), ("train_1", 1), ("train_64", 64)])
def test_the_mode_decides_the_answers(mode: str, m: int) -> None:
    at = with_drawer("modes", mode=mode)
    (answers,) = [body for body in html(at) if 'class="answer"' in body]
    shown = [int(digit) for digit in re.findall(r'class="answer"[^>]*>(\d)', answers)]
    assert shown == companions.answers(m)[:SHOWN].tolist()
    right = np.array(shown) == trained().data.y_test[:SHOWN]
    assert answers.count("✓") == right.sum() and answers.count("✗") == (~right).sum()


def test_the_table_of_modes() -> None:
    found = companions.modes(SIZES)
    wanted = [[found.eval] * len(SIZES), found.train, *found.after.T]
    assert cells(with_drawer("modes"), "modes") == [
        f"{share:.4f}" for row in wanted for share in row
    ]


def test_what_the_page_says_of_the_wrong_mode() -> None:
    found = dict(zip(SIZES, companions.modes(SIZES).train, strict=True))
    right = companions.modes(SIZES).eval
    assert found[1] < 0.2 and right - 0.03 < found[64] < right


def test_the_folded_numbers() -> None:
    at, found, network = with_drawer("folding"), folding.compare(), trained().network
    scale, shift = (float(one[0, 0]) for one in line(network, 0))
    formulas = next(each.value for each in at.markdown if "W' &=" in each.value)
    assert latex(scale, 3) in formulas and latex(shift, 3) in formulas
    assert number(found.max_error, 2) in said(at)
    assert cells(at, "folded")[1::2] == [str(found.parameters), str(found.folded_parameters)]


@pytest.mark.parametrize("lang", languages())
def test_the_time_is_measured_when_asked_for(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr(folding, "time_ratio", lambda: 0.625)
    at = with_drawer("folding", lang=lang)
    assert percent(0.625) not in said(at)
    healthy(at.button(key="measure-ratio").click().run())
    assert percent(0.625) in said(at)


@pytest.mark.parametrize(("a", "k"), [(0.3, 64), (1.0, 4), (0.05, 256)])
def test_the_numbers_of_the_changed_world(a: float, k: int) -> None:
    at = with_drawer("world", dim=a, k=k)
    here, five, exact = dimming.sweep(k), dimming.over_seeds(), dimming.exactness(a)
    i = dimming.A.index(a)
    arms = {
        "plain": five.plain[:, i],
        "frozen": five.frozen[:, i],
        "reestimated": five.reestimated[:, dimming.K.index(k), i],
    }
    wanted = []
    for name, over in arms.items():
        wanted += [f"{getattr(here, name)[i]:.4f}", f"{over.min():.4f} {over.max():.4f}"]
    assert cells(at, "world") == wanted
    for x in (exact.logits, exact.frozen_logits, exact.logits_rounding):
        assert number(x, 2) in said(at)


def test_what_the_checks_say_of_a_darker_world() -> None:
    five = dimming.over_seeds()
    i, k = dimming.A.index(0.3), dimming.K.index(64)
    assert (five.frozen[:, i] < five.plain[:, i] - 0.2).all()
    assert (five.reestimated[:, k, i] > five.frozen[:, 0] - 0.03).all()


@pytest.mark.parametrize("lang", languages())
def test_the_dozen_shifts_are_shown_and_counted(lang: str) -> None:
    found, shown = shifts.over_seeds(), said(with_drawer("shifts", lang=lang))
    gain, renewed = found.gain().T, found.gain(renewed=True).T
    counted = [
        sum(above(one, LITTLE) for one in gain),
        sum(below(one, -LITTLE) for one in gain),
        sum(above(one, LITTLE) for one in renewed),
        sum(below(one, -LITTLE) for one in renewed),
    ]
    (line,) = [each for each in shown.splitlines() if "AdaBN" in each]
    for count in counted:
        assert re.search(rf"(?<![\d.]){count}(?![\d.])", line), count
    for rate in found.best:
        assert number(rate) in shown


# ------------------------------------------------------------------ asked before it is shown

#: what tells the answer of a scene, as it is sent: before, none of it; after, all of it
TELLS = {
    "answer_jumps": ("data-value", percent(0.425), "230"),
    "averages": ('"kept"', '"weighed": true', percent(1 - 0.9**averages.FEW, 0)),
    "modes": ("✗", "ValueError", "z̃ = β"),
    "world": (f"{dimming.over_seeds().frozen[:, 7].mean():.4f}", '"told": true'),
    "stale": ("lag",),
    "conventions": ("def update", r"\mu_{\mathrm{run}}"),
    "divisor": ("0.499", "0.998"),
    "folding": ("W' &=", "2.59"),
    "shifts": ("AdaBN", "error_x"),
}


def sent(at: AppTest) -> str:
    """All that a page sends of its own: no program, no style, nothing of the frame."""

    def within(block: Any) -> Iterator[str]:
        for child in block.children.values():
            if hasattr(child, "children"):
                yield from within(child)
            else:
                yield words_of(child.proto)

    return "\n".join(within(at.main))


def words_of(proto: Any) -> str:
    if getattr(proto, "component_name", ""):
        return helpers.told(proto)
    text = " ".join(str(getattr(proto, name, "")) for name in ("body", "label", "code_text"))
    return re.sub(r"<style>.*?</style>|<script>.*?</script>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", TELLS)
def test_nothing_is_told_before_it_is_asked_and_all_of_it_after(name: str) -> None:
    at = scene(scene=name)
    before = sent(at)
    drawers = ("more-shifts",) if name == "shifts" else ()
    after = sent(scene(scene=name, seen=1, drawers=drawers))
    for told in TELLS[name]:
        assert told not in before, told
        assert told in after, told
    healthy(at.button(key="just-show-me").click().run())
    for told in TELLS[name][:1]:
        assert name == "shifts" or told in sent(at)


@pytest.mark.parametrize("entry", LESSONS[LESSON].scenes, ids=lambda entry: entry.name)
def test_every_option_is_answered(entry: Scene) -> None:
    assert entry.question is not None
    for option, lang in zip(entry.question.options, cycle(languages())):
        at = scene(scene=entry.name, lang=lang)
        healthy(at.button(key=f"guess-{option}").click().run())
        right = option == entry.question.right
        assert len(at.success) == right and len(at.info) == (not right), option
        assert "[[" not in said(at), option


def test_what_the_question_of_the_averages_says() -> None:
    """At ρ = .9 the last ten batches make up most of it; 1/(1 − ρ) says how many it remembers."""
    decay = LESSONS[LESSON].default("decay", "averages")
    assert decay == 0.9 and 1 - decay**averages.FEW > 0.6
    assert pytest.approx(1 / (1 - decay)) == averages.FEW


def test_an_answer_is_explained_at_what_was_asked_wherever_the_slider_is() -> None:
    at = scene(scene="averages", decay=0.999)
    healthy(at.button(key="guess-some").click().run())
    assert percent(1 - 0.9**averages.FEW, 0) in at.success[0].value
    at = scene(scene="stale", decay=0.5, corrected=0)
    healthy(at.button(key="guess-small").click().run())
    asked = running.staleness(0.999, "fast")
    chance = asked.corrected_sampling[-1] / asked.corrected_error[-1]
    assert chance < 0.05 and percent(chance) in at.info[0].value


@pytest.mark.parametrize("name", modes.LIBRARIES)
def test_the_calls_of_the_modes_are_those_that_ran(name: str) -> None:
    """The fixtures were made by the same calls (tests/fixtures)."""
    makers = {"pytorch": "torch", "keras": "keras", "flax": "flax"}
    made = (ROOT / "tests" / "fixtures" / f"make_{makers[name]}_reference.py").read_text("utf-8")
    calls = re.findall(r"\.eval\(\)|training=\w+|use_running_average=\w+", modes.snippet(name))
    assert calls and all(call in made for call in calls)


def test_the_dozen_leaves_no_image_alone_in_a_row() -> None:
    """As it is stands by itself; the others fill rows of six, or of four."""
    (dozen,) = [body for body in html(scene(scene="shifts")) if 'class="dozen"' in body]
    first, rest = dozen.partition('class="dozen"')[2].split("<div>")
    assert len(shifts.SHIFTS) == 12  # as the words say
    assert first.count("<img") == 1 and rest.count("<img") == len(shifts.SHIFTS)
    style = (ROOT / "assets" / "components" / "test_time.css").read_text("utf-8")
    for columns in map(int, re.findall(r"\.dozen > div \{[^}]*repeat\((\d+)", style)):
        assert len(shifts.SHIFTS) % columns == 0


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ({"m": 4, "seed": 3}, "answer_jumps"),
        ({"m": 8, "decay": 0.95, "corrected": 1}, "averages"),
        ({"mode": "train_64"}, "modes"),
        ({"dim": 0.1, "k": 16}, "world"),
        ({"convention": "keras"}, "conventions"),
        ({"batch": 8}, "divisor"),
    ],
)
def test_an_old_link_opens_what_it_set_revealed(link: dict[str, object], name: str) -> None:
    at = scene(**link)
    assert (value(at, "scene"), value(at, "seen")) == (name, True)
    for control, wanted in link.items():
        assert LESSONS[LESSON].control(control).write(value(at, control)) == str(wanted)
