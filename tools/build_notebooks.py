"""Write notebooks/<language>/<lesson>.ipynb from assets/notebooks and the code that lessons show.

    python -m tools.build_notebooks        (make notebooks)

A notebook's text is a Markdown file for each language. Its fenced blocks are cells:

    ```python      code, as it stands
    ```source      dotted names of functions in `experiments`, one a line: their source, with all
                   that they lean on (`tools.closure`), so that the notebook needs `bncore` alone
    ```exercise    what the reader is to complete …
    ```check       … and what must hold then

The blocks are the same in every language; a test compares them, runs them from top to bottom, and
has a solution for each exercise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tools.closure import Closure

ROOT = Path(__file__).resolve().parent.parent
TEXTS, NOTEBOOKS = ROOT / "assets" / "notebooks", ROOT / "notebooks"
FUTURE = "from __future__ import annotations"
FENCE = re.compile(r"^```(python|source|exercise|check)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Cell(NamedTuple):
    kind: str  # "text" or what its fence says
    text: str


def written(language: str, lesson: str) -> list[Cell]:
    """The cells as their author wrote them."""
    cells, rest = [], (TEXTS / language / f"{lesson}.md").read_text("utf-8")
    while found := FENCE.search(rest):
        cells += [Cell("text", rest[: found.start()].strip()), Cell(found[1], found[2].strip("\n"))]
        rest = rest[found.end() :]
    cells.append(Cell("text", rest.strip()))
    return [cell for cell in cells if cell.text]


def complete(cells: list[Cell]) -> list[Cell]:
    """With the code that is shown in its place, and what all of it imports after the title."""
    closure, found = Closure(), []
    for cell in cells:
        if cell.kind == "source":
            texts = [text for path in cell.text.split() for text in closure.add(path)]
            found.append(Cell("source", "\n\n\n".join([FUTURE, *texts])))
        else:
            found.append(cell)
    return [found[0], Cell("python", "\n".join(closure.imports())), *found[1:]]


def notebook(cells: list[Cell], language: str) -> dict[str, Any]:
    """As Jupyter reads it, version 4.5."""
    return {
        "cells": [_cell(number, *cell) for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "lang": language,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    common = {"id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    if kind == "text":
        return {"cell_type": "markdown", **common}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **common}


def all_notebooks() -> Iterator[tuple[Path, str]]:
    """Where each stands, and its text."""
    for file in sorted(TEXTS.glob("*/*.md")):
        language, lesson = file.parent.name, file.stem
        found = notebook(complete(written(language, lesson)), language)
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        yield NOTEBOOKS / language / f"{lesson}.ipynb", text


def main() -> None:
    for file, text in all_notebooks():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        print(file.relative_to(ROOT))


if __name__ == "__main__":
    main()
