"""The replay in a real browser: it paints the runs, follows every hand, and keeps its place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from bncore.config import RunConfig
from experiments import presets
from experiments.pair import Pair, recording, train_pair
from experiments.replay import ARMS, MANTISSA, SWARM, UNIT, replay
from pages.training import SETTINGS
from tests.browser.helpers import overflow, settled, visit

NewPage = Callable[..., Page]
SMALL = {
    **{"dataset": "digits", "depth": 2, "width": 16, "activation": "relu", "optimizer": "adam"},
    **{"lr": 0.01, "batch_size": 16, "init": "he", "init_scale": 1.0, "steps": 300, "seed": 7},
}
LONG = SMALL | {"dataset": "mnist", "depth": 8, "width": 128, "batch_size": 256, "steps": 3000}
STOP = {"en": "Stop and keep what is trained", "ko": "멈추고 지금까지의 결과 남기기"}


def lesson(page: Page, app_url: str, **query: object) -> Page:
    """The lesson with a replay painted: of all layers, where nothing else is asked for."""
    visit(page, f"{app_url}/training?{urlencode({'scene': 'all_layers'} | query)}")
    instrument(page)
    return page


def instrument(page: Page) -> Locator:
    found = page.locator(".replay[data-run]")
    found.wait_for()
    return found


def painted(page: Page) -> dict[str, Any]:
    """What the last paint drew: frame, step, and for each panel the counts it drew."""
    return instrument(page).evaluate("root => root.painted")


def frame(page: Page) -> int:
    return int(instrument(page).get_attribute("data-frame") or -1)


def slider(page: Page) -> Locator:
    return instrument(page).get_by_role("slider")


def link(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def expect_link(page: Page, **wanted: object) -> None:
    """The place reaches the link shortly after it came to rest."""
    for name, value in wanted.items():
        expect(page).to_have_url(re.compile(rf"[?&]{name}={value}(&|$)"))


@cache
def preset(name: str) -> Pair:
    return presets.load(name)


def same_as_the_trace(pair: Pair, drawn: dict[str, Any]) -> None:
    """Every panel on screen is np.histogram of the trace at that step."""
    shown = replay(pair)
    t = drawn["frame"]
    assert drawn["step"] == shown.steps[t]
    assert len(drawn["panels"]) == (0 if drawn["lanes"] else 2 * pair.config.depth)
    for lane in drawn["lanes"]:
        same_as_the_unit(pair, drawn["step"], lane)
    for panel in drawn["panels"]:
        trace = pair.bn if panel["arm"] == "bn" else pair.plain
        last = shown.ended[ARMS.index(panel["arm"])]
        x = getattr(trace, drawn["view"])[min(t, last), panel["layer"]].ravel()
        edges = np.linspace(panel["low"], panel["high"], len(panel["counts"]) + 1)
        np.testing.assert_array_equal(panel["counts"], np.histogram(x, edges)[0])
        assert panel["outside"] == [(x < edges[0]).sum(), (x > edges[-1]).sum()]
        assert panel["held"] == (t > last)


def same_as_the_unit(pair: Pair, step: int, lane: dict[str, Any]) -> None:
    """Each digit stands where the unit puts its image at that step, or did when the arm ended."""
    trace = pair.bn if lane["arm"] == "bn" else pair.plain
    record = np.searchsorted(trace.step, step, side="right") - 1
    values = trace.u[record, -1, :SWARM, UNIT].astype(float)
    np.testing.assert_allclose(lane["values"], values, rtol=2.0**-MANTISSA)
    assert lane["held"] == (step > trace.step[-1])


PIXELS = r"""(root, [index, colour]) => {
  const canvas = root.querySelector('canvas.histograms'), pen = canvas.getContext('2d');
  const panel = root.painted.panels[index], k = canvas.width / canvas.clientWidth;
  const wide = panel.w / panel.counts.length;
  const [r, g, b] = colour.match(/\w\w/g).map(h => parseInt(h, 16));
  const filled = (x, y) => {
    const [R, G, B, A] = pen.getImageData(Math.round(x * k), Math.round(y * k), 1, 1).data;
    return A > 150 && Math.abs(R - r) + Math.abs(G - g) + Math.abs(B - b) < 110;
  };
  return panel.counts.map((count, i) => {
    const top = panel.y + panel.h * (1 - Math.min(count / panel.full, 1));
    const x = panel.x + (i + .5) * wide;
    return [count / panel.full * panel.h, filled(x, top + 3), filled(x, top - 4)];
  });
}"""


def test_what_is_painted_is_the_trace(app_url: str, new_page: NewPage) -> None:
    page = new_page()
    for view, place in (("u", 0), ("u", 37), ("z", 37), ("z", 100)):
        page = lesson(page, app_url, shown=view, frame=place)
        drawn = painted(page)
        assert (drawn["frame"], drawn["view"]) == (place, view)
        same_as_the_trace(preset("figure1"), drawn)
    for scene, name in (("one_unit", "figure1"), ("diverges", "deep_relu")):
        page = lesson(page, app_url, scene=scene, seen=1, frame=37)
        assert len(painted(page)["lanes"]) == 2 and painted(page)["frame"] == 37
        same_as_the_trace(preset(name), painted(page))


def test_a_link_of_before_opens_what_it_showed(app_url: str, new_page: NewPage) -> None:
    page = visit(new_page(), f"{app_url}/training?preset=figure1&view=z&frame=37&layer=1&speed=25")
    drawn = painted(page)
    assert (drawn["frame"], drawn["view"], drawn["layer"]) == (37, "z", 1)
    assert link(page)["scene"] == "all_layers" and "preset" not in link(page)
    same_as_the_trace(preset("figure1"), drawn)


def test_an_answer_sets_the_picture_in_motion_and_nothing_was_sent_before(
    app_url: str, new_page: NewPage
) -> None:
    page = new_page()
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda d: sent.append(len(d))))
    lesson(page, app_url, scene="dead")
    whole = len(replay(preset("plain_dead")).to_bytes())
    assert frame(page) == 0
    same_as_the_trace(preset("plain_dead"), painted(page))
    expect(slider(page)).not_to_be_visible()
    sent.clear()
    page.locator(".st-key-guess-later button").click()
    expect(instrument(page)).to_have_attribute("data-playing", "true")
    assert max(sent) > whole
    expect(instrument(page)).to_have_attribute("data-frame", "100")
    expect(instrument(page)).to_have_attribute("data-playing", "false")
    same_as_the_trace(preset("plain_dead"), painted(page))
    expect_link(page, scene="dead", seen=1, frame=100)


def test_bars_stand_as_high_as_their_counts(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, frame=50)
    checked = 0
    for index in (1, 3, 5):  # the panels with batch norm are filled
        bars = instrument(page).evaluate(PIXELS, [index, "6A4C93"])
        for i, (height, inside, above) in enumerate(bars):
            beside = [bars[j][0] for j in (i - 1, i + 1) if 0 <= j < len(bars)]
            if height > 12 and max(beside) < height + 3:
                assert inside and not above, (index, i, height)
                checked += 1
    assert checked > 15


def test_keyboard_moves_the_scrubber_only_while_it_has_the_focus(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url)
    page.keyboard.press("Space")
    page.keyboard.press("End")
    page.wait_for_timeout(200)
    assert frame(page) == 0
    slider(page).focus()
    for key, wanted in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 100)):
        page.keyboard.press(key)
        assert frame(page) == wanted
    same_as_the_trace(preset("figure1"), painted(page))
    expect_link(page, frame=100)
    page.keyboard.press("Home")
    assert frame(page) == 0
    page.keyboard.press("Space")
    expect(instrument(page)).to_have_attribute("data-playing", "true")
    expect(instrument(page)).not_to_have_attribute("data-frame", "0")  # it begins slowly
    page.keyboard.press("Space")
    expect(instrument(page)).to_have_attribute("data-playing", "false")
    expect_link(page, frame=frame(page))


def test_buttons_step_and_pick_layer_view_and_speed(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, frame=10)
    button = instrument(page).get_by_role("button")
    button.filter(has_text="Layer 1").click()
    button.filter(has_text="z, before BN").click()
    button.filter(has_text="0.25×").click()
    instrument(page).get_by_label("One recorded step on").click()
    instrument(page).get_by_label("One recorded step on").click()
    instrument(page).get_by_label("One recorded step back").click()
    drawn = painted(page)
    assert (drawn["frame"], drawn["view"], drawn["layer"]) == (11, "z", 1)
    same_as_the_trace(preset("figure1"), drawn)
    expect_link(page, frame=11, shown="z", layer=1, speed=25)
    again = lesson(new_page(), page.url.split("/training")[0], **link(page))
    assert painted(again)["layer"] == 1 and painted(again)["frame"] == 11


@pytest.mark.parametrize("where", ["slider", "curves"])
def test_a_drag_repaints_before_it_is_released(app_url: str, new_page: NewPage, where: str) -> None:
    page = lesson(new_page(), app_url)
    target = slider(page) if where == "slider" else instrument(page).locator(".curves")
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    y = box["y"] + box["height"] * (0.5 if where == "slider" else 0.2)
    start, stop = (0.02, 0.6) if where == "slider" else (0.12, 0.35)
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    seen = set()
    for share in np.linspace(start, stop, 12):
        page.mouse.move(box["x"] + share * box["width"], y)
        seen.add(frame(page))
        same_as_the_trace(preset("figure1"), painted(page))
    assert len(seen) > 6 and "frame" not in link(page)
    page.mouse.up()
    expect_link(page, frame=frame(page))


def test_a_rerun_does_not_pull_the_scrubber_from_the_hand(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url)
    instrument(page).evaluate("root => { root.mark = 1; }")
    box = slider(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    held = frame(page)
    page.get_by_text("한국어", exact=True).evaluate("button => button.click()")
    expect(page.locator("h1")).to_have_text("학습하는 동안의 모든 은닉층")
    settled(page)
    assert frame(page) == held > 20
    page.mouse.up()
    expect_link(page, frame=held, lang="ko")
    assert instrument(page).evaluate("root => root.mark") == 1  # the same element all along


def test_play_runs_to_the_end_and_reports_how_fast(
    app_url: str, new_page: NewPage, record_property: Callable[[str, object], None]
) -> None:
    page = lesson(new_page(), app_url, scene="diverges", seen=1, speed=100)
    before = painted(page)
    seconds = instrument(page).evaluate(
        """async root => {
          const began = performance.now();
          root.querySelector('.play').click();
          while (root.dataset.playing === 'true') await new Promise(requestAnimationFrame);
          return (performance.now() - began) / 1000;
        }"""
    )
    after = painted(page)
    assert after["frame"] == 100 and after["paints"] - before["paints"] > 10
    expect_link(page, frame=100)
    paints = after["paints"] - before["paints"]
    record_property("frames per second", round(paints / seconds, 1))
    drawing = (after["milliseconds"] - before["milliseconds"]) / paints
    record_property("milliseconds of drawing per frame", round(drawing, 2))
    print(f"play: {paints / seconds:.1f} frames/s, {drawing:.2f} ms of drawing each")


def test_slow_motion_shows_every_recorded_step(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, speed=10, frame=90)
    seen = instrument(page).evaluate(
        """async root => {
          const seen = new Set();
          root.querySelector('.play').click();
          while (root.dataset.playing === 'true') {
            seen.add(root.painted.frame);
            await new Promise(requestAnimationFrame);
          }
          seen.add(root.painted.frame);
          return [...seen];
        }"""
    )
    assert seen == list(range(90, 101))


def test_a_diverged_arm_keeps_its_last_frame_and_says_so(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, scene="diverges", seen=1)
    slider(page).focus()
    page.keyboard.press("End")
    drawn = painted(page)
    same_as_the_trace(preset("deep_relu"), drawn)
    assert {lane["arm"] for lane in drawn["lanes"] if lane["held"]} == {"plain"}
    spoken = instrument(page).locator("[aria-live]")
    expect(spoken).to_contain_text(f"diverged at step {preset('deep_relu').plain.diverged_at}")


@pytest.mark.parametrize("lang", ["ko"])
def test_what_is_painted_is_also_said(app_url: str, new_page: NewPage, lang: str) -> None:
    page = lesson(new_page(), app_url, frame=37, lang=lang)
    rows = instrument(page).locator("table tr")
    expect(rows).to_have_count(4)
    shown = replay(preset("figure1"))
    spoken = rows.nth(3).inner_text().replace("−", "-")
    numbers = [float(each) for each in re.findall(r"-?\d+\.\d+", spoken)]
    wanted = [shown.mean[37, 0, 2], shown.sd[37, 0, 2], shown.mean[37, 2, 2], shown.sd[37, 2, 2]]
    np.testing.assert_allclose(numbers, wanted, rtol=0.01, atol=0.001)
    value = slider(page).get_attribute("aria-valuetext") or ""
    assert str(shown.steps[37]) in value
    assert bool(re.search("[가-힣]", value)) == (lang == "ko")


def test_the_language_keeps_the_place_and_another_scene_does_not(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, frame=42, layer=1, shown="z", optimizer="adam")
    before = link(page)
    page.get_by_text("한국어", exact=True).click()
    expect(page.locator("h1")).to_have_text("학습하는 동안의 모든 은닉층")
    settled(page)
    assert link(page) == before | {"lang": "ko"}
    assert painted(page)["frame"] == 42 and painted(page)["layer"] == 1
    expect(instrument(page).get_by_role("button").filter(has_text="재생")).to_be_visible()
    page.locator(".st-key-scene-next button").click()
    expect(instrument(page)).to_have_attribute("data-run", "plain_dead-first")
    assert painted(page)["frame"] == 0
    same_as_the_trace(preset("plain_dead"), painted(page))


WATCH = """root => {
  root.seen = [];
  const see = () => root.seen.push(structuredClone(
    {run: root.dataset.run, live: root.dataset.live, ...root.painted}));
  new MutationObserver(see).observe(root, {attributeFilter: ["data-frame"]});
}"""


def seen_live(page: Page) -> list[dict[str, Any]]:
    """What was painted while the run trained, from one frame to the next."""
    found = instrument(page).evaluate("root => root.seen")
    return [one for one in found if one["run"].startswith("live-")]


def test_a_run_fills_the_picture_while_it_trains_and_is_then_the_replay(
    app_url: str, new_page: NewPage, record_property: Callable[[str, object], None]
) -> None:
    config = RunConfig(**SMALL | {"steps": 1000}, record_every=recording(1000))
    query = {name: getattr(config, name) for name in SETTINGS}
    page = lesson(new_page(), app_url, scene="own", **query)
    assert instrument(page).get_attribute("data-run") == "figure1-first"
    instrument(page).evaluate(WATCH)
    page.locator(".st-key-train-now button").click()
    expect(instrument(page)).to_have_attribute("data-run", re.compile("^own-"))
    settled(page)
    pair = train_pair(config)
    live, last = seen_live(page), len(pair.bn.step) - 1
    print(f"live: {len(live)} of {last + 1} frames were painted before the run had ended")
    record_property("frames painted live", len(live))
    assert len(live) > 3 and len({one["frame"] for one in live}) > 3
    assert [one["frame"] for one in live] == sorted(one["frame"] for one in live)
    for one in live:
        assert one["step"] == pair.bn.step[one["frame"]]
        for lane in one["lanes"]:
            same_as_the_unit(pair, one["step"], lane)
    ends = [[lane["low"], lane["high"]] for one in live for lane in one["lanes"][:1]]
    for (low, high), (lower, higher) in itertools.pairwise(ends):
        assert lower <= low and higher >= high
    assert frame(page) == last  # where it came to, without a jump back
    same_as_the_trace(pair, painted(page))
    page.reload()
    expect_link(page, preset="own", frame=last, seed=config.seed)
    expect(instrument(page)).to_have_attribute("data-run", re.compile("^own-"))
    assert frame(page) == last
    same_as_the_trace(pair, painted(page))


@pytest.mark.parametrize("lang", ["ko"])
def test_stop_keeps_what_is_there(app_url: str, new_page: NewPage, lang: str) -> None:
    page = lesson(new_page(lang=lang), app_url, scene="own", lang=lang, **LONG)
    page.locator(".st-key-train-now button").click()
    expect(instrument(page)).to_have_attribute("data-live", "true")
    expect(instrument(page)).to_have_attribute("data-step", re.compile("[1-9]"))
    live = frame(page)
    page.get_by_role("button", name=STOP[lang]).click()
    expect(instrument(page)).to_have_attribute("data-run", re.compile("^own-"))
    settled(page)
    notice = page.get_by_test_id("stAlert").filter(has_text="3000").inner_text()
    kept = next(int(n) for n in re.findall(r"\d+", notice) if n != "3000")
    assert 0 < kept < 3000 and frame(page) >= live
    every = recording(3000)
    assert painted(page)["step"] == kept // every * every


def test_a_hand_takes_a_run_that_trains_back_in_time(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, scene="own", **LONG | {"depth": 3})
    page.locator(".st-key-train-now button").click()
    expect(instrument(page)).to_have_attribute("data-step", re.compile("[1-9]"))
    slider(page).focus()
    page.keyboard.press("Home")
    at = instrument(page).locator(".play")
    more = "root => +root.querySelector('.time input').max > 0 && root.dataset.frame === '0'"
    page.wait_for_timeout(600)  # frames come, and it stays
    assert instrument(page).evaluate(more)
    at.click()
    expect(instrument(page)).not_to_have_attribute("data-frame", "0")
    page.locator(".st-key-stop-training button").click()
    expect(instrument(page)).to_have_attribute("data-run", re.compile("^own-"))


def test_for_whom_nothing_should_move_the_answer_stands_at_once(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(reduced_motion="reduce"), app_url, scene="dead")
    page.locator(".st-key-just-show-me button").click()
    expect(instrument(page)).to_have_attribute("data-frame", "100")
    assert instrument(page).get_attribute("data-playing") == "false"
    assert painted(page)["paints"] < 10


@pytest.mark.parametrize(("lang", "dark"), [("en", False), ("ko", True)], ids=["light", "dark"])
def test_on_a_phone_it_fits_and_follows_a_finger(
    app_url: str, new_page: NewPage, lang: str, dark: bool
) -> None:
    page = lesson(
        new_page(390, 844, lang, dark, has_touch=True, device_scale_factor=2),
        app_url,
        scene="diverges",
        seen=1,
        lang=lang,
    )
    assert overflow(page) == 0
    slider(page).scroll_into_view_if_needed()
    box = slider(page).bounding_box()
    assert box and box["height"] >= 40 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    assert 60 < frame(page) < 80
    same_as_the_trace(preset("deep_relu"), painted(page))
    ratio = (
        instrument(page)
        .locator("canvas.swarm")
        .evaluate("canvas => canvas.width / canvas.clientWidth")
    )
    assert ratio == pytest.approx(2, abs=0.02)
    small = (
        instrument(page)
        .get_by_role("button")
        .evaluate_all(
            "all => all.filter(b => b.offsetParent && b.getBoundingClientRect().height < 40).length"
        )
    )
    assert small == 0


def test_the_drawers_of_curves_open_with_their_figures(app_url: str, new_page: NewPage) -> None:
    page = visit(new_page(), f"{app_url}/training?scene=shift&seen=1")
    expect(page.locator(".lab-chart")).to_have_count(0)
    page.locator(".st-key-more-shift summary").first.click()
    for drawer, charts in (("read", 2), ("gradients", 4)):
        page.locator(f".st-key-{drawer} summary").click()
        expect(page.locator(".lab-chart")).to_have_count(charts)  # drawn as they come near
    settled(page)
    assert overflow(page) == 0
