"""A function is taken out of its module with all that it needs."""

from __future__ import annotations

import pytest

from tools.closure import Closure, NotClosed


def test_what_is_taken_runs_alone_and_each_part_stands_once() -> None:
    closure = Closure()
    closure.add("experiments.mini_batch.batch.walk")
    assert closure.add("experiments.mini_batch.batch.walk") == []
    closure.add("experiments.mini_batch.batch.population")
    assert len(set(closure.texts)) == len(closure.texts)
    space: dict = {}
    exec("\n".join([*closure.imports(), "from __future__ import annotations"][::-1]), space)
    exec("from __future__ import annotations\n" + "\n\n".join(closure.texts), space)
    found = space["walk"](space["population"]().z[:64, 0, 0], 2.0, 1.0, 1e-5)
    assert found.z_tilde.mean() == pytest.approx(1.0)


def test_nothing_of_ours_is_imported() -> None:
    closure = Closure()
    closure.add("experiments.noise.batches.one_example")
    assert not any("experiments" in line for line in closure.imports())


@pytest.mark.parametrize(
    "path", ["experiments.network.bias.drag", "experiments.mini_batch.batch.nothing"]
)
def test_what_cannot_be_taken_says_why(path: str) -> None:
    with pytest.raises(NotClosed, match=r"experiments\.\w+"):
        Closure().add(path)
