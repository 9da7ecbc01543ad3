"""Two features of wines, and the bowl that gradient descent has to roll down.

178 wines of three cultivars. A single linear unit says "cultivar 1" (+1) or "another" (−1) from
two of their features, alcohol (about 13 ± .8 % by volume) and magnesium (about 100 ± 14 mg/l):

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


@dataclass(frozen=True, eq=False)
class Wine:
    """All of them, in the order of the source; read-only."""

    x: np.ndarray  # (178, 13) float64, as they were measured; columns as in FEATURES
    y: np.ndarray  # (178,) cultivar 0, 1, 2


@cache
def wine() -> Wine:
    """Read once."""
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Features:
    """The two features as the unit gets them."""

    x: np.ndarray  # (178, 2) alcohol, magnesium
    y: np.ndarray  # (178,) +1 or −1
    mean: np.ndarray  # (2,)
    sd: np.ndarray  # (2,)


def features(scaled: bool) -> Features:
    """Cheap."""
    raise NotImplementedError


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
    lr_limit: float  # 2/(largest eigenvalue): from here on descent in this plane diverges
    lr_limit_with_b: float  # the same where b is learned too


def contours(scaled: bool, points: int = 161) -> Bowl:
    """A rectangle around start and minimum. Cheap (a few ms)."""
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Descent:
    """T steps of gradient descent on all 178 wines. A step that overflows is the last."""

    w: np.ndarray  # (T + 1, 2) alcohol, magnesium
    b: np.ndarray  # (T + 1,) at its best for each w, or learned as well
    loss: np.ndarray  # (T + 1,)
    excess: np.ndarray  # (T + 1,) loss − lowest
    diverged: bool  # the loss ends above where it began
    steps_to_close: int | None  # until 1 % of the first excess is left; None: not in these steps


def descent(scaled: bool, lr: float, steps: int = 100, learn_b: bool = False) -> Descent:
    """From `Bowl.start`. With learn_b, b starts at 0 and is learned like the weights. Cheap."""
    raise NotImplementedError


def all_features_condition(scaled: bool) -> float:
    """Of the second-moment matrix of all 13 features and the 1 that b multiplies."""
    raise NotImplementedError
