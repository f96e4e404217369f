"""SDMX-CSV, versions 1.0 and 2.0: one row an observation, one column a component.

Version 1.0 names the flow in the column DATAFLOW (``AGENCY:ID(VERSION)``); version 2.0 in STRUCTURE and
STRUCTURE_ID, with an ACTION. SDMX-CSV field guide, 1.0 and 2.0.0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO

from kechuang.errors import Fault, KechuangError, Place
from kechuang.indicators.exchange.cells import COMPONENTS, cells
from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.message import Message, Observation, check_faults
from kechuang.messages import say

_DELIMITERS = ",;\t|"
#: Columns that say what the row is about and are no components.
_OWN = ("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY")
_ACTIONS = ("I", "A", "R", "M")


def write(data: Dataset, stream: IO[str], version: str = "2.0") -> None:
    """Write ``data``; an unknown value is an empty cell."""
    naming = data.naming
    flow = f"{naming.agency}:{naming.flow}({naming.version})"
    if version == "1.0":
        first, start = ["DATAFLOW"], [flow]
    else:
        first, start = ["STRUCTURE", "STRUCTURE_ID", "ACTION"], ["dataflow", flow, "I"]
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*first, *COMPONENTS])
    for figure in data.figures:
        key = (figure.indicator, figure.region, figure.period)
        found = cells(figure, data.indicators.get(figure.indicator), data.breaks.get(key))
        writer.writerow([*start, *(found.get(name, "") for name in COMPONENTS)])


def is_header(line: str) -> bool:
    """Whether a first line is one of SDMX-CSV."""
    names = {name.split("[")[0] for name in _names(line)}
    return "DATAFLOW" in names or {"STRUCTURE", "STRUCTURE_ID"} <= names


def read(text: str, file: str) -> Message:
    """The observations of an SDMX-CSV file of either version.

    Labels beside codes (``A: Annual``) are left off. Raises KechuangError naming every row that has too many
    or too few cells, or that asks for a deletion.
    """
    line = text.split("\n", 1)[0]
    delimiter = _delimiter(line)
    # Quotes may hold line ends, which no splitting of the text before would respect.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    labelled = [": " in name for name in _names(line)]
    header = [name.split(": ")[0].removesuffix("[]").split("[")[0].strip() for name in _header(reader, file)]
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise KechuangError(
            "exchange-unreadable", say("列名“{name}”重复", name=doubled[0]), place=Place(file=file, row=1)
        )
    faults: list[Fault] = []
    found: list[Observation] = []
    flows: set[str] = set()
    for row, values in _rows(reader, file):
        place = Place(file=file, row=row)
        if len(values) != len(header):
            problem = say("应有{wanted}个单元格，有{found}个", wanted=len(header), found=len(values))
            faults.append(Fault("row-length", problem, place))
            continue
        said = {
            name: value.split(": ")[0] if label else value
            for name, value, label in zip(header, values, labelled, strict=True)
        }
        if said.get("ACTION", "I") not in _ACTIONS:
            problem = say("不支持动作“{action}”：只读取值，不删除", action=said["ACTION"])
            faults.append(Fault("action-unsupported", problem, place))
            continue
        flows.add(said.get("DATAFLOW") or said.get("STRUCTURE_ID", ""))
        kept = {name: value for name, value in said.items() if value != "" and name not in _OWN}
        found.append(Observation(kept, place))
    check_faults(faults, file)
    return Message("sdmx-csv", tuple(found), structure=", ".join(sorted(flows)) or None)


def _rows(reader: Iterator[list[str]], file: str) -> Iterator[tuple[int, Sequence[str]]]:
    number = 1
    try:
        for values in reader:
            number += 1
            if values:
                yield number, values
    except csv.Error as error:
        raise KechuangError(
            "exchange-unreadable",
            say("不合CSV格式：{problem}", problem=str(error)),
            place=Place(file=file, row=number + 1),
        ) from None


def _header(reader: Iterator[list[str]], file: str) -> list[str]:
    try:
        return next(reader)
    except csv.Error as error:
        raise KechuangError(
            "exchange-unreadable",
            say("不合CSV格式：{problem}", problem=str(error)),
            place=Place(file=file, row=1),
        ) from None


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def first_row(line: str, delimiter: str) -> list[str]:
    """The cells of a first line; none where it is no line of CSV."""
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _names(line: str) -> list[str]:
    return first_row(line, _delimiter(line))
