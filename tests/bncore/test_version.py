"""The version stands in the package; what must repeat it repeats it rightly."""

import re
from pathlib import Path

import bncore

ROOT = Path(bncore.__file__).parents[1]


def test_the_version_is_that_of_the_citation_and_the_changelog():
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert cited[1] == bncore.__version__
    assert newest[1] in (bncore.__version__, "Unreleased")
