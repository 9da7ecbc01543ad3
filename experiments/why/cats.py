"""The lecture's black cats: drawn pictures, but a network that really learns from them.

The cats are an illustration, drawn by the few lines below; they prove nothing about photographs.
Cat or dog depends on the shape alone: ears that stand up, or ears that hang. The colour of the
fur says nothing, in any part of the story: what changes is only what the pictures look like, not
which answer is right. That is covariate shift.

A network that learned from black animals meets others, whose fur is the further from black the
larger `shift` is: 0 black, then grey, then orange, 1 cream. "Retrained" learned from animals whose
shift is anything between 0 and 1.

16×16 RGB pixels, minus one half, 32-32 hidden, ReLU, SGD. 800 animals to learn from; the retrained
learned from the same ones in other coats.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any

import numpy as np

from bncore.data import Dataset
from bncore.network import Network
from experiments import evidence
from experiments.evidence import Arrays, Evidence
from experiments.fit import fit, right
from experiments.trained import accuracy, exact_statistics

SHIFTS = tuple(i / 10 for i in range(11))
SEEDS = range(10)
N_TRAIN, N_TEST, K = 800, 400, 64
TEST, UNLABELLED, SHOWN = 1000, 2000, 3000  # added to a seed: other animals
HIDDEN, LR, STEPS, BATCH = (32, 32), 0.1, 800, 32
LEARNERS = (("none", False), ("before", False), ("none", True), ("before", True))  # and retrained

SIZE, FINE = 16, 3  # pixels along an edge, and points per pixel and edge that decide its colour
CAT, DOG = 1, 0
FURS = ((28, 26, 30), (125, 120, 118), (226, 132, 48), (242, 216, 172))  # at equal distances
BACKGROUND, SPREAD, NOISE = (176, 200, 214), 14, 8  # sd over pictures, and over pixels
EYES = (120, 190, 70)


def fur(shift: float | np.ndarray) -> np.ndarray:
    """The RGB colour at `shift` in 0..1, (..., 3), 0..255 each."""
    stops = np.linspace(0, 1, len(FURS))
    return np.stack([np.interp(shift, stops, channel) for channel in np.array(FURS).T], axis=-1)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Drawn animals, half of them cats."""

    rgb: np.ndarray  # (m, 16, 16, 3) uint8
    y: np.ndarray  # (m,) 1 cat, 0 dog


def draw(m: int, shift: float | None, seed: int) -> Pictures:
    """m animals with fur of this colour, or each of a random one (None). Cheap.

    The same seed draws the same animals in another coat: place, size, pixel noise and labels are
    equal at every shift.
    """
    scene = _scene(m, seed)
    coat = fur(scene.shift if shift is None else np.full(m, shift))[:, None, None]
    rgb = scene.background + scene.body * (coat - scene.background)
    rgb += scene.eyes * (np.array(EYES) - rgb) + scene.noise
    return Pictures(np.clip(np.rint(rgb), 0, 255).astype(np.uint8), scene.y)


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is drawn but the colour of the coat; covered shares are 0..1."""

    y: np.ndarray  # (m,)
    body: np.ndarray  # (m, 16, 16, 1) how much of each pixel the animal covers
    eyes: np.ndarray  # (m, 16, 16, 1)
    background: np.ndarray  # (m, 1, 1, 3)
    noise: np.ndarray  # (m, 16, 16, 3)
    shift: np.ndarray  # (m,) of its coat, where each has its own


@lru_cache(maxsize=16)
def _scene(m: int, seed: int) -> Scene:
    """Remembered, since a coat is soon changed."""
    rng = np.random.default_rng((seed, SIZE))
    y = rng.permutation(np.arange(m) % 2)
    body, eyes = (covered[..., None] for covered in shapes(y, rng))
    background = BACKGROUND + SPREAD * rng.standard_normal((m, 1, 1, 3))
    noise = NOISE * rng.standard_normal((m, SIZE, SIZE, 3))
    scene = Scene(y, body, eyes, background, noise, rng.random(m))
    for array in vars(scene).values():
        array.flags.writeable = False
    return scene


def shapes(y: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What share of each pixel the animals cover, and their eyes: (m, 16, 16) each, 0..1."""
    low, high = np.array([(6.5, 9.5), (5.8, 7.8), (0.85, 1.15), (-0.15, 0.15)]).T
    across, down, size, lean = rng.uniform(low, high, (len(y), 4)).astype(np.float32).T[..., None]
    points = (np.arange(SIZE * FINE, dtype=np.float32) + 0.5) / FINE
    v = ((points - down) / size)[:, :, None]  # below and beside the middle of the head
    u = ((points - across) / size)[:, None, :] - lean[..., None] * v
    side = np.abs(u)
    ears = np.empty((len(y), SIZE * FINE, SIZE * FINE), bool)
    for kind, drawn in ((CAT, _standing), (DOG, _hanging)):
        ears[y == kind] = drawn(side[y == kind], v[y == kind])
    animal = _oval(u, v, 3.4, 3.0) | _oval(u, v - 6.2, 3.6, 4.0) | ears
    return _by_pixel(animal), _by_pixel(_oval(side - 1.4, v + 0.3, 0.6, 0.6))


def _oval(u: np.ndarray, v: np.ndarray, a: float, b: float) -> np.ndarray:
    return np.square(u / a) + np.square(v / b) < 1


def _standing(side: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A triangle on either side of the top: its tip stands out above the head."""
    return (v > -5.2) & (v < -1) & (np.abs(side - 2.3) < 0.42 * (v + 5.2))


def _hanging(side: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A flap that hangs beside the head."""
    return _oval(side - 3.7, v - 0.3, 1.15, 2.7)


def _by_pixel(covered: np.ndarray) -> np.ndarray:
    parts = covered.reshape(len(covered), SIZE, FINE, SIZE, FINE)
    return parts.mean(axis=(2, 4))


# --- who learns from them ---


def inputs(rgb: np.ndarray) -> np.ndarray:
    """(m, 768), what the network gets of pictures (m, 16, 16, 3)."""
    return rgb.reshape(len(rgb), -1).astype(np.float32) / 255 - np.float32(0.5)


@dataclass(frozen=True, eq=False)
class Story:
    """Test accuracy of one seed's learners, by how far the coats are from black (S shifts)."""

    shift: np.ndarray  # (S,)
    plain: np.ndarray  # (S,) learned from black animals, without batch norm
    frozen: np.ndarray  # (S,) the same with batch norm, running statistics of training
    reestimated: np.ndarray  # (S,) with statistics of 64 unlabelled pictures of the new coat
    plain_retrained: np.ndarray  # (S,) learned from animals of every colour
    frozen_retrained: np.ndarray  # (S,)


def one_seed(seed: int) -> Story:
    """Trains four networks, in about half a second: same animals, initial weights, batches."""
    plain, normed, plain_again, normed_again = (learn(*which, seed) for which in LEARNERS)
    return Story(
        shift=np.array(SHIFTS),
        plain=_by_shift(plain, seed),
        frozen=_by_shift(normed, seed),
        reestimated=np.array([_reestimated(normed, shift, seed) for shift in SHIFTS]),
        plain_retrained=_by_shift(plain_again, seed),
        frozen_retrained=_by_shift(normed_again, seed),
    )


def learn(norm: str, retrained: bool, seed: int) -> Network:
    """From black animals, or from those of every colour."""
    seen = draw(N_TRAIN, None if retrained else SHIFTS[0], seed)
    x = inputs(seen.rgb)
    return fit(Dataset(x, seen.y, x[:0], seen.y[:0]), HIDDEN, norm, LR, STEPS, BATCH, seed)


def _by_shift(network: Network, seed: int) -> np.ndarray:
    tests = [draw(N_TEST, shift, seed + TEST) for shift in SHIFTS]
    return np.array([right(network, inputs(test.rgb), test.y) for test in tests])


def _reestimated(network: Network, shift: float, seed: int) -> float:
    test, unlabelled = draw(N_TEST, shift, seed + TEST), draw(K, shift, seed + UNLABELLED)
    model = network.model()
    statistics = exact_statistics(model, inputs(unlabelled.rgb))
    return float(accuracy(model.forward(inputs(test.rgb), statistics).logits, test.y))


# --- what ships ---


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """`Story` of N seeds, (N, S) each."""

    seeds: np.ndarray  # (N,)
    shift: np.ndarray  # (S,)
    plain: np.ndarray
    frozen: np.ndarray
    reestimated: np.ndarray
    plain_retrained: np.ndarray
    frozen_retrained: np.ndarray

    @property
    def typical(self) -> int:
        """The seed whose learners from black animals are nearest to the mean over the seeds."""
        away = [np.abs(arm - arm.mean(axis=0)).mean(axis=1) for arm in (self.plain, self.frozen)]
        return int(self.seeds[np.sum(away, axis=0).argmin()])


def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped


@cache
def learners() -> dict[tuple[str, bool], Network]:
    """The four networks of the typical seed, by LEARNERS, their parameters rounded to float16.

    Shared: only `predict` may be called.
    """
    arrays, found = evidence.arrays(EVIDENCE.name), {}
    for (norm, retrained), name in zip(LEARNERS, _names(), strict=True):
        network = Network((SIZE * SIZE * 3, *HIDDEN, 2), norm=norm)
        network.params[...] = arrays[f"{name}.params"]
        network.running[...] = arrays[f"{name}.running"]
        found[norm, retrained] = network
    return found


def _names() -> list[str]:
    return [f"{norm}.{'retrained' if retrained else 'black'}" for norm, retrained in LEARNERS]


@dataclass(frozen=True, eq=False)
class Seen:
    """A row of pictures, and for each what two shipped networks take for the chance of a cat."""

    rgb: np.ndarray  # (m, 16, 16, 3) uint8
    y: np.ndarray  # (m,) 1 cat, 0 dog
    cat: np.ndarray  # (m,) by the network that learned from black ones
    cat_retrained: np.ndarray  # (m,) by the one that learned from all colours
    accuracy: float  # of the first on 400 other animals in this coat
    accuracy_retrained: float


def seen(shift: float, m: int = 8, seed: int = 0, norm: str = "none") -> Seen:
    """Any shift in 0..1, by the shipped networks of the typical seed. Cheap; trains nothing.

    norm "none" or "before" says which learner: without batch norm, or with (frozen statistics).
    None of these animals was among those learned from.
    """
    shown, test = draw(m, shift, seed + SHOWN), draw(N_TEST, shift, over_seeds().typical + TEST)
    black, every = (learners()[norm, retrained] for retrained in (False, True))
    return Seen(
        rgb=shown.rgb,
        y=shown.y,
        cat=_chance(black, shown),
        cat_retrained=_chance(every, shown),
        accuracy=float(right(black, inputs(test.rgb), test.y)),
        accuracy_retrained=float(right(every, inputs(test.rgb), test.y)),
    )


def studied(retrained: bool, m: int = 8) -> Pictures:
    """The first m of the 800 animals that the shipped networks learned from."""
    all_of_them = draw(N_TRAIN, None if retrained else SHIFTS[0], over_seeds().typical)
    return Pictures(all_of_them.rgb[:m], all_of_them.y[:m])


def _chance(network: Network, pictures: Pictures) -> np.ndarray:
    """Softmax of two logits."""
    logits = network.predict(inputs(pictures.rgb)).astype(np.float64)
    return 1 / (1 + np.exp(logits[:, DOG] - logits[:, CAT]))


# --- how it was made ---


def _black_is_learned(found: OverSeeds) -> bool:
    """In every seed, with batch norm and without."""
    return bool(min(found.plain[:, 0].min(), found.frozen[:, 0].min()) > 0.97)


def _colour_is_not(found: OverSeeds) -> bool:
    """Cream animals are guessed at, with batch norm and without; orange ones are often missed."""
    orange = SHIFTS.index(0.7)
    arms = (found.plain, found.frozen)
    return all((arm[:, -1] < 0.6).all() and arm[:, orange].mean() < 0.75 for arm in arms)


def _retraining_repairs(found: OverSeeds) -> bool:
    """In every coat, with batch norm and without; in every seed cream ones are told apart again."""
    pairs = (found.plain_retrained, found.plain), (found.frozen_retrained, found.frozen)
    return all(
        (after.mean(axis=0) > 0.93).all() and (after[:, -1] - before[:, -1] > 0.1).all()
        for after, before in pairs
    )


CLAIMS = {
    "black animals are learned": _black_is_learned,
    "coloured ones are not": _colour_is_not,
    "retraining repairs": _retraining_repairs,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    each = [one_seed(seed) for seed in SEEDS]
    names = [field.name for field in fields(Story) if field.name != "shift"]
    arms = {name: np.stack([getattr(one, name) for one in each]) for name in names}
    found = OverSeeds(seeds=np.array(SEEDS), shift=np.array(SHIFTS), **arms)
    arrays = dict(vars(found))
    for which, name in zip(LEARNERS, _names(), strict=True):
        network = learn(*which, found.typical)
        arrays[f"{name}.params"] = network.params.astype(np.float16)
        arrays[f"{name}.running"] = network.running
    outcome = {
        name: {"mean": arm.mean(axis=0).tolist(), "sd": arm.std(axis=0, ddof=1).tolist()}
        for name, arm in arms.items()
    }
    return arrays, {"outcome": outcome}


def read(arrays: Arrays) -> OverSeeds:
    """The stories; the networks are for `learners`."""
    return OverSeeds(**{field.name: arrays[field.name] for field in fields(OverSeeds)})


EVIDENCE = Evidence(
    "cats",
    {
        "settings": {
            **{"hidden": HIDDEN, "lr": LR, "steps": STEPS, "batch_size": BATCH},
            **{"n_train": N_TRAIN, "n_test": N_TEST, "unlabelled": K},
        },
        "seeds": list(SEEDS),
    },
    measure_all,
    CLAIMS,
    read,
)
