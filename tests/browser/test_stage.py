"""The stage in a real browser: what is under the finger stands where bncore says."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page

from bncore import batch_norm_forward
from tests.browser.helpers import framed, settled, visit
from ui.lessons import LESSONS

ROWS = ("z", "z_centered", "z_norm", "z_tilde")
SLIDERS = ("eps", "gamma", "beta")

# Everything the stage paints, read from the screen: pixels relative to the drawing's left edge.
READ = """stage => {
  const canvas = stage.querySelector('.canvas'), left = canvas.getBoundingClientRect().left;
  const number = (element, name) => Number(element.dataset[name]);
  const row = id => {
    const axis = canvas.querySelector(`.axis-of[data-row=${id}]`);
    const marks = [...canvas.querySelectorAll(`.mark[data-row=${id}]`)];
    const edges = canvas.querySelectorAll(`.edges [data-row=${id}]`)[0];
    const text = stage.querySelector(`.row-text[data-row=${id}]`);
    return {
      lo: number(axis, 'lo'), hi: number(axis, 'hi'),
      x0: number(axis, 'x0'), x1: number(axis, 'x1'),
      values: marks.map(mark => number(mark, 'value')),
      centres: marks.map(mark => {
        const box = mark.getBoundingClientRect();
        return box.left + box.width / 2 - left;
      }),
      off: marks.map(mark => mark.classList.contains('off')),
      beyond: number(edges, 'left') + number(edges, 'right'),
      visible: getComputedStyle(marks[0]).visibility === 'visible',
      mean: number(text.querySelector('.mean dd'), 'value'),
      sd: number(text.querySelector('.sd dd'), 'value'),
      written: text.querySelector('.one dd').textContent,
    };
  };
  const slider = id => number(stage.querySelector(`[data-control=${id}] output`), 'value');
  return {
    rows: Object.fromEntries(['z', 'z_centered', 'z_norm', 'z_tilde'].map(id => [id, row(id)])),
    eps: slider('eps'), gamma: slider('gamma'), beta: slider('beta'),
    state: stage.dataset.state, said: stage.querySelector('.live').textContent,
  };
}"""


def opened(page: Page, app_url: str, query: str = "") -> Page:
    visit(page, f"{app_url}/mini_batch?scene=own&{query}")
    at_rest(page)
    page.locator(".stage .picture").scroll_into_view_if_needed()
    return page


def at_rest(page: Page) -> None:
    """Nothing moves, nothing is on its way to Python or back."""
    framed(page)  # the stage says so from the next frame on
    for _ in range(2):  # the answer may set something in motion
        page.locator(".stage[data-state='still'][data-unsaved='']").wait_for()
        settled(page)


def painted(page: Page) -> dict:
    """What stands on the screen once the frames of the last event are through."""
    framed(page)
    return page.locator(".stage").evaluate(READ)


def by_bncore(seen: dict) -> dict[str, np.ndarray]:
    z = np.array(seen["rows"]["z"]["values"])[:, None]
    gamma, beta = np.array([seen["gamma"]]), np.array([seen["beta"]])
    z_tilde, cache = batch_norm_forward(z, gamma, beta, seen["eps"])
    columns = {"z": z, "z_centered": cache.z_centered, "z_norm": cache.z_norm, "z_tilde": z_tilde}
    return {name: column[:, 0] for name, column in columns.items()}


def assert_marks_stand_right(seen: dict, row: str) -> None:
    """Within one pixel of bncore's value, also beyond an edge, where it hides and is counted."""
    found, right = seen["rows"][row], by_bncore(seen)[row]
    x0, x1, lo, hi = (found[name] for name in ("x0", "x1", "lo", "hi"))
    x = x0 + (right - lo) / (hi - lo) * (x1 - x0)
    inside = (x >= x0) & (x <= x1)
    assert inside.sum() >= len(x) / 2
    assert np.abs(np.array(found["centres"]) - x).max() <= 1
    assert found["beyond"] == np.sum(found["off"]) == pytest.approx((~inside).sum(), abs=1)


def assert_numbers_are_bncores(seen: dict) -> None:
    right = by_bncore(seen)
    for row, values in right.items():
        found = seen["rows"][row]
        np.testing.assert_allclose(found["values"], values, rtol=1e-6, atol=1e-12)
        scale = np.abs(values).max() + 1e-300
        assert found["mean"] == pytest.approx(values.mean(), rel=1e-6, abs=1e-9 * scale)
        assert found["sd"] == pytest.approx(values.std(), rel=1e-6, abs=1e-9 * scale)


def as_number(text: str) -> float:
    plain = text.replace("−", "-").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(plain.replace("×10", "e"))


def link(page: Page) -> dict[str, str]:
    """What it says, and for the rest how the scene begins."""
    lesson = LESSONS["mini_batch"]
    begins = {c.name: c.write(lesson.default(c.name, "own")) for c in lesson.declare()}
    said = parse_qs(urlsplit(page.url).query)
    return begins | {name: values[0] for name, values in said.items()}


def track(page: Page, slider: str) -> tuple[float, float, float]:
    """Left end, width and middle line of a slider."""
    box = page.locator(f".stage [data-control={slider}] input").bounding_box()
    assert box
    return box["x"] + 11, box["width"] - 22, box["y"] + box["height"] / 2


def press(page: Page, slider: str, share: float) -> None:
    page.locator(f".stage [data-control={slider}] input").scroll_into_view_if_needed()
    left, width, y = track(page, slider)
    page.mouse.move(left + share * width, y)
    page.mouse.down()


def slide(page: Page, slider: str, share: float) -> None:
    left, width, y = track(page, slider)
    page.mouse.move(left + share * width, y, steps=4)


def centre(page: Page, row: str, i: int) -> tuple[float, float]:
    box = page.locator(f".mark[data-row={row}][data-i='{i}']").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# ---------------------------------------------------------------- while something is dragged


@pytest.mark.parametrize("width", [1440, 390])
def test_marks_stand_right_before_release_and_numbers_after(new_page, app_url, width: int) -> None:
    page = opened(new_page(width=width), app_url)
    for slider in SLIDERS:
        before = link(page)
        axes = {row: painted(page)["rows"][row]["hi"] for row in ROWS}
        press(page, slider, 0.55)
        values = set()
        for share in (0.3, 0.62, 0.8):
            slide(page, slider, share)
            seen = painted(page)
            values.add(seen[slider])
            assert seen["state"] == "dragging"
            for row in ROWS:
                assert_marks_stand_right(seen, row)
                assert seen["rows"][row]["hi"] == axes[row], "the axis moved under the finger"
            assert_numbers_are_bncores(seen)
        assert len(values) == 3
        assert link(page) == before, "it was committed before the release"
        page.mouse.up()
        at_rest(page)
        after = painted(page)
        assert float(link(page)[slider]) == after[slider] == seen[slider]
        assert_numbers_are_bncores(after)
        for row in ROWS:
            assert_marks_stand_right(after, row)
            assert after["rows"][row]["beyond"] == 0


def test_an_older_answer_does_not_pull_the_slider_from_the_hand(new_page, app_url) -> None:
    page = opened(new_page(), app_url)
    beta = page.locator(".stage [data-control=beta] input")
    beta.focus()
    beta.press("ArrowRight")  # told to Python a moment later, while γ is already in the hand
    press(page, "gamma", 0.6)
    slide(page, "gamma", 0.75)
    held = painted(page)["gamma"]
    page.wait_for_url(re.compile("beta=0.01"))
    settled(page)
    assert painted(page)["gamma"] == held != 1
    assert link(page)["gamma"] == "1.0"
    page.mouse.up()
    at_rest(page)
    assert painted(page)["gamma"] == float(link(page)["gamma"]) == held
    assert painted(page)["beta"] == 0.01


def test_what_was_dragged_survives_the_other_language(new_page, app_url) -> None:
    page = opened(new_page(), app_url)
    press(page, "gamma", 0.3)
    page.mouse.up()
    at_rest(page)
    before = painted(page)
    page.get_by_text("한국어").click()
    page.locator(".stage .hint", has_text=re.compile("[가-힣]")).wait_for()
    at_rest(page)
    after = painted(page)
    assert after["gamma"] == before["gamma"] < 0
    assert after["rows"]["z_tilde"]["values"] == before["rows"]["z_tilde"]["values"]


# ---------------------------------------------------------------- points


@pytest.mark.parametrize("touch", [False, True])
def test_a_dragged_point_changes_the_batch_and_the_link(new_page, app_url, touch: bool) -> None:
    page = opened(new_page(width=390 if touch else 1440, has_touch=touch), app_url, "m=8")
    old = painted(page)["rows"]["z"]["values"]
    i = int(np.argmin(old))
    x, y = centre(page, "z", i)
    if touch:
        finger = page.context.new_cdp_session(page)

        def touch_at(kind: str, x: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch_at("touchStart", x)
        for k in range(1, 9):
            touch_at("touchMove", x + 5 * k)
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=8)
    seen = painted(page)
    assert seen["state"] == "dragging"
    assert seen["rows"]["z"]["values"][i] > old[i]
    assert seen["rows"]["z"]["centres"][i] == pytest.approx(
        x + 40 - page.locator(".stage .canvas").bounding_box()["x"], abs=1.5
    )
    assert_numbers_are_bncores(seen)
    for row in ROWS:
        assert_marks_stand_right(seen, row)
    assert link(page)["z"] == ""
    touch_at("touchEnd", x) if touch else page.mouse.up()
    at_rest(page)
    after = painted(page)
    assert link(page)["source"] == "own"
    assert [float(part) for part in link(page)["z"].split(",")] == after["rows"]["z"]["values"]
    np.testing.assert_allclose(after["rows"]["z"]["values"], seen["rows"]["z"]["values"], rtol=1e-8)
    assert_numbers_are_bncores(after)


def test_the_keyboard_walks_reads_and_moves(new_page, app_url) -> None:
    page = opened(new_page(), app_url, "m=8")
    start = painted(page)["rows"]["z"]["values"]
    order = np.argsort(start)
    page.locator(".mark[tabindex='0']").focus()
    page.keyboard.press("Home")
    seen = painted(page)
    assert f"Example {order[0] + 1}:" in seen["said"]
    for k in (1, 2):
        page.keyboard.press("ArrowRight")
        seen = painted(page)
        assert f"Example {order[k] + 1}:" in seen["said"]
        for row in ROWS:
            value = seen["rows"][row]["values"][order[k]]
            assert as_number(seen["rows"][row]["written"]) == pytest.approx(value, 1e-2, 1e-3)
    page.keyboard.press("ArrowDown")
    place = page.evaluate("() => document.activeElement.shadowRoot?.activeElement?.dataset ?? {}")
    assert (place["row"], int(place["i"])) == ("z_centered", order[2])
    assert page.locator(".mark[tabindex='0']").count() == 1
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert_numbers_are_bncores(painted(page))
    page.keyboard.press("Enter")
    at_rest(page)
    after = painted(page)
    assert after["rows"]["z"]["values"][order[2]] > start[order[2]]
    assert link(page)["source"] == "own"
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    at_rest(page)
    assert painted(page)["rows"]["z"]["values"] == after["rows"]["z"]["values"]


def test_hover_lights_an_example_in_every_row(new_page, app_url) -> None:
    page = opened(new_page(), app_url, "m=12")
    for i in (3, 7):
        page.mouse.move(*centre(page, "z_norm", i))
        seen = painted(page)
        for row in ROWS:
            value = seen["rows"][row]["values"][i]
            assert as_number(seen["rows"][row]["written"]) == pytest.approx(value, 1e-2, 1e-3)
            ring = page.locator(f".stage .trace circle[data-row={row}]").bounding_box()
            x, _ = centre(page, row, i)
            assert ring["x"] + ring["width"] / 2 == pytest.approx(x, abs=1)


# ---------------------------------------------------------------- steps, axis, ends


def test_steps_fall_from_the_row_above_and_travel_in_the_link(new_page, app_url) -> None:
    page = opened(new_page(), app_url, "step=2&gamma=2&beta=1&m=9")
    seen = painted(page)
    assert [seen["rows"][row]["visible"] for row in ROWS] == [True, True, False, False]
    page.locator(".stage .on").click()
    page.wait_for_timeout(350)
    between = painted(page)["rows"]["z_norm"]["centres"]
    at_rest(page)
    seen = painted(page)
    start, end = (np.array(seen["rows"][row]["centres"]) for row in ("z_centered", "z_norm"))
    far = np.abs(end - start) > 5
    share = ((np.array(between) - start) / np.where(far, end - start, 1))[far]
    assert ((share > -0.05) & (share < 1.05)).all() and share.max() - share.min() < 0.1
    assert link(page)["step"] == "3"
    page.locator(".stage .play").click()
    page.wait_for_timeout(300)
    assert painted(page)["state"] == "moving"
    page.locator(".stage[data-state='still']").wait_for()
    at_rest(page)
    assert link(page)["step"] == "4"
    assert_marks_stand_right(painted(page), "z_tilde")


def test_with_reduced_motion_it_jumps(new_page, app_url) -> None:
    page = opened(new_page(reduced_motion="reduce"), app_url)
    page.locator(".stage .back").click()
    seen = painted(page)
    assert seen["state"] == "still" and not seen["rows"]["z_tilde"]["visible"]
    page.locator(".stage .on").click()
    seen = painted(page)
    assert seen["state"] == "still" and seen["rows"]["z_tilde"]["visible"]
    assert_marks_stand_right(seen, "z_tilde")
    at_rest(page)
    assert link(page)["step"] == "4"


def test_one_line_per_row_rescues_numbers_far_from_zero(new_page, app_url) -> None:
    page = opened(new_page(), app_url, "source=own&z=9999.99,10000.01,10000,10000.004")
    shared = painted(page)
    assert np.ptp(shared["rows"]["z"]["centres"]) < 2
    assert len({(row["lo"], row["hi"]) for row in shared["rows"].values()}) == 1
    note = page.locator(".stage .note").inner_text()
    page.locator(".stage [data-axis=own]").click()
    at_rest(page)
    own = painted(page)
    assert note and page.locator(".stage .note").inner_text() not in ("", note)
    assert link(page)["axis"] == "own"
    for row in ROWS:
        assert np.ptp(own["rows"][row]["centres"]) > 200
        assert_marks_stand_right(own, row)


def test_both_ends_of_every_slider(new_page, app_url) -> None:
    page = opened(new_page(), app_url)
    for slider in SLIDERS:
        # γ and β reach at least 3, and further where "give z back" needs it
        reach = float(page.locator(f".stage [data-control={slider}] input").get_attribute("max"))
        ends = (1e-12, 10.0) if slider == "eps" else (-reach, reach)
        assert reach >= (1 if slider == "eps" else 3)
        for key, end in zip(("Home", "End"), ends, strict=True):
            page.locator(f".stage [data-control={slider}] input").press(key)
            at_rest(page)
            seen = painted(page)
            assert seen[slider] == float(link(page)[slider]) == end
            assert_numbers_are_bncores(seen)
            assert_marks_stand_right(seen, "z_tilde")


@pytest.mark.parametrize(
    ("lang", "queries"),
    [("en", ("source=constant", "gamma=0")), ("ko", ("source=single", "gamma=-2"))],
)
def test_batches_that_explain_themselves(new_page, app_url, lang: str, queries: tuple) -> None:
    """What is special about the numbers is said, in other words than for an ordinary batch."""
    page = opened(new_page(lang=lang, dark=True), app_url)
    ordinary = page.locator(".stage .story").inner_text()
    for query in queries:
        opened(page, app_url, query)
        assert page.locator(".stage .story").inner_text()[-20:] != ordinary[-20:]
        assert_numbers_are_bncores(painted(page))
