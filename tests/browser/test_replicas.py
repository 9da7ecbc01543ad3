"""Two replicas behind a real nginx: with deploy/nginx's own configuration, in a real browser."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from string import Template

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests.browser.conftest import PATIENCE, ROOT, free_port, start, wait_until_up
from tests.browser.helpers import few_charts, painted, visit

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
TEMPLATE = ROOT / "deploy" / "nginx" / "lab.conf.template"
AROUND = """
pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {server}
}}
"""
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


class Replicas:
    """Two apps behind nginx, by name; one can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"one": free_port(), "two": free_port()}
        self.apps = {name: start(port) for name, port in self.ports.items()}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def behind_nginx(self) -> subprocess.Popen[bytes]:
        for name, app in self.apps.items():
            wait_until_up(f"http://127.0.0.1:{self.ports[name]}", app)
        known = {name.upper(): f"127.0.0.1:{port}" for name, port in self.ports.items()}
        text = Template(TEMPLATE.read_text()).safe_substitute(known, PORT=str(self.port))
        conf = self.folder / "nginx.conf"
        conf.write_text(AROUND.format(folder=self.folder, server=text))
        nginx = subprocess.Popen([str(NGINX), "-c", str(conf), "-e", f"{self.folder}/error.log"])
        wait_until_up(self.url, nginx)
        return nginx

    def kill(self, name: str) -> None:
        self.apps[name].send_signal(signal.SIGKILL)
        self.apps[name].wait(20)

    def answer(self) -> None:
        """Wait until nginx asks one that had been gone: in some seconds, says its configuration."""
        deadline = time.monotonic() + PATIENCE / 1000
        while get(f"{self.url}/_stcore/health")[0] != 200:
            assert time.monotonic() < deadline, "nginx asks neither"
            time.sleep(0.5)

    def again(self, name: str) -> None:
        self.apps[name] = start(self.ports[name])
        wait_until_up(f"http://127.0.0.1:{self.ports[name]}", self.apps[name])


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    both = Replicas(tmp_path_factory.mktemp("nginx"))
    nginx = both.behind_nginx()
    yield both
    for process in (nginx, *both.apps.values()):
        process.terminate()
        process.wait(20)


def get(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, {}


def test_headers_and_what_is_nobodys_business(replicas: Replicas) -> None:
    status, headers = get(f"{replicas.url}/noise")
    assert status == 200
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors *" in headers["content-security-policy"]
    named = re.match(r"replica=(one|two); ", headers["set-cookie"])
    assert named and "set-cookie" not in get(f"{replicas.url}/", Cookie=f"replica={named[1]}")[1]
    for path in ("metrics", "script-health-check"):
        assert get(f"{replicas.url}/_stcore/{path}")[0] == 404
        direct = f"http://127.0.0.1:{replicas.ports['one']}/_stcore/{path}"
        assert get(direct)[0] == 200
        assert get(direct, **{"X-Forwarded-For": "192.0.2.7"})[0] == 404


def test_nothing_that_the_page_needs_is_forbidden(
    replicas: Replicas, new_page: Callable[..., Page]
) -> None:
    """A page that breaks the policy of its server says so in the console, and that fails here."""
    page = painted(visit(few_charts(new_page()), f"{replicas.url}/noise?view=all"))
    page.locator(".js-plotly-plot").first.wait_for()
    expect(page.locator(".drawn.draws")).to_have_attribute("data-drawn", "400")


def moved(page: Page) -> None:
    """The slider of the scene's picture can be moved, and the address says so.

    Tried again: what a hand does before the new replica has run the page is not heard there.
    """
    slider = page.locator(".drawn.draws").get_by_role("slider")
    for _ in range(20):
        for key, m in (("Home", 2), ("End", 256)):
            slider.press(key)
            with suppress(TimeoutError):
                page.wait_for_url(re.compile(rf"[?&]m={m}(&|$)"), timeout=8000)
                if m == 256:
                    return
    raise AssertionError("the slider is not heard")


def test_a_page_outlives_its_replica_and_an_update_that_stops(
    replicas: Replicas,
    browser: Browser,
) -> None:
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{replicas.url}/noise?scene=draw&seen=1")
    moved(page)
    used = next(c["value"] for c in context.cookies() if c["name"] == "replica")
    other = {"one": "two", "two": "one"}[used]
    text = page.locator(".st-key-scene-draw-seen").inner_text()

    replicas.kill(used)  # an update that stopped: it stays away
    page.locator(".stApp[data-test-connection-state='CONNECTED']").wait_for()
    moved(page)
    page.reload()
    expect(page.locator(".st-key-scene-draw-seen")).to_be_visible()
    moved(page)
    expect(page.locator(".st-key-scene-draw-seen")).to_have_text(text, use_inner_text=True)

    replicas.again(used)  # it went on; now the other one goes
    replicas.kill(other)
    replicas.answer()
    page.reload()
    moved(page)
    replicas.again(other)
    context.close()
