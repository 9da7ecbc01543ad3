"""b, β, a nudge and α under the finger, and another little network, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from bncore.batchnorm import batch_norm_forward
from experiments.network import bias, scale, walkthrough
from pages.network.b import UNIT
from tests.browser.helpers import framed, opened_up, overflow, settled, visit

NewPage = Callable[..., Page]
NewTab = Callable[[], Page]
# What stands in a panel: the examples in both rows, where they are, and the means in words.
READ = """figure => {
  const row = name => {
    const marks = [...figure.querySelectorAll(`.${name} circle`)];
    return {
      values: marks.map(mark => Number(mark.dataset.value)),
      x: marks.map(mark => Number(mark.getAttribute('cx'))),
      mean: Number(figure.querySelector(`.${name} .of-mean`).dataset.value),
      name: figure.querySelector(`.${name} text`).textContent,
    };
  };
  return { before: row('before'), after: row('after') };
}"""


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/network"


def picture(page: Page, name: str) -> Locator:
    """One of the pictures, at rest and on screen."""
    found = page.locator(f".{name}[data-state='still']")
    expect(found).to_be_visible()
    settled(page)
    found.locator(".sliders").scroll_into_view_if_needed()
    return page.locator(f".{name}")


def panel(drawn: Locator, idea: str) -> dict:
    framed(drawn.page)
    return drawn.locator(f"[data-idea={idea}]").evaluate(READ)


def slider(drawn: Locator, name: str) -> Locator:
    return drawn.locator(f"[data-control={name}] input")


def shown(drawn: Locator, name: str) -> float:
    """A slider's value as it is written beside it."""
    output = drawn.locator(f"[data-control={name}] output")
    return float(output.get_attribute("data-value"))


def pull(drawn: Locator, name: str, *shares: float) -> None:
    """Press on a slider and drag it through these places, without letting go."""
    track, mouse = slider(drawn, name), drawn.page.mouse
    box = track.bounding_box()
    places = [(11 + share * (box["width"] - 22), box["height"] / 2) for share in shares]
    track.hover(position=dict(zip("xy", places[0], strict=True)))  # waits until it stands still
    mouse.down()
    box = track.bounding_box()
    for x, y in places[1:]:
        mouse.move(box["x"] + x, box["y"] + y)
    framed(drawn.page)


def link(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def expect_cells(page: Page, table: str, *wanted: float) -> None:
    cells = page.locator(f"table.{table} td[data-value]")
    for n, value in enumerate(wanted):
        expect(cells.nth(n)).to_have_attribute("data-value", f"{value:.4g}")


@pytest.mark.parametrize(
    ("width", "height", "lang", "dark"),
    [(1440, 900, "en", False), (390, 844, "ko", True)],
    ids=["desktop", "phone"],
)
def test_while_b_is_dragged_z_moves_and_z_tilde_does_not(
    lesson: str, new_page: NewPage, width: int, height: int, lang: str, dark: bool
) -> None:
    query = f"scene=b&seen=1&lang={lang}&b=0.0"
    page = opened_up(visit(new_page(width, height, lang, dark), f"{lesson}?{query}"))
    drawn = picture(page, "cancelled")
    still, size = {idea: panel(drawn, idea) for idea in ("z", "z_tilde")}, drawn.bounding_box()
    pull(drawn, "b", 0.5, 0.7, 0.85)
    z, z_tilde, b = panel(drawn, "z"), panel(drawn, "z_tilde"), shown(drawn, "b")
    expect(drawn).to_have_attribute("data-state", "dragging")
    assert b > 2 and link(page)["b"] == "0.0"  # nothing has been sent
    found = bias.drag(b, unit=UNIT)
    np.testing.assert_allclose(z["after"]["values"], found.z, atol=1e-12)
    np.testing.assert_allclose(z_tilde["after"]["values"], found.z_tilde, atol=1e-12)
    assert z["after"]["mean"] == pytest.approx(found.mean)
    moved = np.subtract(z["after"]["x"], still["z"]["after"]["x"])
    assert moved.min() > 0.2 * size["width"] / (1 if width < 700 else 2)
    np.testing.assert_allclose(z_tilde["after"]["x"], still["z_tilde"]["after"]["x"], atol=0.011)
    assert z["before"] == still["z"]["before"] and z["before"]["mean"] != z["after"]["mean"]
    assert f"b = {b:g}" == z["after"]["name"]
    page.mouse.up()
    page.wait_for_url(re.compile(rf"[?&]b={re.escape(repr(b))}(&|$)"))
    expect_cells(page, "drag", found.z_moved, found.z_tilde_moved, found.logits_moved, found.db)
    expect(drawn).to_have_attribute("data-state", "still")
    assert panel(drawn, "z_tilde")["after"]["values"] == found.z_tilde.tolist()  # bncore's now
    assert drawn.bounding_box()["height"] == size["height"] and overflow(page) == 0


def test_beta_moves_z_tilde_and_keys_do_what_the_finger_does(lesson: str, new_tab: NewTab) -> None:
    page = opened_up(visit(new_tab(), f"{lesson}?scene=b&seen=1&lang=ko&b=1.0"))
    drawn = picture(page, "cancelled")
    still = panel(drawn, "z")
    pull(drawn, "shift", 0.5, 0.25)
    shift, now = shown(drawn, "shift"), panel(drawn, "z_tilde")
    assert shift < -0.5 and panel(drawn, "z") == still
    found = bias.drag(1.0, shift, unit=UNIT)
    np.testing.assert_allclose(now["after"]["values"], found.z_tilde, atol=1e-12)
    page.mouse.up()
    page.wait_for_url(re.compile(rf"[?&]shift={re.escape(repr(shift))}(&|$)"))
    slider(drawn, "b").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert panel(drawn, "z")["after"]["mean"] == pytest.approx(found.mean + 0.3)
    spoken = slider(drawn, "b").get_attribute("aria-valuetext")
    assert spoken.startswith("1.3") and f"{found.mean + 0.3:.3f}".replace("-", "−") in spoken
    page.wait_for_url(re.compile(r"[?&]b=1\.3(&|$)"))
    expect_cells(page, "drag", bias.drag(1.3, shift, unit=UNIT).z_moved)
    expect(slider(drawn, "b")).to_be_focused()  # still, after Python has answered
    expect(slider(drawn, "b")).to_have_accessible_name(re.compile(r"\w"))


# ------------------------------------------------------------------ one example


def test_the_answer_moves_one_example_and_the_hand_goes_on(lesson: str, new_tab: NewTab) -> None:
    """Asked first, it cannot be dragged. Then it moves there itself, and follows a hand."""
    page = visit(new_tab(), f"{lesson}?scene=nudge&lang=en")
    drawn = page.locator(".cancelled")
    expect(slider(drawn, "nudge")).to_be_disabled()
    page.locator(".st-key-guess-own button").click()
    page.locator(".st-key-scene-nudge-seen").wait_for()  # the scene is mounted anew
    settled(page)
    drawn = picture(page, "cancelled")
    pull(drawn, "nudge", 0.5, 0.25)
    by = shown(drawn, "nudge")
    assert by < -0.5
    network = walkthrough.at("before", "tanh", "sgd")
    z = walkthrough.nodes("before", "tanh", "sgd", 1, 1)["z1"].values["z1"][:, :1].copy()
    z[0] += by
    gamma, beta = (row[1][:1] for row in (network.net.gamma, network.net.beta))
    found = batch_norm_forward(z, gamma, beta)[0][:, 0]
    np.testing.assert_allclose(panel(drawn, "z_tilde")["after"]["values"], found, atol=1e-12)
    page.mouse.up()
    page.wait_for_url(re.compile(rf"[?&]nudge={re.escape(repr(by))}(&|$)"))
    expect(drawn).to_have_attribute("data-state", "still")
    np.testing.assert_allclose(panel(drawn, "z_tilde")["after"]["values"], found, atol=1e-12)


# ------------------------------------------------------------------ α


def numbers(drawn: Locator) -> list[float]:
    """Beside the names of the lines: three of the output, then 1/α and three layers."""
    framed(drawn.page)
    every = drawn.locator("li b").evaluate_all("all => all.map(b => Number(b.dataset.value))")
    return every


def by_the_core(alpha: float) -> list[float]:
    found = scale.rescale(alpha)
    moved = found.plain_logits_moved, found.logits_moved, found.logits_moved_exact
    return [*moved, 1 / alpha, *map(float, found.grad_ratio)]


@pytest.mark.parametrize(
    ("width", "height", "lang"), [(1440, 900, "ko"), (390, 844, "en")], ids=["desktop", "phone"]
)
def test_while_alpha_is_dragged_the_marker_and_the_numbers_follow(
    app_url: str, new_page: NewPage, width: int, height: int, lang: str
) -> None:
    query = f"scene=scale&seen=1&lang={lang}"
    page = opened_up(visit(new_page(width, height, lang), f"{app_url}/inside?{query}"))
    drawn = picture(page, "rescaled")
    np.testing.assert_allclose(numbers(drawn), by_the_core(10.0), rtol=1e-6)
    band = drawn.locator(".band").first
    before, size = float(band.get_attribute("x")), drawn.bounding_box()
    pull(drawn, "alpha", 0.6, 0.4, 0.22)
    alpha = scale.ALPHAS[int(shown(drawn, "alpha"))]
    assert alpha < 0.1 and "alpha" not in link(page)
    np.testing.assert_allclose(numbers(drawn), by_the_core(alpha), rtol=1e-6, atol=1e-12)
    assert float(band.get_attribute("x")) < before - 60
    page.mouse.up()
    page.wait_for_url(re.compile(rf"[?&]alpha={re.escape(str(alpha))}(&|$)"))
    expect_cells(page, "scale", scale.rescale(alpha).logits_moved)
    plot = drawn.locator(".plot").nth(1)
    plot.click(position={"x": plot.bounding_box()["width"] - 30, "y": 140})
    page.wait_for_url(re.compile(r"[?&]alpha=(562|1000)\.0(&|$)"))
    slider(drawn, "alpha").focus()
    page.keyboard.press("Home")
    expect(slider(drawn, "alpha")).to_have_attribute("aria-valuetext", re.compile(r"^0\.001"))
    page.wait_for_url(re.compile(r"[?&]alpha=0\.001(&|$)"))
    expect_cells(page, "scale", scale.rescale(0.001).logits_moved)
    assert drawn.bounding_box()["height"] == size["height"] and overflow(page) == 0


# ------------------------------------------------------------------ m and seed


def test_another_m_and_another_seed_are_another_network(lesson: str, new_page: NewPage) -> None:
    page = visit(new_page(390, 844, "en"), f"{lesson}?lang=en&node=z1&batch=14")
    page.locator(".st-key-more-map summary").click()
    table = page.locator('table[data-name="z1"] td[data-value]')
    expect(table).to_have_count(18)
    page.locator(".st-key-which-network").get_by_text("8", exact=True).click()
    expect(table).to_have_count(24)
    page.wait_for_url(re.compile(r"[?&]m=8(&|$)"))
    assert link(page)["batch"] == "12"  # an epoch has no 14 of these
    seed = page.locator(".st-key-which-network input[type=number]")
    seed.fill("5")
    seed.press("Enter")
    page.wait_for_url(re.compile(r"[?&]seed=5(&|$)"))
    wanted = walkthrough.nodes("before", "tanh", "sgd", 1, 12, 8, 5)["z1"].values["z1"]
    expect(table.first).to_have_attribute("data-value", repr(float(wanted[0, 0])))
    found = table.evaluate_all("all => all.map(cell => Number(cell.dataset.value))")
    np.testing.assert_array_equal(found, wanted.ravel())
    z1 = page.locator('.network button[data-node="z1"]')
    expect(z1).to_have_accessible_name(re.compile("8 × 3"))
    assert overflow(page) == 0
