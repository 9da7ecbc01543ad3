"""What a fresh server has touched when its first visitor has seen the start page.

Run as a process of its own by `test_start.py`; prints JSON: modules of the house, files opened.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
opened: list[str] = []


def watch(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])


sys.addaudithook(watch)
sys.path.insert(0, str(ROOT))

from streamlit.testing.v1 import AppTest  # noqa: E402

import app  # noqa: E402, F401  the server's own import
from tests.visits import visit  # noqa: E402

lesson = sys.argv[1]
at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
if lesson != "home":
    visit(at, lesson)
at.run()
assert not at.exception, at.exception

house = ("bncore", "experiments", "figures", "ui", "pages")
print(
    json.dumps(
        {
            "modules": sorted(name for name in sys.modules if name.split(".")[0] in house),
            "pandas": "pandas" in sys.modules,
            "assets": sorted(
                {
                    Path(name).resolve().relative_to(ROOT).as_posix()
                    for name in opened
                    if Path(name).resolve().is_relative_to(ROOT / "assets")
                }
            ),
        }
    )
)
