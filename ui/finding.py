"""What a person typed, or an error message that was pasted, and which entries speak of it.

Pure, and with no words of its own: an entry brings the words that people use for it, in whatever
languages, and the messages that programs print. Numbers, paths and shapes say nothing and are
dropped; Korean endings hang on their word, so that a beginning counts as the word.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

LONGEST = 4000  # characters that are looked at: the end of a traceback, which says what it is
MOST = 200  # different words of it
CLOSE = 0.8  # how alike a word must be that is spelled otherwise (difflib's ratio)
PART = 0.7  # what a beginning, or a misspelling, counts of a word
WHOLE_MESSAGE = 0.75  # the share of a message's words from which on it is taken for that message
LEAST = 0.5  # the share of what is known of a query that the best entries must hold

WORD = re.compile(r"[^\W\d_]+")
#: a file's place, an address in memory, a number with its sign and exponent
NO_WORDS = re.compile(r"(?:[\w.~-]*/)+[\w.-]*|0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?")
SMALL = """
a an and are as at be but by can do does for from has have how i if in is it its my no not of on or
so than that the their then there this to was what when which while why will with you got get gets
error file line most recent call last module self return py
왜 이 그 저 것 수 때 안 더 다 및 등 제 내 좀 너무 해요 합니다 있어요 있습니다
"""
STOP = frozenset(SMALL.split())


@dataclass(frozen=True)
class Entry:
    """Something to be found: an id, the words that people use for it, messages of programs."""

    id: str
    words: tuple[str, ...]
    messages: tuple[str, ...] = ()


def found(query: str, entries: Sequence[Entry]) -> list[str]:
    """Ids of the entries that a query speaks of, the likeliest first.

    All of them, in their order, where nothing is asked; none where nothing is known of it.

    >>> here = [Entry("nan", ("NaN in running_var",)), Entry("one", ("batch size 1",), ("Bad z",))]
    >>> found("Running Var is nan!", here), found("bad Z: 3", here), found("pizza", here)
    (['nan'], ['one'], [])
    """
    asked = words(query)
    if not asked:
        return [] if query.strip() else [entry.id for entry in entries]
    index = _index(tuple(entries))
    points = {entry.id: index.points(entry, asked) for entry in entries}
    best = max(points.values(), default=0.0)
    known = [entry.id for entry in entries if points[entry.id] > 0]
    kept = [name for name in known if points[name] >= LEAST * best]
    return sorted(kept, key=lambda name: -points[name])  # a stable sort: else as they stand


def words(text: str) -> tuple[str, ...]:
    """What words a text has, each once, without case, punctuation, numbers and small words.

    >>> words("RuntimeError: running_var has 3 NaNs at 0x7f")
    ('runtime', 'running', 'var', 'nans')
    """
    text = unicodedata.normalize("NFKC", text)[-LONGEST:]
    text = re.sub(
        r"(?<=[a-z]{2})(?=[A-Z][a-z])", " ", text
    )  # BatchNorm is two words, as in a question
    text = NO_WORDS.sub(" ", text.lower())
    once = dict.fromkeys(word for word in WORD.findall(text) if word not in STOP)
    return tuple(word for word in once if len(word) > 1 or not word.isascii())[:MOST]


class _Index:
    """How often each word stands in the entries, so that a rare one counts for more."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.words = {entry.id: frozenset(_all(entry.words)) for entry in entries}
        self.messages = {entry.id: [words(each) for each in entry.messages] for entry in entries}
        everything = [self.words[e.id].union(*self.messages[e.id]) for e in entries]
        self.vocabulary = sorted(frozenset().union(*everything))
        self.worth = {
            word: math.log((1 + len(entries)) / sum(word in each for each in everything))
            for word in self.vocabulary
        }

    def points(self, entry: Entry, asked: tuple[str, ...]) -> float:
        """How much of what is asked the entry speaks of; a message that was pasted goes first."""
        own = self.words[entry.id].union(*self.messages[entry.id])
        here = sum(self._meets(word, own) for word in asked)
        for message in self.messages[entry.id]:
            there = set(message) & set(asked)
            share = self._sum(there) / max(self._sum(message), 1e-9)
            if share >= WHOLE_MESSAGE:
                here += 10 * share * self._sum(message)
        return here

    def _meets(self, word: str, own: frozenset[str]) -> float:
        """The worth of one word of a query where an entry has it, or one like it."""
        if word in own:
            return self.worth[word]
        if word in self.worth:
            return 0.0  # spelled right, and another entry's
        like = [self.worth[other] for other in self._like(word) if other in own]
        return PART * max(like, default=0.0)

    def _like(self, word: str) -> list[str]:
        """Words of the entries of which one begins with the other; else those spelled alike."""
        least = 3 if word.isascii() else 2
        begun = [
            other
            for other in self.vocabulary
            if min(len(word), len(other)) >= least
            and (word.startswith(other) or other.startswith(word))
        ]
        return begun or get_close_matches(word, self.vocabulary, n=3, cutoff=CLOSE)

    def _sum(self, some: Iterable[str]) -> float:
        return sum(self.worth[word] for word in some)


def _all(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from words(text)


@lru_cache(maxsize=8)
def _index(entries: tuple[Entry, ...]) -> _Index:
    return _Index(entries)
