"""Cut the three faces in static/fonts/ out of Pretendard and JetBrains Mono.

    make fonts

Needs npm, and the packages in requirements-fonts.txt. Pretendard becomes two files, so that an
English page does not load Korean; both mono and sans keep a weight axis from 400 to 700. What each
file holds is said below, once, as the characters it keeps.

The files carry names of our own, "Lab Sans" and "Lab Mono", since the licence of Pretendard
reserves its name for the unmodified font; copyright and licence stay in each file and beside it.
"""

import hashlib
import io
import re
import subprocess
import tarfile
import tempfile
from importlib.resources import files
from pathlib import Path

from fontTools.otlLib.builder import buildStatTable
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "static" / "fonts"
CONFIG = ROOT / ".streamlit" / "config.toml"
PRETENDARD = "pretendard@1.3.9"
PRETENDARD_TTF = "package/dist/public/variable/PretendardVariable.ttf"
PRETENDARD_LICENCE = "package/dist/LICENSE.txt"
LIGHTEST, BOLDEST = 400, 700

# No calt and no liga: they would turn "->" into an arrow and "!=" into one sign, and a learner
# should see the characters that stand in the code.
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk", "tnum", "sups", "subs", "zero"]

LATIN_AND_GREEK = [(0x20, 0x7E), (0xA0, 0x17F), (0x2C6, 0x2DD), (0x300, 0x30C), (0x370, 0x3FF)]
HATTED = [(0x1E90, 0x1E91), (0x1EF8, 0x1EF9), (0x1EBC, 0x1EBD)]
PUNCTUATION = [(0x2000, 0x206F), (0x20A9, 0x20A9), (0x20AC, 0x20AC)]
HIGH_AND_LOW = [(0x1D62, 0x1D6A), (0x2070, 0x209C), (0x2C7C, 0x2C7C)]
MATH = [(0x2100, 0x214F), (0x2150, 0x215E), (0x2190, 0x21FF), (0x2200, 0x22FF)]
SHAPES = [(0x25A0, 0x25FF), (0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2718)]
BOX_DRAWING = [(0x2500, 0x2594)]
CJK_PUNCTUATION = [(0x3000, 0x301F), (0x3131, 0x3163), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6)]

# The language switch says 한국어 on every page; from the Latin file, it costs an English page
# nothing more.
KOREAN_IN_KOREAN = "한국어"


def characters(*blocks: list[tuple[int, int]]) -> set[int]:
    return {code for block in blocks for first, last in block for code in range(first, last + 1)}


def everyday_hangul() -> set[int]:
    """The 2350 syllables of KS X 1001 (Python's codec spells all others with eight bytes)."""
    return {c for c in range(0xAC00, 0xD7A4) if len(chr(c).encode("euc_kr")) == 2}


def subset(font: TTFont, keep: set[int]) -> TTFont:
    options = Options()
    options.layout_features = FEATURES
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=keep)
    subsetter.subset(font)
    return font


def rename(font: TTFont, family: str) -> None:
    compact = family.replace(" ", "")
    for record in list(font["name"].names):
        if record.nameID not in (0, 5, 13, 14):
            font["name"].removeNames(record.nameID)
    names = {1: family, 2: "Regular", 3: compact, 4: family, 6: f"{compact}-Regular"}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    describe_weight(font)


def describe_weight(font: TTFont) -> None:
    """Say anew what the axis and its weights are called.

    The names to which the old tables point are gone, and a browser that checks discards those
    tables: Firefox, with a warning for each face. Named instances are of no use to a web page.
    """
    font["fvar"].instances = []
    weights = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
    values = [
        {"value": weight, "name": name, "flags": 2 if name == "Regular" else 0}  # 2: elidable
        for weight, name in weights.items()
    ]
    axis = {"tag": "wght", "name": "Weight", "values": values}
    buildStatTable(font, [axis], elidedFallbackName="Regular", macNames=False)
    stat = font["STAT"].table
    font["fvar"].axes[0].axisNameID = stat.DesignAxisRecord.Axis[0].AxisNameID


def build(source: Path, keep: set[int], family: str, name: str) -> None:
    font = TTFont(source, recalcTimestamp=False)
    subset(font, keep)
    font = instantiateVariableFont(font, {"wght": (LIGHTEST, BOLDEST)}, updateFontNames=False)
    rename(font, family)
    font.flavor = "woff2"
    file = io.BytesIO()
    font.save(file)
    place = put(name, file.getvalue())
    print(f"{place}: {len(font.getBestCmap())} characters, {file.tell() / 1024:.0f} KB")


def put(name: str, data: bytes) -> str:
    """Write a font under a name that says what is in it, and tell the theme that name."""
    for old in FOLDER.glob(f"{name}.*.woff2"):
        old.unlink()
    place = f"{name}.{hashlib.sha256(data).hexdigest()[:8]}.woff2"
    (FOLDER / place).write_bytes(data)
    told = re.sub(rf"{name}[.][0-9a-f]{{8}}[.]woff2", place, CONFIG.read_text("utf-8"))
    CONFIG.write_text(told, "utf-8")
    return place


def fetch_pretendard(folder: str) -> Path:
    """The variable font out of the npm package, its licence copied into static/fonts/."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", PRETENDARD], cwd=folder, check=True, capture_output=True
    )
    with tarfile.open(Path(folder, packed.stdout.decode().strip())) as package:
        for member in (PRETENDARD_TTF, PRETENDARD_LICENCE):
            package.extract(member, folder, filter="data")
    licence = Path(folder, PRETENDARD_LICENCE).read_bytes()
    (FOLDER / "LICENSE-pretendard.txt").write_bytes(licence)
    return Path(folder, PRETENDARD_TTF)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    latin = characters(LATIN_AND_GREEK, HATTED, PUNCTUATION, HIGH_AND_LOW, MATH, SHAPES)
    switch = {ord(c) for c in KOREAN_IN_KOREAN}
    hangul = (everyday_hangul() | characters(CJK_PUNCTUATION)) - switch
    with tempfile.TemporaryDirectory() as folder:
        pretendard = fetch_pretendard(folder)
        build(pretendard, latin | switch, "Lab Sans", "lab-sans-latin")
        build(pretendard, hangul, "Lab Sans", "lab-sans-hangul")

    package = Path(str(files("fontpkg_jetbrains_mono")))
    (FOLDER / "LICENSE-jetbrains-mono.txt").write_bytes((package / "LICENSE").read_bytes())
    mono = latin | characters(BOX_DRAWING)
    build(package / "files" / "JetBrainsMono[wght].ttf", mono, "Lab Mono", "lab-mono")


if __name__ == "__main__":
    main()
