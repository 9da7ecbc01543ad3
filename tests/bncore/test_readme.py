"""The README's lines for the library run as they stand there."""

import re
from pathlib import Path

import bncore

README = Path(bncore.__file__).parents[1] / "README.md"


def lines() -> str:
    """The first block of Python under the library's heading."""
    found = re.search(
        r"^## As a library\n.*?^```python\n(.*?)^```",
        README.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert found, "README.md has no block of Python under '## As a library'"
    return found[1]


def test_the_lines_run_and_keep_what_their_comments_say(capsys):
    program = lines()
    assert len(program.splitlines()) <= 15
    now: dict = {}
    exec(compile(program, "README.md", "exec"), now)
    said, offset = capsys.readouterr().out.splitlines()
    model, score = said.rsplit(maxsplit=1)
    assert model == repr(now["model"]) and float(score) > 0.9
    assert float(offset) < 1e-3 and abs(now["now"].logits).max() > 1
    assert now["digits"].x_train.shape == (1347, 64) and now["digits"].x_train.max() == 1
    assert now["z_tilde"].shape == now["dz"].shape == (60, 64)
    assert abs(now["z_tilde"].mean(axis=0)).max() < 1e-5
    assert now["alone"].shape == (1, 64) and (now["bn"].running_mean > 0).any()
