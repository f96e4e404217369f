"""Facts of a region (facts.csv): what is known of past years, to hold a plan's targets against.

Columns: name, region, year, value, unit, source, or in Chinese 指标, 地区, 年份, 数值, 单位, 来源; region, unit and
source may be missing. UTF-8 (with or without byte-order mark), UTF-16 with one, or GB18030.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kechuang.errors import Fault, KechuangError, Place, listed, system_trouble
from kechuang.language.fold import fold
from kechuang.language.numerals import parse_number
from kechuang.language.quantity import quantities
from kechuang.messages import Message, say

_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "indicator", "指标", "名称", "指标名称", "项目"),
    "region": ("region", "地区", "区域", "行政区", "地区名称"),
    "year": ("year", "年份", "年度", "年"),
    "value": ("value", "数值", "值", "数据", "指标值"),
    "unit": ("unit", "单位", "计量单位"),
    "source": ("source", "来源", "数据来源", "出处"),
}
_NEEDED = ("name", "year", "value")
_LABELS = {"name": "指标", "year": "年份", "value": "数值"}
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Fact:
    """One known figure: ``value`` in ``unit`` of ``name`` in ``region`` for ``year``; ``row`` of the file."""

    name: str
    region: str
    year: int
    value: float
    unit: str
    source: str = ""
    row: int = 0


def read_facts(path: str | Path) -> list[Fact]:
    """The facts in a CSV file.

    Raises KechuangError (file-missing, not-a-file, file-unreadable, file-encoding, file-empty, facts-columns,
    facts-invalid) with every fault of the file at once, each with row and column.
    """
    path = Path(path)
    rows = _rows(path)
    if not rows:
        raise KechuangError(
            "file-empty",
            say("文件是空的"),
            place=Place(file=str(path)),
            remedy=say("第一行写列名：指标、地区、年份、数值、单位、来源；以下每行一个数。"),
        )
    columns = _columns(rows[0][1], path)
    faults: list[Fault] = []
    facts = []
    for number, row in rows[1:]:
        fact = _fact(path, number, row, columns, faults)
        if fact is not None:
            facts.append(fact)
    faults += _twice(path, facts, columns)
    if faults:
        raise KechuangError(
            "facts-invalid",
            say("数据文件有{n}处错误，没有采用", n=len(faults)),
            place=Place(file=str(path)),
            remedy=say("请按行列逐处改正后再用。"),
            faults=faults,
        )
    return facts


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """(row number from 1, cells) of every row that holds anything."""
    try:
        if path.is_file() and path.stat().st_size > _MOST_BYTES:
            raise KechuangError("file-too-large", say("文件过大，不像是数据表"), place=Place(file=str(path)))
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise KechuangError(
            "file-missing",
            say("找不到数据文件"),
            place=Place(file=str(path)),
            remedy=say("请核对文件名和所在文件夹。"),
        ) from None
    except IsADirectoryError:
        raise KechuangError(
            "not-a-file", say("这是一个文件夹，不是文件"), place=Place(file=str(path))
        ) from None
    except OSError as error:
        raise KechuangError(
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    text = _decoded(content, path)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=head.count)
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [(read.line_num, [cell.strip() for cell in cells]) for cells in read]
    except csv.Error as error:
        raise KechuangError(
            "facts-invalid",
            say("第{row}行的引号或分隔符不成对：{problem}", row=read.line_num, problem=str(error)),
            place=Place(file=str(path), row=read.line_num),
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
    """Which column is what; an error that names those missing or given twice."""
    found: dict[str, int] = {}
    faults = []
    for place, head in enumerate(heads):
        plain = "".join(fold(head).split()).lower()
        name = next((name for name, ways in _COLUMNS.items() if plain in ways), None)
        if name is None:
            continue
        if name in found:
            at = Place(file=str(path), row=1, column=_letter(place))
            faults.append(Fault("facts-columns", say("“{head}”列出现两次", head=head), at))
        found.setdefault(name, place)
    missing = [_LABELS[name] for name in _NEEDED if name not in found]
    if missing:
        words = say("缺少列：{columns}", columns=listed(missing))
        faults.append(Fault("facts-columns", words, Place(file=str(path), row=1)))
    if faults:
        raise KechuangError(
            "facts-columns",
            faults[0].message,
            place=faults[0].place,
            remedy=say("第一行写列名：指标、地区、年份、数值、单位、来源；以下每行一个数。"),
            faults=faults,
        )
    return found


def _fact(
    path: Path, number: int, row: Sequence[str], columns: dict[str, int], faults: list[Fault]
) -> Fact | None:
    def cell(name: str) -> str:
        place = columns.get(name)
        return row[place] if place is not None and place < len(row) else ""

    def fault(name: str, message: Message) -> None:
        at = Place(file=str(path), row=number, column=_letter(columns[name]))
        faults.append(Fault("facts-invalid", message, at))

    before = len(faults)
    if not cell("name"):
        fault("name", say("没有指标名称"))
    year = fold(cell("year")).removesuffix("年").strip()
    if not (year.isascii() and year.isdigit() and 1900 <= int(year) <= 2200):
        fault("year", say("“{text}”不是年份", text=cell("year")))
    value, unit = _number(cell("value"))
    if value is None:
        fault("value", say("“{text}”不是数", text=cell("value")))
    if len(faults) > before or value is None:
        return None
    unit = "".join(fold(cell("unit")).split()) or unit
    return Fact(cell("name"), cell("region"), int(year), value, unit, cell("source"), number)


def _number(written: str) -> tuple[float | None, str]:
    """The number of a cell and the unit written with it: 1,234.5; 12.3亿元; -0.4."""
    text = fold(written).strip().replace(" ", "")
    sign = -1.0 if text.startswith("-") else 1.0
    body = text.removeprefix("-")
    value = parse_number(body) if body else None
    if value is not None:
        return sign * value, "%" if body.startswith("百分之") else ""
    found = list(quantities(body))
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(body) and found[0].high is None:
        return sign * found[0].value, found[0].unit
    return None, ""


def _twice(path: Path, facts: Sequence[Fact], columns: dict[str, int]) -> list[Fault]:
    """Facts of one name, region and year with two values."""
    seen: dict[tuple[str, str, int], Fact] = {}
    faults = []
    for fact in facts:
        first = seen.setdefault((fact.name, fact.region, fact.year), fact)
        if first is not fact and (first.value, first.unit) != (fact.value, fact.unit):
            message = say("与第{row}行是同一指标同一年，数值却不同", row=first.row)
            at = Place(file=str(path), row=fact.row, column=_letter(columns["value"]))
            faults.append(Fault("facts-invalid", message, at))
    return faults


def _letter(place: int) -> str:
    """The letter of a column counted from 0, as spreadsheets show it."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
