"""What a link may say, and what happens to what it may not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.ui.hostile import HOSTILE, NOT_NUMBERS
from ui.lessons import LESSONS
from ui.state import BadValue, Choice, Control, Integer, Number, Numbers, Switch

ALL = [(name, control) for name, lesson in LESSONS.items() for control in lesson.controls]


def test_every_default_survives_its_own_link() -> None:
    lost = [
        (lesson, control.name)
        for lesson, control in ALL
        if control.read(control.write(control.default)) != control.default
    ]
    assert not lost


def test_names_are_unique_within_a_lesson_and_leave_lang_alone() -> None:
    for lesson in LESSONS.values():
        names = [control.name for control in lesson.controls]
        assert len(set(names)) == len(names)
        assert "lang" not in names


@given(some.floats(1e-12, 10))
def test_a_number_survives_to_the_last_bit(value: float) -> None:
    control = Number("eps", 1e-5, 1e-12, 10.0)
    assert control.read(control.write(value)) == value


@given(some.lists(some.floats(-1e6, 1e6), max_size=5).map(tuple))
def test_a_list_survives_to_the_last_bit(values: tuple[float, ...]) -> None:
    control = Numbers("z", (), 5, limit=1e6)
    assert control.read(control.write(values)) == values


@pytest.mark.parametrize(
    ("control", "raw"),
    [
        (Number("eps", 1.0, 0.0, 10.0), "nan"),
        (Number("eps", 1.0, 0.0, 10.0), "inf"),
        (Number("eps", 1.0, 0.0, 10.0), "-1"),
        (Number("eps", 1.0, 0.0, 10.0), "10.001"),
        (Number("eps", 1.0, 0.0, 10.0), "1,5"),
        (Number("eps", 1.0, 0.0, 10.0), ""),
        (Integer("m", 1, 1, 256), "0"),
        (Integer("m", 1, 1, 256), "257"),
        (Integer("m", 1, 1, 256), "3.5"),
        (Integer("m", 1, 1, 256), "²"),
        (Integer("m", 1, 1, 256), "9" * 5000),
        (Choice("source", "digits", ("digits", "own")), "Digits"),
        (Choice("layer", 1, (1, 2)), "3"),
        (Choice("layer", 1, (1, 2)), "1_0"),
        (Choice("rate", 0.5, (0.5, 10.0)), "1_0"),
        (Choice("rate", 0.5, (0.5, 10.0)), "５"),
        (Integer("m", 1, 1, 256), "9" * 16),
        (Numbers("z", (), 2), "1," * 100_000),
        (Numbers("z", (), 2), "1, 2"),
        (Switch("live", False), "true"),
        (Numbers("z", (), 2), "1,2,3"),
        (Numbers("z", (), 2), "1,nan"),
        (Numbers("z", (), 2), "1;2"),
        (Numbers("z", (), 2, limit=10), "1,-11"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(control: Control, raw: str) -> None:
    with pytest.raises(BadValue) as caught:
        control.read(raw)
    assert caught.value.reason in ("number", "integer", "choice", "numbers")


@pytest.mark.parametrize("raw", NOT_NUMBERS)
def test_a_link_reads_no_number_that_the_box_would_not(raw: str) -> None:
    """Text in the box may be wrapped and signed as people write it; its numbers are these."""
    for control in (
        Number("b", 1.0, -1e300, 1e300),
        Integer("m", 1, -(10**15), 10**15),
        Numbers("z", (), 256),
        Choice("rate", 0.5, (0.5, 1.0, 10.0, 12.0, 3.0)),
    ):
        listed = isinstance(control, Numbers) and raw in ("", "1,5")  # none, and two of them
        if not listed:
            with pytest.raises(BadValue):
                control.read(raw)


def test_a_choice_among_numbers_is_read_as_a_number() -> None:
    rate = Choice("rate", 0.5, (0.5, 1.0, 10.0))
    assert [rate.read(raw) for raw in ("0.50", "10", "1e1", ".5")] == [0.5, 10.0, 10.0, 0.5]
    assert Choice("name", "a", ("a", "1")).read("1") == "1"


def test_no_control_takes_what_a_stranger_wrote() -> None:
    taken = []
    for lesson, control in ALL:
        for raw in HOSTILE:
            with suppress(BadValue):
                taken.append((lesson, control.name, raw, control.read(raw)))
    assert not taken


@given(some.sampled_from(ALL), some.text(max_size=80))
def test_a_control_reads_any_text_or_says_why_not(
    registered: tuple[str, Control], raw: str
) -> None:
    _, control = registered
    try:
        value = control.read(raw)
    except BadValue as bad:
        assert bad.reason in ("number", "integer", "choice", "numbers")
    else:
        assert control.read(control.write(value)) == value
