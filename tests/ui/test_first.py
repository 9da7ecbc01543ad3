"""What a page's HTML says before the app has come: which lesson and scene, in which language."""

from __future__ import annotations

import gzip
import html
import re
from functools import cache

import pytest
import streamlit as st

from tests.ui.test_shell import PLAIN, ask, streamlits
from ui import first, shell, text
from ui.lessons import HOME, LESSONS, address

PLACES = [
    pytest.param(lesson, scene, code, id=f"{lesson}-{scene or 'start'}-{code}")
    for lesson, entry in LESSONS.items()
    for scene in [each.name for each in entry.scenes] or [""]
    for code in text.languages()
]
#: what is Markdown's, TeX's or a template's, and no word
MARKS = re.compile(r"[\\$*{}`]|\[\[|^#|\]\(")


def place(path: str, query: str = "", accepts: str = "") -> first.Place | None:
    headers = [(b"accept-language", accepts.encode())]
    return first.place(
        {"path": path, "query_string": query.encode(), "headers": headers, "type": "http"}
    )


def said_in(code: str, key: str) -> str:
    """A label in a language, without its marks."""
    with text.read_as(code, "light"):
        return first.plain(text.t(key))


@cache
def page(path: str, query: str, accepts: str) -> str:
    """The HTML of an address, asked of the server."""
    status, headers, body = ask(
        shell.Shell(streamlits()), path, query=query, accept_language=accepts
    )
    assert status == 200 and "Accept-Language" in headers["vary"]
    return body.decode()


@pytest.mark.parametrize(("lesson", "scene", "code"), PLACES)
def test_every_scene_is_told_by_its_link(lesson: str, scene: str, code: str) -> None:
    query = f"scene={scene}&lang={code}" if scene else f"lang={code}"
    said = page(address(lesson), query, "")
    title = html.unescape(re.search("<title>([^<]*)</title>", said)[1])
    assert said.count("<title>") == 1 and said_in(code, f"{lesson}.title") in title
    assert re.search('property="og:title" content="([^"]*)"', said)[1] == html.escape(title)
    about = [
        re.search(f'{name}" content="([^"]*)"', said)[1]
        for name in ("description", "og:description")
    ]
    assert about[0] == about[1] and 40 < len(html.unescape(about[0])) < 400
    shown = re.search('<div class="lab-first.*?</b></div></div>', said, re.S)[0]
    words = [html.unescape(each) for each in re.findall("<p>([^<]*)</p>", shown)]
    assert len(words) == 3 and f'lang="{code}"' in shown
    if scene:
        own = [said_in(code, f"{lesson}.scenes.{scene}.{name}") for name in ("title", "task")]
        assert words[:2] == own
    assert not [each for each in (title, *about, *words) if not each or MARKS.search(each)]


def test_the_tab_is_called_what_it_will_be_called() -> None:
    from tests.pages.helpers import opened

    with pytest.MonkeyPatch.context() as patch:
        called: list[str] = []
        patch.setattr(st, "set_page_config", lambda **what: called.append(what["page_title"]))
        for lesson in (HOME, "noise"):
            opened(lesson)
            assert f"<title>{html.escape(called[-1])}</title>" in page(
                address(lesson), "lang=en", ""
            )


@pytest.mark.parametrize(
    ("query", "accepts", "code"),
    [
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "fr,ko", "en"),  # the app asks for the first alone
        ("", "", "en"),
        ("lang=en", "ko", "en"),
        ("lang=KO_kr", "en", "ko"),
        ("lang=xx", "ko", "ko"),
        ("lang=en&lang=en", "ko", "ko"),
    ],
)
def test_the_language_is_the_one_the_app_will_speak(query: str, accepts: str, code: str) -> None:
    assert place("/noise", query, accepts).language == code


def test_a_link_without_a_scene_leads_to_the_first_or_is_left_to_the_app() -> None:
    scenes = LESSONS["noise"].scenes
    assert place("/noise") == place("/noise/") == ("noise", scenes[0].name, "en", True)
    assert place("/noise", "utm_source=a") == place("/noise")
    assert place("/noise", "m=16") == ("noise", "", "en", False)  # from before there were scenes
    assert place("/noise", f"scene={scenes[1].name}&m=16").scene == scenes[1].name
    assert place("/") == (HOME, "", "en", True)
    for view in ("class", "embed", "all"):
        assert not place("/noise", f"view={view}").drawn
    moved = [(lesson, name) for lesson, entry in LESSONS.items() for name in entry.moved]
    assert moved and not [each for each in moved if place(address(each[0]), f"{each[1]}=1")]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/nothing", ""),
        ("/a/noise", ""),
        ("/noise", "scene=nothing"),
        ("/noise", "scene=draw&scene=law"),
        ("/noise", "scene=<script>"),
        ("/noise", "lang=" + "x" * first.LONGEST),
        ("/noise", "&".join(f"a{n}=1" for n in range(first.MOST + 1))),
    ],
)
def test_what_no_lesson_has_is_the_plain_page(path: str, query: str) -> None:
    assert place(path, query) is None
    said = page(path, query, "en")
    assert '<div class="lab-first' not in said and "<title>Streamlit</title>" in said


def test_nothing_of_an_address_is_repeated() -> None:
    said = page("/noise", 'lang="><script>x&utm_source=%22%3E%3Cb%3E&scene=draw', 'zz"><i>')
    assert said == page("/noise", "scene=draw", "en") and "utm_source" not in said


def test_the_base_of_the_addresses_is_no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "some/where"}.get)
    assert place("/some/where").lesson == place("/some/where/").lesson == HOME
    assert place("/some/where/noise").lesson == "noise"


def test_the_first_words_wait_for_nothing_and_are_few() -> None:
    said = page("/noise", "", "en")
    words, sheet = said.index('class="lab-first'), said.index('<link rel="stylesheet"')
    assert '<link rel="stylesheet"' not in said[:words] and words < sheet
    assert sheet < said.index(shell.FRAME.read_text("utf-8")[:80])  # the last one counts
    assert len(gzip.compress(said.encode())) < len(gzip.compress(PLAIN)) + 24_000


def test_who_reads_korean_is_not_given_the_page_of_another() -> None:
    app = shell.Shell(streamlits())
    _, english, _ = ask(app, "/noise", accept_language="en")
    status, korean, _ = ask(app, "/noise", accept_language="ko", if_none_match=english["etag"])
    assert status == 200 and korean["etag"] != english["etag"]
    assert shell.packed.cache_info().maxsize <= 256
