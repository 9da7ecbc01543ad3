"""The search: what people type and paste finds what speaks of it, and nothing else does."""

from __future__ import annotations

import pytest

from ui.finding import LONGEST, Entry, found, words

ENTRIES = (
    Entry(
        "one",
        ("An error at batch size 1", "배치 크기가 1이면 오류가 나요", "last batch of one image"),
        (
            "ValueError: Expected more than 1 value per channel when training, got input size"
            " torch.Size([1, 256])",
        ),
    ),
    Entry(
        "eval",
        (
            "eval() is far worse than train()",
            "eval()이 train()보다 훨씬 나빠요",
            "validation accuracy low",
        ),
    ),
    Entry("nan", ("running_var is NaN", "이동 분산이 NaN이에요"), ("loss: nan",)),
    Entry("freeze", ("worse after fine-tuning on few images", "미세 조정을 했더니 나빠졌어요")),
)
TRACEBACK = """Traceback (most recent call last):
  File "/home/someone/train.py", line 81, in <module>
    out = model(x)
  File "/usr/lib/python3.11/site-packages/torch/nn/functional.py", line 2448, in batch_norm
    _verify_batch_size(input.size())
ValueError: Expected more than 1 value per channel when training, got input size [1, 512]
"""


@pytest.mark.parametrize(
    ("query", "first"),
    [
        (ENTRIES[0].messages[0], "one"),
        ("expected more than 1 value per channel", "one"),
        (TRACEBACK, "one"),
        ("EVAL MUCH WORSE THAN TRAIN!!", "eval"),
        ("validatoin acuracy", "eval"),  # as people type
        ("model.eval() gives bad results", "eval"),
        ("runing_var nan", "nan"),
        ("epoch 3 loss: nan", "nan"),
        ("fine tuning", "freeze"),
        ("finetuning", "freeze"),
        ("배치 크기 1 오류", "one"),
        ("미세조정", "freeze"),
        ("eval이 훨씬 나쁩니다", "eval"),
        ("이동분산 NaN", "nan"),
    ],
)
def test_it_finds_what_is_meant(query: str, first: str) -> None:
    assert found(query, ENTRIES)[:1] == [first]


def test_nothing_asked_is_everything_and_nothing_known_is_nothing() -> None:
    ids = [entry.id for entry in ENTRIES]
    assert found("", ENTRIES) == found("  \n", ENTRIES) == ids
    for query in ("pizza", "12 3.4e-5", "!?", "the weather is nice", "점심 메뉴", "\0\0"):
        assert found(query, ENTRIES) == []
    assert found("anything", ()) == []


def test_a_text_of_any_length_takes_little_and_its_end_counts() -> None:
    assert found("x " * 10**6 + "running_var nan", ENTRIES)[:1] == ["nan"]
    assert len(words(" ".join(map(str, range(10**5))) + "a" * 10**6)) <= 1
    assert len(words("ab " * LONGEST)) == 1


def test_case_width_numbers_and_places_say_nothing() -> None:
    assert words("ＢａｔｃｈＮｏｒｍ at /a/b.py:3, 0xff, 1e-5") == ("batch", "norm")
    assert found("Expected MORE than 99 value per channel, [7]", ENTRIES)[:1] == ["one"]
