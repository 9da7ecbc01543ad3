"""Where the files stand that a browser is given, or that words are read from."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
COMPONENTS = ASSETS / "components"
NOTEBOOKS = ROOT / "notebooks"
