"""What a card says that was trained is what its measure trains."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from bncore.batches import Feed
from bncore.config import RunConfig
from experiments.claims.registry import CLAIMS
from experiments.claims.scope import Scope
from tests.experiments.claims.planting import nothing_remembered

#: Claims whose networks are trained on examples that no config names, or not trained at all.
UNCONFIGURED = {
    "b_cancels",
    "divides_variance",
    "gives_back",
    "makes_gaussian",
    "sd_is_gamma",
    "scale_free",
    "own_batch",
    "like_dropout",
    "rounder_inputs",
    "rounder_hidden",
    "replaces_scaling",
    "other_colours",
    "vanishing",
    "exploding",
    "branch_share",
    "rank_kept",
}


class Enough(Exception):
    """The first network is about to be trained."""


@contextmanager
def watched(until_the_first: bool) -> Iterator[list[RunConfig]]:
    """The configs of all that is trained inside."""
    seen: list[RunConfig] = []
    begun = Feed.__init__

    def begin(feed: Feed, configs: Sequence[RunConfig], runs: tuple[int, ...]) -> None:
        seen.extend(configs)
        if until_the_first:
            raise Enough
        begun(feed, configs, runs)

    with pytest.MonkeyPatch.context() as patch, nothing_remembered():
        patch.setattr(Feed, "__init__", begin)  # nothing is trained without examples
        yield seen


# Those that train little are watched to the end.
LITTLE = ("folds", "unbiased_better", "any_batch", "protects", "reestimated")


@pytest.mark.parametrize("name", sorted(set(CLAIMS) - UNCONFIGURED))
def test_the_scope_is_that_of_what_is_trained(name: str) -> None:
    claim = CLAIMS[name]
    assert claim.scope is not None
    said, whole = claim.scope(), name in LITTLE
    with watched(until_the_first=not whole) as seen:
        try:
            claim.measure(claim.seeds[:1])
        except Enough:
            assert not whole
    assert seen
    trained = Scope.of(seen, said.chosen)
    for field, values in vars(trained).items():
        if field == "chosen":
            continue
        assert set(values) <= set(getattr(said, field)), field
        assert not whole or values == getattr(said, field), field


def test_what_trains_nothing_says_so() -> None:
    for name, claim in CLAIMS.items():
        assert claim.scope is not None
        scope = claim.scope()
        assert (scope.chosen == "none") == (scope.steps == (0,)) == (not scope.rates), name
        assert claim.varied != "starts" or scope.chosen == "none", name


def test_a_scope_is_stored_and_read() -> None:
    for name, claim in CLAIMS.items():
        assert claim.scope is not None
        scope = claim.scope()
        assert Scope.from_dict(json.loads(json.dumps(scope.to_dict()))) == scope, name


def test_a_scope_holds_each_value_once_in_order() -> None:
    runs = [RunConfig(lr=lr, depth=depth) for lr in (0.3, 0.1) for depth in (5, 2)]
    scope = Scope.of(runs, "swept")
    assert (scope.rates, scope.depths, scope.steps) == ((0.1, 0.3), (2, 5), (500,))
    assert scope.data == (("digits", 1347),)
