"""How many numbers a hidden layer learns: with batch norm, γ and β come and b goes."""

from __future__ import annotations

import html

import streamlit as st

from experiments.network.little import SIZES, Count, parameter_counts
from figures.theme import COLOURS, colour
from pages.network import LESSON
from ui import page, tables, text
from ui.scenes import Moment
from ui.tables import Cell
from ui.text import t

#: by arm: where batch norm stands, whether b is left in, and which guess means that
ARMS: dict[str, tuple[str, bool, str]] = {
    "plain": ("none", False, "same"),
    "kept": ("before", True, "hundred"),
    "own": ("before", False, "fifty"),
}
MARKED = tuple(guess for *_, guess in ARMS.values())
KINDS = {"W": "W", "b": "b", "gamma": "γ", "beta": "β"}
IDEAS = {"gamma": "z_tilde", "beta": "z_tilde", "b": "z"}
STYLE = (
    ".blocks{display:grid;gap:1.1rem;margin-top:.4rem}"
    ".blocks p{margin:0 0 .25rem;font-size:max(.95rem,var(--least,0px))}"
    ".blocks p b{font-variant-numeric:tabular-nums}.blocks .guess{font-style:italic;opacity:.85}"
    ".blocks ul{display:flex;gap:3px;margin:0;padding:0;list-style:none;"
    "min-height:calc(3.9rem*var(--tall,1))}"
    ".blocks li{display:grid;align-content:center;flex:1;min-width:0;margin:0;"
    "padding:.35rem .3rem;border-radius:.4rem;text-align:center;"
    "line-height:1.3;border:2px solid var(--mine);font-variant-numeric:tabular-nums;"
    "background:color-mix(in srgb,var(--mine) 16%,transparent)}.blocks li.W{flex:4.5}"
    ".blocks li i{display:block;font:italic 1.2rem/1.2 KaTeX_Math,Georgia,serif;color:var(--mine)}"
    ".blocks li.none{border:2px dashed color-mix(in srgb,var(--mine) 45%,transparent);"
    "background:none}"
)


def layer(arm: str) -> Count:
    """The first hidden layer at the size of the digits."""
    norm, keep, _ = ARMS[arm]
    return parameter_counts(SIZES["digits"], norm, keep_bias=keep)[0]


def picture(now: Moment) -> None:
    """A row of blocks for each arm; before the answer the layer without batch norm alone."""
    shown = ARMS if now.seen else ("plain",)
    rows = "".join(_row(arm, now.mark(ARMS[arm][2])) for arm in shown)
    with st.container(key="count-blocks"):
        st.html(f'<style>{STYLE}</style><div class="blocks">{rows}</div>')


def _row(arm: str, mark: str) -> str:
    count, more = layer(arm), layer(arm).learned - layer("plain").learned
    told = html.escape(t(f"{LESSON}.count.{arm}", learned=f"{count.learned:,}", more=more))
    if mark:
        told += f' <span class="guess">← {html.escape(mark)}</span>'
    blocks = "".join(_block(kind, getattr(count, kind), count) for kind in KINDS)
    return f"<div><p>{told}</p><ul>{blocks}</ul></div>"


def _block(kind: str, count: int, layer: Count) -> str:
    idea = IDEAS.get(kind, "plain")
    hue = colour(idea, text.mode()) if idea in COLOURS else "inherit"
    size = f"{SIZES['digits'][0]} × {SIZES['digits'][1]}" if kind == "W" else f"{count or '–'}"
    look = kind if count else f"{kind} none"
    return (
        f'<li class="{look}" style="--mine: {hue}" data-kind="{kind}" data-value="{count}">'
        f"<i>{KINDS[kind]}</i>{size}</li>"
    )


def said(now: Moment) -> dict[str, object]:
    plain, own = layer("plain"), layer("own")
    return {
        "plain": f"{plain.learned:,}",
        "own": f"{own.learned:,}",
        "more": own.learned - plain.learned,
        "running": own.running,
        "units": plain.b,
    }


def more(now: Moment) -> None:
    """Layer by layer, of the little network and at the size of the digits."""
    for name, dataset in (("little", "moons"), ("digits", "digits")):
        sizes = "-".join(map(str, SIZES[dataset]))
        st.caption(t(f"{LESSON}.counts.{name}", sizes=sizes))
        _table(SIZES[dataset], name)
    page.source(parameter_counts, key="count")


def _table(sizes: tuple[int, ...], name: str) -> None:
    own, kept = (parameter_counts(sizes, "before", keep_bias=keep) for keep in (False, True))
    heads = [Cell(t(f"{LESSON}.counts.layer")), *(Cell(symbol) for symbol in KINDS.values())]
    heads += [Cell(t(f"{LESSON}.counts.{word}")) for word in ("learned", "kept", "running")]
    rows = []
    for one, other in zip(own, kept, strict=True):
        last = one.layer == len(own)
        head = t(f"{LESSON}.counts.output", layer=one.layer) if last else str(one.layer)
        numbers = [getattr(one, kind) for kind in KINDS]
        rows.append([Cell(head), *map(_whole, (*numbers, one.learned, other.learned, one.running))])
    totals = [sum(getattr(one, kind) for one in own) for kind in KINDS]
    learned = [sum(one.learned for one in each) for each in (own, kept)]
    running = sum(one.running for one in own)
    rows.append([Cell(t(f"{LESSON}.counts.total")), *map(_whole, (*totals, *learned, running))])
    tables.table(heads, rows, name=f"counts {name}", lesson=LESSON)


def _whole(count: int) -> Cell:
    return Cell(f"{count:,}" if count else "–", value=count)
