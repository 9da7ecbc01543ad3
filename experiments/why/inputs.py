"""Two features of wines, and the bowl that gradient descent has to roll down.

178 wines of three cultivars. A single linear unit says "the first cultivar" (+1) or "another" (−1)
from two of their features, alcohol (13.0 ± .8) and magnesium (100 ± 14):

    L(w, b) = mean of (w·x + b − y)²/2

A square loss, so that the bowl is the same everywhere: its Hessian is the second-moment matrix of
the inputs (and of the 1 that b multiplies). The contours lie in the plane of the two weights, with
b at its best for every w. Raw and scaled inputs then give the same functions, the same best one
and the same losses; only the axes differ. Scaled: minus mean, divided by standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bncore.data import FOLDER

FEATURES = (
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280_od315",
    "proline",
)
PAIR = ("alcohol", "magnesium")


START = (-1.0, 1.5)  # w where descent begins, for scaled inputs
WINDOW = ((-1.8, 2.0), (-1.6, 2.2))  # of w in the picture, for scaled inputs
CLOSE = 0.01  # of the first excess
ENOUGH = 1e9  # times the first loss: it diverges, and need not be followed any further


@dataclass(frozen=True, eq=False)
class Wine:
    """All of them, in the order of the source; read-only."""

    x: np.ndarray  # (178, 13) float64, as they were measured; columns as in FEATURES
    y: np.ndarray  # (178,) cultivar 0, 1, 2


@cache
def wine() -> Wine:
    """Read once."""
    with np.load(FOLDER / "wine.npz") as file:
        x, y = file["x"], file["y"].astype(np.int64)
    x.flags.writeable = y.flags.writeable = False
    return Wine(x, y)


@dataclass(frozen=True, eq=False)
class Features:
    """The two features as the unit gets them."""

    x: np.ndarray  # (178, 2) alcohol, magnesium
    y: np.ndarray  # (178,) +1 or −1
    mean: np.ndarray  # (2,) of x as it was measured
    sd: np.ndarray  # (2,)


def features(scaled: bool) -> Features:
    """As they were measured, or minus mean and divided by sd."""
    x = wine().x[:, [FEATURES.index(name) for name in PAIR]]
    mean, sd = x.mean(axis=0), x.std(axis=0)
    y = np.where(wine().y == 0, 1.0, -1.0)
    return Features((x - mean) / sd if scaled else x, y, mean, sd)


def condition(hessian: np.ndarray) -> float:
    """Largest eigenvalue by smallest, of a symmetric matrix without negative ones."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    return float(eigenvalues[-1] / eigenvalues[0])


def second_moments(x: np.ndarray) -> np.ndarray:
    """(n + 1, n + 1) of inputs x (m, n) and the 1 that b multiplies: the Hessian over w and b."""
    with_one = np.column_stack([x, np.ones(len(x))])
    return with_one.T @ with_one / len(x)


def all_features_condition(scaled: bool) -> float:
    """Of the bowl over the weights of all 13 features and b."""
    x = wine().x
    return condition(second_moments((x - x.mean(axis=0)) / x.std(axis=0) if scaled else x))


# --- the picture ---


@dataclass(frozen=True, eq=False)
class Bowl:
    """The loss over w, b at its best; `loss[i, j]` belongs to `w_magnesium[i]`, `w_alcohol[j]`."""

    w_alcohol: np.ndarray  # (J,)
    w_magnesium: np.ndarray  # (I,)
    loss: np.ndarray  # (I, J)
    minimum: np.ndarray  # (2,) the best w: alcohol, magnesium
    lowest: float  # the loss there; the same with raw and scaled inputs
    start: np.ndarray  # (2,) where `descent` starts: the same function, raw and scaled
    hessian: np.ndarray  # (2, 2) in this plane: the covariance matrix of the inputs
    condition: float  # its largest eigenvalue by its smallest
    condition_with_b: float  # of the bowl over both weights and b, (3, 3)
    axis_ratio: float  # of the ellipses: longest by shortest, the root of `condition`
    lr_limit: float  # 2/(largest eigenvalue): beyond it descent in this plane diverges
    lr_limit_with_b: float  # the same where b is learned too


def contours(scaled: bool, square: bool = False, points: int = 161) -> Bowl:
    """A rectangle around start and minimum, which holds the same functions raw and scaled.

    Raw, it is some 18 times as wide as it is high. With `square` both axes span as much, so that
    the true shape of the bowl fits a square picture. A few milliseconds.
    """
    known, unit = features(scaled), units(scaled)
    hessian, whole = np.cov(known.x.T, bias=True), second_moments(known.x)
    minimum = np.linalg.solve(hessian, (known.x - known.x.mean(axis=0)).T @ known.y / len(known.y))
    lowest = float(loss(known, minimum))
    axes = [np.linspace(low, high, points) for low, high in _window(unit, square)]
    away = np.stack(np.meshgrid(*axes), axis=-1) - minimum
    bowl = lowest + np.einsum("...i,ij,...j->...", away, hessian, away) / 2
    return Bowl(
        w_alcohol=axes[0],
        w_magnesium=axes[1],
        loss=bowl,
        minimum=minimum,
        lowest=lowest,
        start=np.array(START) * unit,
        hessian=hessian,
        condition=condition(hessian),
        condition_with_b=condition(whole),
        axis_ratio=float(np.sqrt(condition(hessian))),
        lr_limit=_limit(hessian),
        lr_limit_with_b=_limit(whole),
    )


def loss(known: Features, w: np.ndarray, b: float | None = None) -> float:
    """L(w, b); without b at its lowest over b."""
    return float(np.square(_errors(known, w, best_b(known, w) if b is None else b)).mean() / 2)


def best_b(known: Features, w: np.ndarray) -> float:
    """What makes the mean error 0."""
    return float(known.y.mean() - known.x.mean(axis=0) @ w)


def _errors(known: Features, w: np.ndarray, b: float) -> np.ndarray:
    return known.x @ w + b - known.y


def units(scaled: bool) -> np.ndarray:
    """(2,) what a weight of 1 on scaled inputs is on these: w x/sd = (w/sd) x."""
    return np.ones(2) if scaled else 1 / features(scaled).sd


def _window(unit: np.ndarray, square: bool) -> np.ndarray:
    """(2, 2) ends of the weight of alcohol, and of magnesium."""
    ends = np.array(WINDOW) * unit[:, None]
    half = np.diff(ends).max() / 2 if square else np.diff(ends) / 2
    return ends.mean(axis=1, keepdims=True) + half * np.array([-1, 1])


def _limit(hessian: np.ndarray) -> float:
    return float(2 / np.linalg.eigvalsh(hessian)[-1])


# --- the way down ---


@dataclass(frozen=True, eq=False)
class Descent:
    """T steps of gradient descent on all 178 wines; where it diverges T may be less than asked."""

    w: np.ndarray  # (T + 1, 2) alcohol, magnesium
    b: np.ndarray  # (T + 1,) at its best for each w, or learned as well
    loss: np.ndarray  # (T + 1,)
    excess: np.ndarray  # (T + 1,) loss − lowest
    diverged: bool  # the loss ends above where it began
    steps_to_close: int | None  # until 1 % of the first excess is left; None: not in these steps


def descent(
    scaled: bool,
    lr: float,
    steps: int = 100,
    learn_b: bool = False,
    start: tuple[float, float] = START,
) -> Descent:
    """From `start`, b at its best; with learn_b it is from there learned like the weights.

    The start is said for scaled inputs: the same function in all four cases. Some 10 µs a step.
    """
    known, w = features(scaled), np.array(start) * units(scaled)
    b = best_b(known, w)
    path = [(*w, b, loss(known, w, b))]
    for _ in range(steps):
        errors = _errors(known, w, b)
        w = w - lr * (known.x.T @ errors) / len(errors)
        b = b - lr * float(errors.mean()) if learn_b else best_b(known, w)
        path.append((*w, b, loss(known, w, b)))
        if path[-1][-1] > ENOUGH * path[0][-1]:
            break
    *ws, bs, losses = np.array(path).T
    excess = losses - _lowest(known)
    close = np.flatnonzero(excess <= CLOSE * excess[0])
    return Descent(
        w=np.column_stack(ws),
        b=bs,
        loss=losses,
        excess=excess,
        diverged=bool(losses[-1] > losses[0]),
        steps_to_close=int(close[0]) if len(close) else None,
    )


def _lowest(known: Features) -> float:
    centred = known.x - known.x.mean(axis=0)
    return loss(known, np.linalg.lstsq(centred, known.y, rcond=None)[0])
