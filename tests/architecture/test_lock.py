"""What a deployment installs is what the app asks for."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def locked() -> dict[str, str]:
    found = (re.match(r"([\w.-]+)==(\S+)", line) for line in lines("requirements.lock"))
    return {match[1].lower(): match[2] for match in found if match}


def test_the_lock_fits_what_is_asked_for() -> None:
    for line in lines("requirements.txt"):
        asked = Requirement(line)
        assert asked.specifier.contains(locked()[asked.name]), line


def test_every_package_of_the_lock_has_its_hashes() -> None:
    packages = lines("requirements.lock")
    assert len(packages) == len(locked()) > 20
    assert all("--hash=sha256:" in package for package in packages)
