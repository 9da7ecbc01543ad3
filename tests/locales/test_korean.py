"""Korean as it is said in class: one style for sentences, one for options, one for titles.

Sentences end in -니다 (or ask with -까요?, or invite with -세요, -ㅂ시다); so do titles that are
sentences. The short names of scenes and the options are what a lecturer reads out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.locales.test_locales import LOCALES, labels
from tests.locales.test_words import KOREAN, agrees, passages
from ui.lessons import LESSONS

LONGEST = 30  # letters of an option: one line on a phone, one breath in class
PLAIN = re.compile(r"(?<![니시])다[.!](?=\s|\*|$)")
POLITE = re.compile(r"(?:죠|(?<![세까])요)[.?!](?=\s|\*|”|$)")
# what is quoted or chosen, not said to the reader: options, claims on the board, misconceptions
CHOSEN = re.compile(
    r"\S+ (?:questions\.\w+\.(?!ask$)\w+(?<!_why)|claims\.\w+\.say|misconceptions\.\w+)$"
)


def questions() -> Iterator[tuple[str, list[str]]]:
    """The options of every question that a scene asks, in Korean."""
    for lesson, entry in LESSONS.items():
        words = labels(KOREAN / lesson / "labels.toml")
        for scene in entry.scenes:
            if scene.question is not None:
                base = f"questions.{scene.question.name}"
                options = [words[f"{base}.{option}"] for option in scene.question.options]
                yield f"{lesson}: {scene.question.name}", options


def clumsy(options: list[str]) -> str | None:
    """What makes the options of a question hard to read out, if anything."""
    if long := [option for option in options if len(option) > LONGEST]:
        return f"longer than {LONGEST} letters: {long}"
    if reasons := [option for option in options if re.search(r"(?:므로|때문에|뿐)$", option)]:
        return f"the reason stands before what it is the reason of: {reasons}"
    if len({option.endswith("다") for option in options}) > 1:
        return f"sentences and no sentences side by side: {options}"
    return None


def test_options_can_be_read_out() -> None:
    assert {name: fault for name, options in questions() if (fault := clumsy(options))} == {}


@pytest.mark.parametrize(
    "options",
    [
        ["그대로다. z가 같으므로", "달라진다"],
        ["둘 다. 원래 입력이 더 느릴 뿐", "스케일을 맞춘 쪽만"],
        ["학습률이 같으니 비슷하다", "배치 정규화가 없는 쪽"],
        ["SGD에는 도움이 되지만, RMSprop과 Adam은 기울기의 크기를 스스로 맞추므로 필요 없다"],
    ],
)
def test_the_look_at_options_can_fail(options: list[str]) -> None:
    assert clumsy(options) and not clumsy(["그대로다", "50개 늘어난다"])


def test_sentences_are_all_of_one_style() -> None:
    wrong = [
        (place, found[0], text[max(found.start() - 30, 0) : found.end()])
        for place, text in passages(KOREAN).items()
        for found in (PLAIN.search(text) if not CHOSEN.match(place) else None, POLITE.search(text))
        if found
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *(("z̃는 그대로입니다.", True), ("z̃는 그대로다.", False), ("얼마일까요?", True)),
        *(("필요 없겠지요.", False), ("연결되어 있나요?", False), ("끌어 보세요.", True)),
        *(("**필요합니다.** 비용이 중요합니다.", True), ("거의 같은 속도로요. 둘 다", False)),
    ],
)
def test_the_look_at_styles_can_fail(text: str, right: bool) -> None:
    assert right == (not PLAIN.search(text) and not POLITE.search(text))


def test_titles_are_polite_and_short_names_are_no_sentences() -> None:
    for lesson, entry in LESSONS.items():
        words = labels(KOREAN / lesson / "labels.toml")
        for scene in entry.scenes:
            title, short = (
                words.get(f"scenes.{scene.name}.{name}", "") for name in ("title", "short")
            )
            assert not re.search(r"(?<!니)다$", title), f"{lesson}: {title}"
            assert not re.search(r"(?:다|요)$", short), f"{lesson}: {short}"
            assert not short.startswith("다음"), f"{lesson}: the button says “다음: {short}”"


def test_the_shell_says_that_an_answer_is_right() -> None:
    """An explanation is read as well by those who did not guess: it begins with what is so."""
    for lesson in LESSONS:
        for key, text in labels(KOREAN / lesson / "labels.toml").items():
            if key.endswith("_why"):
                assert not re.match(r"\**(?:맞습니다|정답입니다|틀렸습니다|아닙니다)\.", text), (
                    f"{lesson}: {key}"
                )


# --- particles after symbols ---

#: how a symbol is read, by the last syllable
SPOKEN = {
    **{"ε": "론", "γ": "마", "β": "타", "μ": "뮤", "σ": "마", "α": "파", "ρ": "로", "λ": "다"},
    **{"κ": "파", "η": "타", "θ": "타", "z̃": "데", "ã": "데", "‖W‖": "유", "z_norm": "놈"},
    **{"z": "트", "a": "이", "b": "비", "g": "지", "m": "엠", "k": "이", "t": "티", "W": "유"},
    **{"√(σ² + ε)": "론", "σ² + ε": "론", "z − μ": "뮤", "z_tilde": "데"},
}
SYMBOL = "|".join(re.escape(each) for each in sorted(SPOKEN, key=len, reverse=True))
HANGING = re.compile(
    rf"(?<![\w/−^{{\[])({SYMBOL})[}}$*]*(을|를|은|는|이|가|과|와|으로|로)(?=[\s.,)]|$)"
)


def test_particles_agree_with_the_symbol_before() -> None:
    wrong = [
        (place, found[0])
        for place, text in passages(KOREAN).items()
        for found in HANGING.finditer(text)
        if not agrees(SPOKEN[found[1]], found[2])
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *(("√(σ² + ε)으로 나눕니다", True), ("√(σ² + ε)로 나누므로", False)),
        *(("‖W‖가 머물고", True), ("‖W‖이 머물고", False), ("ε는 작고", False), ("*m*과", True)),
    ],
)
def test_the_look_at_symbols_can_fail(text: str, right: bool) -> None:
    (found,) = HANGING.finditer(text)
    assert agrees(SPOKEN[found[1]], found[2]) == right


def test_every_korean_file_has_been_looked_at() -> None:
    assert len(passages(KOREAN)) == len(passages(LOCALES / "en"))
