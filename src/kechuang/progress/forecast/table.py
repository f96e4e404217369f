"""Series from a table and forecasts into one: columns series_id, step, value in; median and bands out.

Every fault of a file is told at once, with row and column. Nothing is filled in: a missing year is a fault.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kechuang.errors import Fault, KechuangError, Place, system_trouble
from kechuang.messages import Message, say
from kechuang.progress.forecast.bounds import Bounds
from kechuang.progress.forecast.result import Forecast
from kechuang.progress.forecast.run import FEWEST, LARGEST

COLUMNS = ("series_id", "step", "value")
LEVELS = (50, 80, 95)
HEADER = ("series_id", "h", "median", *(f"{end}{level}" for level in LEVELS for end in ("lo", "hi")))
_STEPS = 10**6


def read_series(path: Path, bounds: Bounds = Bounds()) -> dict[str, list[float]]:
    """The series of a CSV file by id, each in order of step, in the order the ids first appear.

    Rows may stand in any order. KechuangError ``series-invalid`` with every fault: a cell that is no number, a step
    given twice, steps missing in between, fewer than four steps, a value that ``bounds`` rule out.
    """
    rows = _rows(path)
    if not rows:
        raise KechuangError(
            "empty-file", say("文件中没有数据"), place=Place(file=str(path)), remedy=_remedy()
        )
    where = _columns(rows[0][1], path)
    faults: list[Fault] = []
    found: dict[str, dict[int, tuple[int, float]]] = {}
    damaged = set()
    for number, cells in rows[1:]:
        name = _cell(cells, where["series_id"])
        step, value = _step(cells, number, where, path, faults), _value(cells, number, where, path, faults)
        if not name:
            faults.append(_fault(say("没有序列编号"), path, number, where, "series_id"))
        if step is None or value is None or not name:
            damaged.add(name)
            continue
        own = found.setdefault(name, {})
        if step in own:
            message = say("序列“{name}”的第{step}期与第{row}行重复", name=name, step=step, row=own[step][0])
            faults.append(_fault(message, path, number, where, "step"))
            continue
        own[step] = (number, value)
    for name, own in found.items():
        if name not in damaged:
            faults += _series_faults(name, own, bounds, path, where)
    if not faults and not found:
        raise KechuangError(
            "empty-file", say("文件中没有数据"), place=Place(file=str(path)), remedy=_remedy()
        )
    if faults:
        raise KechuangError(
            "series-invalid",
            say("序列数据有{n}处错误，没有作预测", n=len(faults)),
            place=Place(file=str(path)),
            remedy=say("请按行列逐处改正后再用。"),
            faults=sorted(faults, key=lambda fault: fault.place.row or 0),
        )
    return {name: [own[step][1] for step in sorted(own)] for name, own in found.items()}


def forecast_rows(forecasts: Mapping[str, Forecast]) -> Iterator[dict[str, Any]]:
    """One row a series and year ahead, with the columns of :data:`HEADER`."""
    tails = np.array([0.5, *(p for level in LEVELS for p in ((1 - level / 100) / 2, (1 + level / 100) / 2))])
    for name, made in forecasts.items():
        for h, values in enumerate(made.quantile(tails).T.tolist(), 1):
            yield dict(zip(HEADER, (name, h, *values), strict=True))


def forecast_csv(forecasts: Mapping[str, Forecast]) -> bytes:
    """The rows as CSV (UTF-8), numbers with as many digits as they hold."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(forecast_rows(forecasts))
    return stream.getvalue().encode("utf-8")


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """(row number from 1, cells) of every row that holds anything."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KechuangError(
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    text = _decoded(content, path)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise KechuangError(
            "series-invalid",
            say("引号不成对或有不该有的字符：{problem}", problem=str(error)),
            place=Place(file=str(path), row=reader.line_num),
            remedy=say("请用WPS或Excel打开核对，另存为CSV。"),
        ) from None
    return [(number, cells) for number, cells in rows if any(cells)]


def _decoded(content: bytes, path: Path) -> str:
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise KechuangError(
        "file-encoding",
        say("读不出文字：不是UTF-8、UTF-16（带BOM）或GB18030编码的文本"),
        place=Place(file=str(path)),
        remedy=say("请用WPS或Excel打开，另存为“CSV UTF-8（逗号分隔）”。"),
    )


def _columns(heads: Sequence[str], path: Path) -> dict[str, int]:
    names = [head.lower() for head in heads]
    faults = [
        Fault("series-columns", say("没有“{head}”列", head=name), Place(file=str(path), row=1))
        if name not in names
        else Fault("series-columns", say("“{head}”列出现两次", head=name), Place(file=str(path), row=1))
        for name in COLUMNS
        if names.count(name) != 1
    ]
    if faults:
        raise KechuangError(
            "series-columns", faults[0].message, place=faults[0].place, remedy=_remedy(), faults=faults
        )
    return {name: names.index(name) for name in COLUMNS}


def _remedy() -> Message:
    return say("第一行写列名 series_id,step,value，以下每行一年。")


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _fault(message: Message, path: Path, row: int, where: Mapping[str, int], column: str) -> Fault:
    letter = chr(ord("A") + where[column]) if where[column] < 26 else None
    return Fault("series-invalid", message, Place(file=str(path), row=row, column=letter, field=column))


def _step(
    cells: Sequence[str], row: int, where: Mapping[str, int], path: Path, faults: list[Fault]
) -> int | None:
    text = _cell(cells, where["step"])
    number = _number(text)
    if number is None or number != round(number) or abs(number) > _STEPS:
        faults.append(
            _fault(say("“{text}”不是期次：应为整数，如 1、2、3 或年份", text=text), path, row, where, "step")
        )
        return None
    return int(number)


def _value(
    cells: Sequence[str], row: int, where: Mapping[str, int], path: Path, faults: list[Fault]
) -> float | None:
    text = _cell(cells, where["value"])
    number = _number(text)
    if number is not None and abs(number) <= LARGEST:
        return number
    if not text:
        message = say("数值是空的；缺的年份不会替您估算")
    elif number is None:
        message = say("“{text}”不是数", text=text)
    else:
        message = say("“{text}”太大，无法计算", text=text)
    faults.append(_fault(message, path, row, where, "value"))
    return None


def _number(text: str) -> float | None:
    """A finite number written plainly; None for anything else (nan, inf, 1_000)."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _series_faults(
    name: str,
    own: Mapping[int, tuple[int, float]],
    bounds: Bounds,
    path: Path,
    where: Mapping[str, int],
) -> list[Fault]:
    steps = sorted(own)
    faults = [
        _fault(
            say("序列“{name}”缺第{first}至{last}期", name=name, first=before + 1, last=after - 1)
            if after - before > 2
            else say("序列“{name}”缺第{step}期", name=name, step=before + 1),
            path,
            own[after][0],
            where,
            "step",
        )
        for before, after in itertools.pairwise(steps)
        if after - before > 1
    ]
    if len(steps) < FEWEST:
        message = say("序列“{name}”只有{n}期，预测至少要{fewest}期", name=name, n=len(steps), fewest=FEWEST)
        faults.append(_fault(message, path, own[steps[-1]][0], where, "step"))
    values = np.array([own[step][1] for step in steps])
    for at in bounds.faults(values):
        row, value = own[steps[at]]
        faults.append(_fault(say("数值{value}不合所给的界限", value=f"{value:g}"), path, row, where, "value"))
    return faults
