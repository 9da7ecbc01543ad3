"""A running app and pages that watch themselves.

Every page made here fails its test if the browser logged an error, if a request left for another
host, or if a traceback (or the sentence in its place) reached the screen. Two 404s of Streamlit's
own on a deep link may pass.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parents[2]
STREAMLITS_OWN_404 = re.compile(r"/[a-z_]+/_stcore/(health|host-config)$")
NewPage = Callable[..., Page]
Motion = Literal["no-preference", "reduce"]
PATIENCE = 90_000  # ms: how long a page may take on a slow machine, whatever is waited for

expect.set_options(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int) -> subprocess.Popen[bytes]:
    """The app as `streamlit run` starts it: cold, with nobody having visited it."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"),
            *("--server.headless=true", "--server.address=127.0.0.1"),
        ],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
    )


def wait_until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


@pytest.fixture(scope="session")
def cold_app() -> Iterator[Callable[[], str]]:
    """A function that starts one more server and returns its address; all end with the session."""
    servers: list[subprocess.Popen[bytes]] = []

    def launch() -> str:
        port = free_port()
        server = start(port)
        servers.append(server)
        wait_until_up(url := f"http://127.0.0.1:{port}", server)
        return url

    yield launch
    for server in servers:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def app_url(cold_app: Callable[[], str]) -> str:
    """The address of the app that the browser tests share."""
    return cold_app()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """An installed Chromium where there is one, else Playwright's own."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    installed = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = playwright.chromium.launch(executable_path=installed, args=sandbox)
    yield chromium
    chromium.close()


def profile(browser: Browser, width: int, height: int, lang: str, **more: object):
    """A browser that has never been anywhere."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale={"en": "en-US", "ko": "ko-KR"}[lang],
        **more,
    )
    context.set_default_timeout(PATIENCE)
    return context


class Profiles:
    """Browser profiles that are used again: what a page kept is gone, what was loaded is not.

    To fetch and compile the app's files takes longer than most of what is tested; so there are as
    few kinds as can be, and what a page can be told by itself is none.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[tuple, list[BrowserContext]] = {}
        self._kinds: dict[BrowserContext, tuple] = {}

    def take(self, lang: str, **more: object) -> BrowserContext:
        """One that nobody uses now."""
        kind = (lang, *sorted(more.items()))
        idle = self._idle.setdefault(kind, [])
        context = idle.pop() if idle else profile(self.browser, 1440, 900, lang, **more)
        self._kinds[context] = kind
        return context

    def give_back(self, context: BrowserContext) -> None:
        """Forget what its pages kept, and close them."""
        for page in context.pages:
            forget(page)
            page.close()
        context.clear_cookies()
        self._idle[self._kinds[context]].append(context)


def forget(page: Page) -> None:
    """As if nobody had been there; what is in the cache stays."""
    at = urlsplit(page.url)
    if at.scheme.startswith("http"):
        what = {"origin": f"{at.scheme}://{at.netloc}", "storageTypes": "local_storage"}
        page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", what)


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@contextmanager
def fresh_pages(profiles: Profiles) -> Iterator[NewPage]:
    """A maker of pages, each in a profile of its own; what they saw is said when all are done."""
    contexts, complaints = [], []

    def open_page(
        width: int = 1440,
        height: int = 900,
        lang: str = "en",
        dark: bool = False,
        reduced_motion: Motion = "no-preference",
        **more: object,
    ) -> Page:
        contexts.append(profiles.take(lang, **more))
        page = watched(contexts[-1], complaints)
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion=reduced_motion)
        page.set_viewport_size({"width": width, "height": height})
        return page

    yield open_page
    for context in contexts:
        complaints += failures(context)
        profiles.give_back(context)
    assert not complaints


@pytest.fixture
def new_page(profiles: Profiles) -> Iterator[NewPage]:
    """`new_page(width, height, lang, dark)`: where nobody has been; a page watches itself."""
    with fresh_pages(profiles) as open_page:
        yield open_page


@pytest.fixture
def new_tab(profiles: Profiles) -> Iterator[Callable[[], Page]]:
    """`new_tab()`: a session of its own, all of a test in one profile."""
    context, complaints = profiles.take("en"), []
    yield lambda: watched(context, complaints)
    complaints += failures(context)
    profiles.give_back(context)
    assert not complaints


def failures(context: BrowserContext) -> list[str]:
    """Tracebacks, and the sentence that stands in for one."""
    sentences = [
        tomllib.loads(file.read_text("utf-8"))["broken"]
        for file in (ROOT / "assets" / "locales").glob("*/ui.toml")
    ]
    return [
        f"{page.url} failed"
        for page in context.pages
        if page.locator(".stException").count()
        or any(page.get_by_text(sentence).count() for sentence in sentences)
    ]


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    """A page that adds to `complaints` what must not happen on it."""
    page = context.new_page()
    watch(page, complaints)
    return page


def watch(page: Page, complaints: list[str]) -> None:
    """Collect what must not happen on a page."""

    def on_request(request) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("127.0.0.1", "localhost", None):
            complaints.append(f"request to {request.url}")

    def on_console(message) -> None:
        if message.type != "error" or STREAMLITS_OWN_404.search(message.location.get("url", "")):
            return
        complaints.append(f"console: {message.text} ({message.location})")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"error on the page: {error}"))
