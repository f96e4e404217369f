"""Figures as a plain table: CSV or Excel with one column a field, for people and for programs that know neither
SDMX nor DHIS2."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.indicators.exchange.cells import listed_json
from kechuang.indicators.exchange.message import Message, Observation, check_faults
from kechuang.indicators.exchange.sdmx_csv import first_row
from kechuang.indicators.figure import Figure
from kechuang.messages import say
from kechuang.whole import whole

COLUMNS = {
    "indicator": "INDICATOR",
    "region": "REF_AREA",
    "period": "TIME_PERIOD",
    "value": "OBS_VALUE",
    "unit": "UNIT",
    "status": "FIGURE_STATUS",
    "numerator": "NUMERATOR",
    "denominator": "DENOMINATOR",
    "coverage": "COVERAGE",
    "snapshot": "SNAPSHOT",
    "fingerprint": "FINGERPRINT",
    "as_of": "AS_OF",
    "verified": "VERIFIED",
    "absence": "ABSENCE",
    "due": "DUE",
    "scope": "SCOPE",
    "breaks": "BREAK",
    "reason_zh": "COMMENT",
    "reason_en": "COMMENT_EN",
}
_NEEDED = ("indicator", "region", "period", "value")


def rows(figures: Iterable[Figure]) -> Iterator[list[Any]]:
    """A row a figure, in the order of the columns; None for what is not known."""
    for figure in figures:
        content = figure.as_dict()
        reason = content.pop("reason") or {}
        content |= {"reason_zh": reason.get("zh"), "reason_en": reason.get("en")}
        content |= {name: listed_json(content[name]) for name in ("scope", "breaks")}
        yield [content[name] for name in COLUMNS]


def write(figures: Iterable[Figure], stream: IO[str]) -> None:
    """Write CSV; what is not known is an empty cell."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_text(value) for value in row] for row in rows(figures))


def save(figures: Sequence[Figure], path: Path) -> None:
    """Write .csv or .xlsx by the suffix; whole or not at all."""
    if path.suffix.lower() == ".csv":
        with whole(path) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
            write(figures, stream)
        return
    if path.suffix.lower() != ".xlsx":
        raise KechuangError(
            "unknown-suffix",
            say("只能写成 .xlsx 或 .csv 文件"),
            place=Place(file=str(path)),
            remedy=say("请把文件名的后缀写成 .xlsx 或 .csv。"),
        )
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(say("指标值")))
    sheet.freeze_panes = "A2"
    sheet.append(list(COLUMNS))
    for row in rows(figures):
        sheet.append(row)
    with whole(path) as beside:
        stream_ = io.BytesIO()
        book.save(stream_)
        beside.write_bytes(stream_.getvalue())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def is_header(line: str) -> bool:
    """Whether a first line is that of such a table."""
    return set(_NEEDED) <= {name.strip() for name in first_row(line, ",")}


def read(text: str, file: str) -> Message:
    """The observations of such a CSV file. Raises KechuangError naming every row of a wrong length."""
    reader = csv.reader(io.StringIO(text, newline=""))
    found: list[Observation] = []
    faults: list[Fault] = []
    try:
        header = [name.strip() for name in next(reader)]
        for number, values in enumerate(reader, start=2):
            place = Place(file=file, row=number)
            if not values:
                continue
            if len(values) != len(header):
                problem = say("应有{wanted}个单元格，有{found}个", wanted=len(header), found=len(values))
                faults.append(Fault("row-length", problem, place))
                continue
            pairs = zip(header, values, strict=True)
            kept = {COLUMNS.get(name, name): value for name, value in pairs if value != ""}
            # A figure without a unit is a pure number, and says so.
            unit = {"UNIT": ""} if "unit" in header else {}
            found.append(Observation(unit | kept, place))
    except csv.Error as error:
        raise KechuangError(
            "exchange-unreadable", say("不合CSV格式：{problem}", problem=str(error)), place=Place(file=file)
        ) from None
    check_faults(faults, file)
    return Message("csv", tuple(found))
