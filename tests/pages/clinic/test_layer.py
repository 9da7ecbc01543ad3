"""Bring your layer: from the file that a library wrote to the words of a page.

Files are read by the browser's own modules, in Node, and go through the reader that the component
has declared; what Node read is compared with what NumPy reads.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from experiments.clinic import exports, patients
from experiments.clinic.doctor import Finding, Patient, examine
from pages.clinic import LESSON, brought, found
from pages.clinic.found import WORDS, pictured, report, told
from tests.assets.node import needed, run
from tests.complete import languages
from tests.pages.helpers import ROOT, cells, healthy, open_lesson, said
from tests.ui.hostile import HOSTILE
from tests.visits import send
from ui import text
from ui.files import COMPONENTS
from ui.outside import Unreadable
from ui.text import names, read_as, t

FIXTURES = ROOT / "tests" / "fixtures"
MODULES = COMPONENTS / "layerfile"
#: what is to be found in each file that PyTorch, Keras and Flax wrote
WRITTEN: dict[str, set[str]] = {
    "layers_torch.npz": set(),
    "layers_torch.safetensors": set(),
    "layers_torch_batch.npz": set(),
    "layers_torch_conv.npz": set(),
    "layers_keras.npz": set(),
    "layers_flax.npz": set(),
    "layers_torch_complement.npz": {"momentum"},
    "layers_torch_start.npz": {"start"},
    "layers_torch_still.npz": {"disagree"},
    "layers_torch_scaled.npz": {"disagree"},
    "layers_torch_broken.npz": {"gamma_zero", "not_finite"},
}


@pytest.fixture(scope="module")
def sent() -> dict[str, str]:
    """What the browser would send of each file, as JSON."""
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ contents }} from "{(MODULES / "file.js").as_uri()}";
        for (const name of {json.dumps(list(WRITTEN))}) {{
          const file = new Blob([readFileSync({json.dumps(str(FIXTURES))} + "/" + name)]);
          console.log(JSON.stringify(await contents(Object.assign(file, {{ name }}))));
        }}
    """
    return dict(zip(WRITTEN, run(script).splitlines(), strict=True))


def patient(sent: str) -> Patient:
    return brought.patient(brought.SENT(json.loads(sent)))


def scene(lang: str = "en", drawer: bool = False, **query: object) -> AppTest:
    return open_lesson(LESSON, ("more-layer",) if drawer else (), scene="layer", lang=lang, **query)


def mounted(at: AppTest) -> dict:
    """What the picture was given."""
    (one,) = [c for c in at.get("bidi_component") if c.proto.component_name == "lanes"]
    return json.loads(one.proto.json)


# --- files of other libraries ---


@needed
@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_library_wrote_is_read_as_numpy_reads_it(name: str, sent: dict[str, str]) -> None:
    read = patient(sent[name])
    if name.endswith("npz"):
        with np.load(FIXTURES / name) as file:
            arrays = {key.replace("/", "."): np.asarray(file[key], float) for key in file.files}
        ends = {"running_mean": ("running_mean", "moving_mean", "mean")}
        ends |= {"running_var": ("running_var", "moving_variance", "var")}
        ends |= {"gamma": ("weight", "gamma", "scale"), "beta": ("bias", "beta"), "z": ("z",)}
        for layer in read.layers:
            for part, leaves in ends.items():
                mine = {f"{head}{layer.name}.{leaf}" for leaf in leaves for head in HEADS}
                stored = [arrays[key] for key in mine & set(arrays)]
                value = getattr(layer, part)
                assert (value is None) == (not stored)
                if stored:
                    np.testing.assert_array_equal(value, stored[0])
        assert read.m == arrays["m"]
    assert {one.code for one in examine(read)} == WRITTEN[name]


HEADS = ("", "params.", "batch_stats.")


def test_the_lines_to_copy_are_those_that_were_run() -> None:
    stored = json.loads((FIXTURES / "layers_lines.json").read_text("utf-8"))
    assert stored == exports.SNIPPETS
    for lines in exports.SNIPPETS.values():
        compile(lines, "lines", "exec")
        assert max(map(len, lines.splitlines())) <= 100
    assert all(len(exports.SNIPPETS[each].splitlines()) == 3 for each in ("torch", "keras", "flax"))


# --- what a browser may send ---


def test_the_bounds_are_the_browsers() -> None:
    (inside,) = re.findall(r"MOST = \{(.*?)\}", (MODULES / "refused.js").read_text("utf-8"), re.S)
    most = {name: eval(value) for name, value in re.findall(r"(\w+): ([^,]+),", inside + ",")}
    assert (most["layers"], most["units"], most["kept"]) == (
        *(brought.LAYERS, brought.UNITS, brought.KEPT),
    )
    assert (most["examples"], most["taken"]) == (brought.EXAMPLES, brought.TAKEN)
    assert most["bytes"] == brought.MOST_BYTES


def refusals() -> dict[str, set[str]]:
    """Every code with which a file is refused, and the fields that come with it."""
    found: dict[str, set[str]] = {}
    for file in MODULES.glob("*.js"):
        for code, fields in re.findall(
            r'new Refused\("(\w+)"(?:, \{([^}]*)\})?', file.read_text("utf-8")
        ):
            names = {part.split(":")[0].strip() for part in fields.split(",") if part.strip()}
            found[code] = found.get(code, names) & names
    # a code that is chosen in place
    return found | {"half": set(), "no_layers": set()}


@pytest.mark.parametrize("lang", languages())
def test_every_refusal_has_one_sentence_and_every_sentence_a_refusal(lang: str) -> None:
    codes = refusals()
    assert set(names(f"{WORDS}.refused")) == set(codes)
    with read_as(lang, "light"):
        for code, fields in codes.items():
            given = dict.fromkeys(fields, "7")
            sentence = brought.refusal(code, given).sentence()
            assert sentence.endswith((".", "요.", "다.")) and "[[" not in sentence


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_from_a_file_stays_text(hostile: str) -> None:
    with read_as("en", "light"):
        sentence = brought.refusal("objects", {"name": hostile[:60]}).sentence()
    shown = sentence.removeprefix("The array ").partition(" holds")[0]
    plain = re.fullmatch(r"[\w ,…]+|`.*`", shown, re.S)
    assert plain, shown


def one_layer(**other: object) -> dict[str, object]:
    row = "AAAAAAAAAAA="
    parts = {"name": "bn", "kind": "torch", "n": 1, "mean": row, "var": row}
    return {"layers": [parts | other]}


@pytest.mark.parametrize(
    "other",
    [
        {"n": 2},
        {"n": 0},
        {"n": 2**40},
        {"mean": "not base64!"},
        {"mean": "AAAA"},
        {"mean": None},
        {"kind": "caffe"},
        {"z": {"m": 1, "n": 2, "data": "AAAAAAAAAAA="}},
        {"z": {"m": 2, "n": 1, "data": "AAAA"}},
        {"z": {"m": 2**50, "n": 1, "data": ""}},
        {"eps": float("nan")},
        {"eps": "1e-5"},
        {"momentum": 10**400},
        {"name": "x" * 65},
    ],
)
def test_what_no_browser_of_ours_sends_is_unreadable(other: dict[str, object]) -> None:
    brought.patient(brought.SENT(one_layer()))
    with pytest.raises(Unreadable):
        brought.patient(brought.SENT(one_layer(**other)))


def test_all_of_it_is_bounded_together() -> None:
    row = brought.base64.b64encode(bytes(8 * brought.UNITS)).decode()
    many = {"layers": [one_layer(n=brought.UNITS, mean=row, var=row)["layers"][0]] * 17}
    with pytest.raises(Unreadable):
        brought.patient(brought.SENT(many))


# --- words ---


def everything() -> list[tuple[Patient, Finding]]:
    """A finding of each kind, as the planted faults bring it about; and in other forms."""
    shown = []
    for fault in patients.FAULTS.values():
        ill = fault.plant(patients.case(patients.train(fault.setting, [5, 6]), 0, 5))
        shown += [(ill, one) for one in examine(ill)]
    row = [0.5, 0.25]
    layer = patients.Layer("bn", row, row, gamma=[0, 0], momentum=0.9)
    slow = patients.Layer("bn", row, [0.5, 0.0], momentum=0.01, updates=3)
    for one in (Patient((layer,)), Patient((slow,))):
        shown += [(one, finding) for finding in examine(one)]
    return shown


def test_every_finding_is_told_in_every_language() -> None:
    told_of = set()
    for ill, one in everything():
        for lang in languages():
            with read_as(lang, "light"):
                name, why = told(one, ill)
            assert name and "[[" not in why
            told_of.add((one.code, found._variant(one)))
    labels = text._labels("en", str(LESSON))["layer"]["found"]
    assert told_of == {
        (code, form) for code, forms in labels.items() for form in forms if form != "name"
    }


def test_units_are_named_or_counted() -> None:
    with read_as("en", "light"):
        assert found.units((4,), 9) == "unit 4"
        assert found.units((0, 1), 2) == "all 2 units"
        assert found.units(tuple(range(8)), 9) == "units 0, 1, 2, 3, 4, 5 and 2 more"


# --- the page ---


@pytest.mark.parametrize("lang", languages())
def test_the_example_is_ill_where_it_was_made_ill_and_its_twin_is_not(lang: str) -> None:
    shipped = patients.EVIDENCE.shipped
    at = healthy(scene(lang, drawer=True))
    shown = mounted(at)
    assert [bool(lane["findings"]) for lane in shown["lanes"]] == [True, False, True]
    first, _, last = shown["lanes"]
    assert last["sick"] == np.flatnonzero(shipped.ill.layers[2].gamma == 0).tolist()
    for lane, layer in zip(shown["lanes"], shipped.ill.layers, strict=True):
        np.testing.assert_allclose(lane["mean"], layer.running_mean, rtol=1e-3)
        np.testing.assert_allclose(np.square(lane["sd"]), layer.running_var, rtol=1e-3)
        np.testing.assert_allclose(
            lane["batch"]["mean"], layer.z.mean(axis=0), rtol=1e-3, atol=1e-3
        )
        np.testing.assert_allclose(lane["batch"]["sd"], layer.z.std(axis=0, ddof=1), rtol=1e-3)
    unit = np.argmax(
        np.abs(shipped.ill.layers[0].running_mean - shipped.ill.layers[0].z.mean(axis=0))
    )
    assert int(unit) in first["sick"]
    rates = [float(value) for value in cells(at, "doctor")]
    assert rates == [float(each.mean()) for each in shipped.named.values()]
    well = healthy(scene(lang, patient="healthy"))
    assert not any(lane["findings"] for lane in mounted(well)["lanes"])


@needed
def test_a_file_is_shown_and_a_refused_one_leaves_it_there(sent: dict[str, str]) -> None:
    at = scene()
    send(at, "layerfile", "file", sent["layers_torch_broken.npz"])
    healthy(at)
    assert [lane["name"] for lane in mounted(at)["lanes"]] == ["1", "4"]
    assert [lane["sick"] for lane in mounted(at)["lanes"]] == [[2, 7], [3]]
    assert mounted(at)["lanes"][1]["sd"][3] is None  # NaN, drawn as what it is
    send(at, "layerfile", "file", '{"error": "pickle", "fields": {}}')
    assert [box.value for box in at.error] == [t(f"{WORDS}.refused.pickle")]
    assert [lane["name"] for lane in mounted(at)["lanes"]] == ["1", "4"]
    send(at, "layerfile", "file", sent["layers_torch.npz"])
    healthy(at)
    assert t(f"{WORDS}.count.well", layers=2, ill=0) in said(at)


def test_a_link_to_a_file_of_ones_own_asks_for_it() -> None:
    """It was kept nowhere, so a link does not lead to it."""
    at = healthy(scene(patient="own"))
    assert [box.value for box in at.info] == [t(f"{WORDS}.no_file")]


def test_the_report_says_all_that_the_page_says() -> None:
    ill = patients.EVIDENCE.shipped.ill
    findings = examine(ill)
    for lang in languages():
        with read_as(lang, "light"):
            body, lanes = report(ill, findings), pictured(ill, findings)["lanes"]
        for lane in lanes:
            assert lane["name"] in body
            assert all(one["why"] in body for one in lane["findings"])
        assert all(one.code in body for one in findings)


def test_of_many_layers_the_ill_ones_come_first() -> None:
    well = [patients.Layer(f"bn{k}", [0.1, 0.2], [1.0, 2.0]) for k in range(9)]
    ill = patients.Layer("ill", [0.1, 0.2], [1.0, -2.0])
    known = Patient((*well, ill))
    with read_as("en", "light"):
        lanes = pictured(known, examine(known))["lanes"]
    assert [lane["name"] for lane in lanes][:2] == ["ill", "bn0"]


def test_files_are_named_in_one_place() -> None:
    assert {file.name for file in FIXTURES.glob("layers_*") if file.suffix != ".json"} == set(
        WRITTEN
    )
    assert Path(MODULES / "file.js").is_file()
