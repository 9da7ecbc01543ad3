"""What a link may say, and what happens to what it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui.lessons import LESSONS
from ui.state import BadValue, Choice, Control, Integer, Number, Numbers, Switch

ALL = [(name, control) for name, lesson in LESSONS.items() for control in lesson.controls]


@pytest.mark.parametrize(("lesson", "control"), ALL, ids=lambda part: getattr(part, "name", part))
def test_every_default_survives_its_own_link(lesson: str, control: Control) -> None:
    assert control.read(control.write(control.default)) == control.default


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
