"""What people see on a terminal: tables, errors and progress bars (rich), and JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say

if TYPE_CHECKING:
    from rich.console import Console

#: Width of tables where the output is no terminal, in columns.
FILE_WIDTH = 132
FAULTS_SHOWN = 50


def console(*, stderr: bool = False) -> Console:
    """A rich console; a fixed width where output goes to a file, so that nothing is cut."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else FILE_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, emoji=False)


def show_json(value: Any) -> None:
    """``value`` as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def show_table(
    title: object, columns: Sequence[object], rows: Sequence[Sequence[object]], right: Sequence[int] = ()
) -> None:
    """A table; columns whose number is in ``right`` are set flush right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(Text(str(column)), justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    if str(title):
        show_line(title)  # not as the table's title: that is broken to the width of the table
    console().print(table)


def show_line(text: object = "") -> None:
    """One line of plain text on standard output."""
    console().print(str(text), markup=False, soft_wrap=True)


def show_error(error: KechuangError) -> None:
    """An error with all its faults, on standard error."""
    err = console(stderr=True)
    err.print(f"{say('错误')}: {error}", markup=False, style="bold", soft_wrap=True)
    own = error.message.zh
    faults = [fault for fault in error.faults if fault.message.zh != own]
    for fault in faults[:FAULTS_SHOWN]:
        err.print(f"  · {fault.full()} [{fault.code}]", markup=False, soft_wrap=True)
    if len(faults) > FAULTS_SHOWN:
        err.print(f"  {say('……另有{n}处', n=len(faults) - FAULTS_SHOWN)}", markup=False)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal's standard error, nothing elsewhere: ``report(what, done, of)``."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(what: str, done: int, of: int) -> None:
            bar.update(task, description=f"{title} {what}".rstrip(), completed=done, total=of)

        yield report


def number(value: float | None, decimals: int | None = None) -> str:
    """A figure for people: thousands separators, a true minus, — for what is not known.

    >>> number(1234.5, 2), number(None), number(-3.0, 0)
    ('1,234.50', '—', '−3')
    """
    if value is None:
        return "—"
    text = f"{value:,.{decimals}f}" if decimals is not None else f"{value:,.10g}"
    return text.replace("-", "\u2212")


def entry(name: object, value: object) -> Message:
    """A name and its value, with the colon of each language."""
    return say("{name}：{value}", name=name, value=value)


def pick(text: dict[str, str] | None) -> str:
    """The side of a bilingual text that this run speaks."""
    return text[language()] if text else ""
