"""What Python packs for the start picture and the replay is what the browser unpacks."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from experiments import presets
from experiments.home import hero
from experiments.replay import MANTISSA, SENT, Follower, replay
from tests.assets.node import needed, run
from ui.files import COMPONENTS

pytestmark = needed


def unpacked(module: str, call: str, packed: bytes, folder: Path, names: tuple[str, ...]):
    """Arrays by name as the module leaves them, and the rest of what it knows."""
    (folder / "packed").write_bytes(packed)
    script = f"""
        import {{ readFileSync, writeFileSync }} from "node:fs";
        import {{ unpack }} from "{(COMPONENTS / module).as_uri()}";
        const folder = {json.dumps(str(folder))};
        const bytes = new Uint8Array(readFileSync(folder + "/packed"));
        const run = await unpack({call});
        const kinds = {{}};
        for (const name of {json.dumps(names)}) {{
          writeFileSync(folder + "/" + name, new Uint8Array(run[name].buffer.slice(
            run[name].byteOffset, run[name].byteOffset + run[name].byteLength)));
          kinds[name] = run[name].constructor.name.slice(0, -5).toLowerCase();
          delete run[name];
        }}
        console.log(JSON.stringify([kinds, run]));
    """
    kinds, rest = json.loads(run(script))
    arrays = {name: np.fromfile(folder / name, kinds[name]) for name in names}
    return arrays, rest


@pytest.mark.parametrize("name", ["plain_dead", "deep_relu"])
def test_a_replay(name: str, tmp_path: Path) -> None:
    wanted = replay(presets.load(name))
    arrays, rest = unpacked("replay/run.js", "bytes", wanted.to_bytes(), tmp_path, SENT)
    for field in SENT:
        array = getattr(wanted, field)
        found = arrays[field].reshape(array.shape)
        if array.dtype.kind == "f":
            np.testing.assert_allclose(found, array, rtol=2.0**-MANTISSA, err_msg=field)
        else:
            np.testing.assert_array_equal(found, array, field)
    assert (rest["frames"], rest["layers"]) == wanted.counts.shape[0:3:2]
    assert (rest["bins"], rest["examples"]) == (wanted.counts.shape[3], wanted.examples)
    assert (tuple(rest["ended"]), tuple(rest["diverged"])) == (wanted.ended, wanted.diverged)


def test_a_start_picture(tmp_path: Path) -> None:
    wanted = hero.hero(hero.RUNS[0])
    names = ("share", "ink")
    arrays, rest = unpacked("home/run.js", '"a run", bytes', wanted.to_bytes(), tmp_path, names)
    values = wanted.low + arrays["share"].astype(float) * (wanted.high - wanted.low)
    step = (wanted.high - wanted.low) / hero.LEVELS
    np.testing.assert_allclose(values.reshape(wanted.values.shape), wanted.values, atol=0.51 * step)
    ink = arrays["ink"].reshape(wanted.images.shape) / 255
    np.testing.assert_allclose(ink, wanted.images, atol=1 / 30 + 1e-6)
    assert (rest["name"], rest["last"]) == ("a run", len(wanted.steps) - 1)


def test_parts_of_a_run_join_to_the_run(tmp_path: Path) -> None:
    """In the browser's own code, to the last bit: those that add frames and those that replace."""
    pair = presets.load("plain_dead")
    follower, parts = Follower(pair.config), []
    for step in (1, 9, 60, 150, 220, 260, 300):
        found = follower.follow(pair.upto(step))
        assert found is not None
        since, frames = found
        parts.append(frames.to_bytes(since, 1))
    assert {json.loads(zlib.decompress(part).split(b"\n")[0])["since"] > 0 for part in parts} == {
        True,
        False,
    }
    for k, part in enumerate(parts):
        (tmp_path / f"part{k}").write_bytes(part)
    (tmp_path / "whole").write_bytes(replay(pair).to_bytes())
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ joined, unpack }} from "{(COMPONENTS / "replay/run.js").as_uri()}";
        const folder = {json.dumps(str(tmp_path))};
        const read = name => unpack(new Uint8Array(readFileSync(folder + "/" + name)));
        let run;
        for (let k = 0; k < {len(parts)}; k++) {{
          const part = await read("part" + k);
          run = run ? joined(run, part) : part;
        }}
        const whole = await read("whole");
        const same = Object.keys(whole).filter(name =>
          name === "arrays" || JSON.stringify(Array.from(whole[name] ?? [])) ===
          JSON.stringify(Array.from(run[name] ?? [])) && String(whole[name]) === String(run[name]));
        console.log(JSON.stringify([Object.keys(whole), same, run.frames]));
    """
    wanted, same, frames = json.loads(run(script))
    assert same == wanted and frames == len(pair.bn.step)
