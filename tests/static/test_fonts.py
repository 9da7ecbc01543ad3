"""The fonts hold every letter that the app's texts use, and the theme sends browsers to them."""

import tomllib
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "static" / "fonts"
LIMIT_KB = {"lab-sans-latin": 120, "lab-sans-hangul": 900, "lab-mono": 60}


def file(name):
    """The one file of a face: a hash of its content stands in its name."""
    (found,) = FONTS.glob(f"{name}.*.woff2")
    return found


@cache
def holds(name):
    return set(TTFont(file(name)).getBestCmap())


def in_range(code, unicode_range):
    """Whether a CSS unicode-range such as "U+20-7E, U+AC00" has `code` in it."""
    for part in unicode_range.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        if int(first, 16) <= code <= int(last or first, 16):
            return True
    return False


def letters_in_texts():
    """Letters and figures (not emoji, not rare signs) of all locale files."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "assets" / "locales").rglob("*")
        if path.suffix in {".md", ".toml"}
    ]
    return {c for text in texts for c in text if unicodedata.category(c)[0] in "LN"}


@pytest.mark.parametrize("name", LIMIT_KB)
def test_a_face_stays_small_and_variable(name):
    assert file(name).stat().st_size <= LIMIT_KB[name] * 1024
    (weight,) = TTFont(file(name))["fvar"].axes
    assert (weight.axisTag, weight.minValue, weight.maxValue) == ("wght", 400, 700)


def test_the_faces_hold_every_letter_of_the_texts():
    sans = holds("lab-sans-latin") | holds("lab-sans-hangul")
    missing = {c for c in letters_in_texts() if ord(c) not in sans}
    assert not missing, f"not in Lab Sans: {sorted(missing)}; see tools/build_fonts.py"


def test_formula_signs_are_in_both_families():
    signs = {ord(c) for c in "μσγβε²√±×÷≤≥≠≈∞→←↑↓·…–—′∂∑−₀₁₂₃\u0303"}
    assert signs <= holds("lab-sans-latin")
    assert signs <= holds("lab-mono")


def test_the_theme_sends_each_letter_to_one_face_that_has_it():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    faces = [face for face in config["theme"]["fontFaces"] if face["family"] == "Lab Sans"]
    assert len(config["theme"]["fontFaces"]) == len(LIMIT_KB)
    for letter in letters_in_texts() | set("한국어"):
        asked = [face for face in faces if in_range(ord(letter), face["unicodeRange"])]
        assert len(asked) == 1, letter
        assert ord(letter) in holds(Path(asked[0]["url"]).name.split(".")[0]), letter


def test_an_english_page_loads_no_korean_file():
    latin = holds("lab-sans-latin")
    hangul = holds("lab-sans-hangul")
    assert {ord(c) for c in "한국어"} <= latin
    assert not latin & hangul


@pytest.mark.parametrize("name", LIMIT_KB)
def test_every_name_to_which_a_table_points_stands_in_the_face(name):
    """A browser that checks fonts discards a table whose names are missing."""
    font = TTFont(file(name))
    stat = font["STAT"].table
    axes, values = stat.DesignAxisRecord.Axis, stat.AxisValueArray.AxisValue
    asked = {stat.ElidedFallbackNameID, *(axis.AxisNameID for axis in axes)}
    asked |= {value.ValueNameID for value in values}
    asked |= {axis.axisNameID for axis in font["fvar"].axes}
    asked |= {instance.subfamilyNameID for instance in font["fvar"].instances}
    assert asked <= {record.nameID for record in font["name"].names}
    # what is described are the axes that the face has, and no other
    assert [axis.AxisTag for axis in axes] == [axis.axisTag for axis in font["fvar"].axes]
