"""The live runs of the lesson `inside` in a real browser: choose, train, see; stop."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.network import optimizers, placement, scale
from experiments.pair import Pair, train_pair
from tests.browser.helpers import drawn_out, few_charts, overflow, settled, visit
from ui.lessons import LESSONS

NewPage = Callable[..., Page]
SEED = 41
REST = 0.5  # seconds
CHOSEN = "images=digits&nonlinearity=tanh&rate=0.3&rule=momentum&rung=5&lr=1.0&decay=0.003"
BEGUN, STOP = re.compile(r"스텝 [1-9]\d\d"), "멈추고 지금까지의 결과 남기기"
LIVE_CHARTS = "[class*=st-key-figure-live-], .st-key-figure-one-more"
trained = cache(train_pair)


def train(page: Page, section: str) -> None:
    """Press the section's button."""
    settled(page).locator(f".st-key-train-{section} button").click()


def cells(page: Page, table: str) -> Locator:
    return page.locator(f"table.{table} td[data-value]")


def expect_numbers(page: Page, table: str, wanted: dict[int, str]) -> None:
    """The cells of a table, counted from 0, once its run has ended."""
    for at, number in wanted.items():
        cell = cells(page, table).nth(at)
        expect(cell).to_have_attribute("data-value", number)


def accuracies(pair: Pair) -> list[str]:
    return [f"{arm.accuracy[-1]:.4f}" for arm in (pair.plain, pair.bn)]


def scene(page: Page, name: str) -> None:
    """On to a scene, revealed and with its drawer open."""
    at = [each.name for each in LESSONS["inside"].scenes].index(name)
    page.locator(".st-key-scene-way button").nth(at).click()
    page.locator(f".st-key-scene-{name}-ask, .st-key-scene-{name}-seen").wait_for()
    if page.locator(f".st-key-scene-{name}-ask").count():
        page.locator(".st-key-just-show-me button").click()
        page.locator(f".st-key-scene-{name}-seen").wait_for()
    drawn_out(settled(page), f".st-key-more-{name} details")


def test_every_section_trains_what_is_chosen_and_shows_it(app_url: str, new_page: NewPage) -> None:
    """On a desk; what was trained is still there for a Korean with a phone."""
    page = few_charts(new_page(), most=0, but=LIVE_CHARTS)
    visit(page, f"{app_url}/inside?lang=en&scene=optimizers&seen=1&{CHOSEN}")
    scene(page, "optimizers")
    seed = page.locator(".st-key-live-optimizers input")
    seed.fill(str(SEED))
    seed.press("Enter")
    expect(page).to_have_url(re.compile(rf"[?&]run={SEED}(&|$)"))
    train(page, "optimizers")
    run = trained(optimizers.config("momentum", 0.032, "before", SEED))
    plain, bn = accuracies(run)
    expect_numbers(page, "optimizers-live", {0: plain, 2: bn})
    for chart in ("curves", "gamma", "beta"):
        expect(page.locator(f".st-key-figure-live-{chart} .main-svg").first).to_be_visible()
    assert overflow(page) == 0

    scene(page, "growth")
    expect(page.locator(".st-key-live-growth input")).to_have_value(str(SEED))  # one for all
    train(page, "growth")
    run = trained(scale.config(1.0, 0.003, scale.STEPS, SEED))
    plain, bn = (f"{scale.at_end(arm):.4f}" for arm in (run.plain, run.bn))
    expect_numbers(page, "growth-live", {8: bn, 10: plain})
    for chart in ("growth", "effective"):
        expect(page.locator(f".st-key-figure-live-{chart} .main-svg").first).to_be_visible()
    assert overflow(page) == 0

    scene(page, "placement")
    expect(page.locator(".st-key-live-placement input")).to_have_value(str(SEED))
    train(page, "placement")
    after, before = (
        trained(placement.config("tanh", norm, 0.3, SEED, "digits")) for norm in ("after", "before")
    )
    wanted = {0: accuracies(after)[0], 2: accuracies(before)[1], 4: accuracies(after)[1]}
    expect_numbers(page, "live", wanted)
    expect(page.locator(".st-key-figure-one-more .main-svg").first).to_be_visible()
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    assert overflow(page) == 0

    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("radio", name="한국어").check(force=True)
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    drawn_out(settled(page), ".st-key-more-placement details")
    expect_numbers(page, "live", wanted)
    assert overflow(page) == 0
    for name, count in (("growth", 11), ("optimizers", 8)):
        scene(page, name)
        expect(cells(page, f"{name}-live")).to_have_count(count)
        assert overflow(page) == 0


def worker_of(app_url: str) -> int:
    """The process that trains for this server: the one it has started."""
    port = f"--server.port={urlsplit(app_url).port}"
    running = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            line = (entry / "cmdline").read_bytes().decode().split("\0")
            running[int(entry.name)] = line, int(stat(entry)[1])
    (server,) = [pid for pid, (line, _) in running.items() if port in line]
    return next(
        pid
        for pid, (line, parent) in running.items()
        if "experiments.worker" in line and parent == server
    )


def stat(process: Path) -> list[str]:
    """What the system says of a process, from its state on."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def worked(worker: int) -> int:
    """For how many hundredths of a second it has."""
    return sum(map(int, stat(Path(f"/proc/{worker}"))[11:13]))


@contextmanager
def slowed(worker: int) -> Iterator[None]:
    """Let it work for a hundredth of a second after each rest: a run of a second takes a minute.

    One that stood still would be killed after six seconds (`experiments.runner`), and the new one
    runs as fast as it can.
    """
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            os.kill(worker, signal.SIGSTOP)
            over.wait(REST)
            before, until = worked(worker), time.monotonic() + REST
            os.kill(worker, signal.SIGCONT)
            while worked(worker) == before and time.monotonic() < until:
                time.sleep(0.005)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        yield
    finally:
        over.set()
        holding.join()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker by /proc")
def test_stop_keeps_what_is_trained(app_url: str, new_page: NewPage) -> None:
    """A run takes a second: its worker is slowed down, so that there is time to stop it."""
    page = few_charts(new_page(390, 844, "ko"), most=0)
    visit(page, f"{app_url}/inside?lang=ko&scene=growth&seen=1&lr=0.3&decay=0.0&run=1440")
    scene(page, "growth")
    train(page, "growth")  # from here on there is a worker
    expect(cells(page, "growth-live")).to_have_count(11)
    seed = page.locator(".st-key-live-growth input")
    seed.fill(str(SEED))
    seed.press("Enter")
    expect(cells(page, "growth-live")).not_to_have_count(11)
    bar = page.locator(".st-key-progress-inside-growth")
    with slowed(worker_of(app_url)):
        train(page, "growth")
        expect(bar).to_contain_text(BEGUN)
        bar.get_by_role("button", name=STOP).click()
    expect(bar).to_have_count(0)
    notice = page.get_by_test_id("stAlert").filter(has_text="1500")
    expect(notice).to_be_visible()
    kept = next(int(n) for n in re.findall(r"\d+", notice.inner_text()) if n != "1500")
    assert 0 < kept < scale.STEPS
    whole = scale.measured(trained(scale.config(0.3, 0.0, kept, SEED)).bn)
    expect_numbers(page, "growth-live", {0: f"{whole.length[-1]:.4g}"})
    assert overflow(page) == 0
