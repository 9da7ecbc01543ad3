"""One word for one thing, the lecture's own words, and sentences that a fixture backs.

A Korean reader who meets 통계 here and 통계량 there looks for two things. So what is called one way
is called so everywhere: WORDS lists what must not stand in the Korean files, and what to write.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.complete import languages
from tests.locales.test_locales import LOCALES, labels, relative

FIXTURES = Path(__file__).parents[1] / "fixtures"
KOREAN = LOCALES / "ko"


def passages(language: Path) -> dict[str, str]:
    """Each passage and each label of a language, by where it stands."""
    found = {n: (language / n).read_text("utf-8") for n in sorted(relative(language, ".md"))}
    for name in sorted(relative(language, ".toml")):
        found |= {f"{name}: {key}": value for key, value in labels(language / name).items()}
    return found


#: what must not stand there (a pattern): what to write, and where it may stand all the same
# 단계 is one of the four steps
FOUR_STEPS = "home/four_steps.md|mini_batch/|network/labels.toml: scenes.map"
WORDS = {
    r"통계(?!량|학)": ("통계량", None),
    r"잡음": ("노이즈", None),
    r"레이블": ("라벨", None),
    r"특성": ("특징", None),
    r"처음 가중치|초깃값": ("초기 가중치", None),
    r"(\d|\]\])층": ("은닉층 2 (a layer), 은닉층 3개 (how many)", None),
    r"단계": ("부분, 스텝", FOUR_STEPS),
    r"커야": ("최대, 기껏해야", None),
    r"이동(?! 평균)": ("β 시프트, otherwise 오프셋, 움직인 거리", None),
    r"평행\s*이동|밀기": ("시프트, 오프셋", None),
    r"(?<!가중치 )(?<!He )초기화(?! 크기)": ("처음 값으로, 처음부터 다시 (a reset)", None),
    r"정규화\s*\(regulari|[Ll]2 정규화": ("규제", None),
    r"확인해 보세요$|^#+ 확인해": ("확인 문제", None),
    r"걸음|걷습니다": ("스텝, 업데이트 폭", None),
    r"잔잔": ("안정된", None),
    r"접어 넣": ("앞 층에 합치기(folding)", None),
    r"뽑기의 우연": ("표본 추출에 따른 오차", None),
    r"새 학습\b": ("재학습", None),
    r"들리는 말": ("흔히 하는 말", None),
    r"돈이 들": ("비용이 거의 없다", None),
    r"수업": ("단원", None),
    r"배치 \d+개를": ("크기 64인 미니배치", None),
    r"단추": ("버튼", None),
    r"일시 ?정지": ("멈춤", None),
    r"시작 페이지": ("시작 화면", None),
    r"검증용": ("검증 데이터", None),
    r"클래스": ("숫자, 종류", None),
    r"평지": ("평탄한 구간(plateau)", None),
    r"앞섬|앞서던 몫|앞선 몫": ("우위 (a lead)", "why/labels.toml: loses.ahead"),
    r"첫째 (?:은닉)?층": ("은닉층 1, 첫 층", None),
    r"숫자와 자세한": ("수치와 자세한 내용 (숫자 is a digit)", None),
    r"\]\]종": ("와인 3개", None),
    r"[\d\]*]\s%": ("% and %p, right behind the number", None),
}


@pytest.mark.parametrize("word", WORDS)
def test_one_word_for_one_thing(word: str) -> None:
    instead, allowed = WORDS[word]
    found = {
        place: text
        for place, text in passages(KOREAN).items()
        if re.search(word, text, re.MULTILINE) and not (allowed and re.match(allowed, place))
    }
    assert not found, f"write {instead}"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("배치마다 잰 통계를 쓰면", "배치마다 잰 통계량을 쓰면"),
        ("sigmoid 3층", "sigmoid 은닉층 3개"),
        ("β만큼 이동합니다", "이동 평균"),
        ("처음 값으로 초기화", "가중치 초기화와 He 초기화, 초기화 크기"),
        ("학습 단추를 누르면", "학습 버튼을 누르면"),
        ("3.1 %p 앞섭니다", "3.1%p 앞섭니다"),
        ("[[share]]\u00a0%입니다", "[[share]]%입니다"),
        ("다음 세 단계", "다음 세 부분"),
        ("## 확인해 보세요", "봉우리를 골라 확인해 보세요."),
    ],
)
def test_the_search_for_words_can_fail(wrong: str, right: str) -> None:
    for text, expected in ((wrong, True), (right, False)):
        assert any(re.search(word, text, re.MULTILINE) for word in WORDS) == expected


# --- particles ---

#: after a final consonant, after a vowel
PARTICLES = [("을", "를"), ("은", "는"), ("이", "가"), ("과", "와"), ("으로", "로")]
#: words whose particle is looked at: those that were changed, and those that stand everywhere
NOUNS = (
    *("통계량", "노이즈", "라벨", "특징", "은닉층", "가중치", "오프셋", "배율", "미니배치", "평균"),
    *("분산", "표준편차", "스케일", "시프트", "손실", "기울기", "드롭아웃", "규제", "학습률"),
    *("신경망", "유닛", "일반화", "정규화", "이미지", "배치", "시드", "스텝", "데이터", "정확도"),
    *("BN", "PyTorch", "MLX", "Keras", "Flax", "ReLU", "sigmoid", "momentum"),
)
#: how what ends in no Hangul is read, where the particle hangs on it
READ = {
    **dict(
        zip("0123456789", ("영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"), strict=True)
    ),
    **{"²": "곱", "%": "트", "BN": "엔", "PyTorch": "치", "MLX": "스", "Keras": "스", "Flax": "스"},
    **{"ReLU": "루", "sigmoid": "드", "momentum": "텀"},
}


def agrees(word: str, particle: str) -> bool:
    """Whether the particle is the one that the end of the word asks for."""
    last = READ.get(word) or READ.get(word[-1]) or word[-1]
    final = (ord(last) - ord("가")) % 28  # 0: ends in a vowel; 8: in ㄹ
    for closed, opened in PARTICLES:
        if particle in (closed, opened):
            vowel = final in (0, 8) if closed == "으로" else final == 0
            return particle == (opened if vowel else closed)
    raise ValueError(particle)


FORMS = "|".join(sorted((form for pair in PARTICLES for form in pair), key=len, reverse=True))
ENDED = rf"({'|'.join(NOUNS)}|은닉층 \d|²)[}}$*]*({FORMS})(?![가-힣])"


def test_particles_agree_with_the_word_before() -> None:
    wrong = [
        (place, found[0])
        for place, text in passages(KOREAN).items()
        for found in re.finditer(ENDED, text)
        if not agrees(found[1], found[2])
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("word", "particle", "right"),
    [
        *(("통계량", "을", True), ("통계량", "를", False), ("노이즈", "을", False)),
        *(("은닉층 2", "는", True), ("은닉층 3", "는", False), ("σ²", "를", False)),
        *(("배율", "로", True), ("평균", "로", False), ("BN", "이", True)),
    ],
)
def test_the_look_at_particles_can_fail(word: str, particle: str, right: bool) -> None:
    assert agrees(word, particle) == right


#: Placeholders that a particle may follow, because they always end alike: shares end in “%”
#: (퍼센트), symbols are read out. A bare number ends in any sound: put the sentence another way.
ENDS_ALIKE = {
    "mini_batch/labels.toml": {"z_norm", "z_tilde"},
    "test_time/labels.toml": {"running", "share", "asked"},
    "test_time/stale.md": {"weight"},
    "noise/labels.toml": {"gap", "off"},
    "noise/ablated.md": {"off", "dropout8_left"},
    "why/labels.toml": {
        *("raw_hidden", "adam_raw_hidden", "here", "reestimated", "accuracy", "strength", "share"),
        *(
            "frozen",
            "frozen_retrained",
            "frozen_retrained_orange",
            "orange_plain",
            "batch",
            "plain",
        ),
        *("plain_deeper", "plain_all", "least", "once", "bn"),
    },
    "home/labels.toml": {"share", "bn", "plain"},
}
VARIES = "을|를|은|는|가|과|와|으로|로"  # 이 may be the copula's: 0.2이고 is right after any sound
OPEN = re.compile(rf"\[\[([a-z_0-9]+)\]\](?:\*\*|[”’])?(?:{VARIES})(?![가-힣])")


def test_no_particle_hangs_on_a_number_that_is_not_known() -> None:
    wrong = [
        (place, found[0])
        for place, text in passages(KOREAN).items()
        for found in OPEN.finditer(text)
        if found[1] not in ENDS_ALIKE.get(place.partition(":")[0], ())
    ]
    assert not wrong


# --- the lecture's own words ---

LECTURE = {  # where one looks for them: in English, in Korean
    "noise/parts.md": [("additive noise", "덧셈 노이즈"), ("multiplicative noise", "곱셈 노이즈")],
    "noise/labels.toml": [
        ("additive noise", "덧셈 노이즈"),
        ("multiplicative noise", "곱셈 노이즈"),
        ("generalization", "일반화"),
    ],
    "noise/regularize.md": [("generalization", "일반화"), ("regularization", "규제")],
    "test_time/running.md": [("exponentially weighted averages", "지수 가중 이동 평균")],
    "test_time/labels.toml": [("exponentially weighted averages", "지수 가중 이동 평균")],
    "why/labels.toml": [
        ("internal covariate shift", "내부 공변량 변화"),
        ("**covariate shift**", "**공변량 변화**"),
    ],
}


@pytest.mark.parametrize("name", LECTURE)
def test_the_lectures_words_stand_where_one_looks_for_them(name: str) -> None:
    for english, korean in LECTURE[name]:
        assert english in (LOCALES / "en" / name).read_text("utf-8")
        assert korean in (KOREAN / name).read_text("utf-8")


# --- what libraries do: the fixtures in tests/fixtures hold what they did ---


def stored(library: str, name: str) -> np.ndarray:
    with np.load(FIXTURES / f"{library}_reference.npz") as file:
        return file[name]


@pytest.mark.parametrize("language", languages())
def test_what_is_said_of_one_training_example_is_what_the_libraries_do(language: str) -> None:
    said = labels(LOCALES / language / "test_time/labels.toml")["modes.train_1"]
    refused = str(stored("torch", "convention/refusal_of_one")).partition(", got")[0]
    assert f"`{refused}`" in said and "PyTorch" in said
    assert str(stored("mlx", "refusal_of_one")) and "MLX" in said
    for library in ("Keras", "Flax"):  # their z_tilde and variance: test_library_conventions.py
        assert stored(library.lower(), "default/1/running_var")[-1].max() < 1 and library in said
    for way_out in ("`eval()`", "`drop_last=True`"):
        assert way_out in said


@pytest.mark.parametrize("language", languages())
def test_nobody_says_that_training_on_one_example_goes_without_an_error(language: str) -> None:
    claim = re.compile("No error|no warning|오류도 경고도|everybody else", re.IGNORECASE)
    assert not [p for p, text in passages(LOCALES / language).items() if claim.search(text)]


@pytest.mark.parametrize("language", languages())
def test_the_libraries_that_weigh_the_new_batch_are_named(language: str) -> None:
    new, old = (
        (LOCALES / language / "test_time/conventions.md").read_text("utf-8").split("**")[::2][:2]
    )
    assert "PyTorch" in new and "MLX" in new and "Keras" in old
    assert float(stored("mlx", "default/momentum")) == 0.1


@pytest.mark.parametrize("language", languages())
def test_a_percent_sign_stands_right_behind_its_number(language: str) -> None:
    """As Plotly writes it on an axis: both ways stood on one screen."""
    found = passages(LOCALES / language)
    assert [place for place, text in found.items() if re.search(r"[\d\]*]\s%", text)] == []
