"""Small pieces of HTML: escaping, tags, status marks, sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

SPRITE = (
    '<svg width="0" height="0" aria-hidden="true" focusable="false" class="vh"><defs>'
    '<symbol id="i-done" viewBox="0 0 14 14"><circle cx="7" cy="7" r="7" fill="currentColor"/>'
    '<path d="M3.6 7.2l2.4 2.4 4.4-4.8" class="cut"/></symbol>'
    '<symbol id="i-ok" viewBox="0 0 14 14"><circle cx="7" cy="7" r="5.6" fill="currentColor"/></symbol>'
    '<symbol id="i-watch" viewBox="0 0 14 14"><path d="M7 .8L13.6 12.8H.4z" fill="currentColor"/></symbol>'
    '<symbol id="i-late" viewBox="0 0 14 14"><path d="M1.4 1.4h11.2v11.2H1.4z" fill="currentColor"/>'
    '<path d="M4.3 4.3l5.4 5.4M9.7 4.3L4.3 9.7" class="cut"/></symbol>'
    '<symbol id="i-none" viewBox="0 0 14 14"><circle cx="7" cy="7" r="5.4" fill="none" '
    'stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 2"/></symbol></defs></svg>'
)


def tag(name: str, *inner: str, **given: str | None) -> str:
    """``<name …>inner</name>``; ``inner`` is HTML already, attribute values are escaped.

    >>> tag("p", "甲", cls="src")
    '<p class="src">甲</p>'
    """
    named = {"cls": "class", "for_": "for"}
    shown = "".join(
        f' {named.get(key, key.replace("_", "-"))}="{escape(value)}"'
        for key, value in given.items()
        if value is not None
    )
    return f"<{name}{shown}>{''.join(inner)}</{name}>"


def text(words: str) -> str:
    """Plain words as HTML."""
    return escape(words, quote=False)


def status(mark: str, label: str) -> str:
    """A status: shape, word and colour together."""
    shape = f'<svg aria-hidden="true"><use href="#i-{mark}"/></svg>'
    return f'<span class="st st--{mark}">{shape}{text(label)}</span>'


def figure(number: str, unit: str, large: bool = False) -> str:
    """A number with its unit smaller."""
    shown = f"<i>{text(unit)}</i>" if unit else ""
    return f'<span class="fig{" fig--xl" if large else ""}">{text(number)}{shown}</span>'


def section(identifier: str, title: str, note: str, *inner: str, level: int = 2, cls: str = "sec") -> str:
    """A section under an ink rule: title left, note right. ``title`` and ``note`` are HTML."""
    heading = f'<h{level} id="{identifier}-h">{title}</h{level}>'
    aside = f"<p>{note}</p>" if note else ""
    return tag(
        "section",
        f"<header>{heading}{aside}</header>",
        *inner,
        cls=cls,
        id=identifier,
        aria_labelledby=f"{identifier}-h",
    )


@dataclass(frozen=True)
class Cell:
    """One cell: finished HTML and its class."""

    inner: str
    cls: str = ""


def grid(
    heads: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Cell]],
    cls: str = "tbl",
    caption: str = "",
    head_at: int = 0,
) -> str:
    """A table from header cells (class, words) and rows; the cell at ``head_at`` names its row.

    On a phone its rows become blocks, each cell with its column's name before it; that takes the
    table's meaning away in some browsers, so the roles are written out.
    """
    columns = "".join(
        f'<th role="columnheader" scope="col"{_named(kind)}>{text(words)}</th>' for kind, words in heads
    )
    body = "".join(
        '<tr role="row">'
        + "".join(
            f'<th role="rowheader" scope="row"{_named(cell.cls)}>{cell.inner}</th>'
            if at == head_at
            else f'<td role="cell"{_named(cell.cls)} data-label="{escape(heads[at][1])}">{cell.inner}</td>'
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    named = f'<caption class="vh">{text(caption)}</caption>' if caption else ""
    return (
        f'<table role="table" class="{cls}">{named}<thead role="rowgroup"><tr role="row">{columns}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def fold(summary: str, inner: str) -> str:
    """Content to be opened. It stands beside its switch, not inside: then print shows it without script."""
    return f'<details><summary>{text(summary)}</summary></details><div class="fold">{inner}</div>'


def _named(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
