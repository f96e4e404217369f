"""A table of cases judged: by one method, or by all side by side; as rows and as a file (.csv, .xlsx, .json)."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.errors import Joined, KechuangError, Place, listed
from kechuang.messages import language, say
from kechuang.progress.agreement import Agreement, agreement
from kechuang.progress.methods import METHODS, known_method, parameters_of, verdict
from kechuang.progress.methods.case import Verdict
from kechuang.progress.methods.reading import RESULTS, CaseTable
from kechuang.records.fields import folded
from kechuang.records.plainbook import plain_book
from kechuang.records.sheets import Sheet, guarded
from kechuang.whole import whole

SUFFIXES = (".csv", ".xlsx", ".json")
ALL = "all"


@dataclass(frozen=True)
class Assessment:
    """``verdicts``: of each case, one for every one of ``methods``; ``parameters`` those of each method."""

    table: CaseTable
    methods: tuple[str, ...]
    parameters: Mapping[str, Mapping[str, float]]
    verdicts: list[tuple[Verdict, ...]]

    def counts(self) -> dict[str, dict[str, int]]:
        """Method → status → how many cases."""
        return {
            method: dict(Counter(found[at].status for found in self.verdicts))
            for at, method in enumerate(self.methods)
        }

    def agreements(self) -> list[Agreement]:
        """How the methods stand to each other on each case."""
        cases = self.table.cases
        return [agreement(found, case) for found, case in zip(self.verdicts, cases, strict=True)]

    def as_dict(self) -> dict[str, Any]:
        """Methods, their parameters, how many cases have which status, and every case with its verdicts."""
        several = len(self.methods) > 1
        told = self.agreements() if several else []
        results = []
        for at, found in enumerate(self.verdicts):
            row: dict[str, Any] = {"row": self.table.numbers[at], **_given(self.table, at)}
            if several:
                row["methods"] = [_short(one) for one in found]
                row["agreement"] = told[at].as_dict()
            else:
                row |= _short(found[0])
            results.append(row)
        return {
            "methods": list(self.methods),
            "parameters": {name: dict(given) for name, given in self.parameters.items()},
            "counts": self.counts(),
            "assumed": [message.both() for message in self.table.assumed],
            "results": results,
        }

    def lines(self) -> Iterator[list[Any]]:
        """The table with its results as rows, the header first: the file's own columns, then the results.

        One method: value, status, score, reason. All: those of each method under its name, and whether they
        agree.
        """
        kept = [at for at, name in enumerate(self.table.header) if folded(name) not in self._own()]
        header = [self.table.header[at] for at in kept]
        spoken = language()
        if len(self.methods) == 1:
            yield [*header, *RESULTS, "reason"]
            for row, (one,) in zip(self.table.rows, self.verdicts, strict=True):
                yield [*(row[at] for at in kept), one.value, one.status, one.score, _reason(one, spoken)]
            return
        names = [f"{name}_{method}" for method in self.methods for name in RESULTS]
        yield [*header, *names, "agree", "agreement"]
        for row, found, stand in zip(self.table.rows, self.verdicts, self.agreements(), strict=True):
            results = [cell for one in found for cell in (one.value, one.status, one.score)]
            told = Joined(stand.why, ("；", "; ")).text(spoken)
            agree = "" if stand.agree is None else int(stand.agree)
            yield [*(row[at] for at in kept), *results, agree, told]

    def _own(self) -> set[str]:
        """Columns a table judged before has already: they are written anew."""
        if len(self.methods) == 1:
            return {*RESULTS, "reason"}
        return {f"{name}_{method}" for method in self.methods for name in RESULTS} | {"agree", "agreement"}


def assess_table(table: CaseTable, method: str, given: Mapping[str, float] | None = None) -> Assessment:
    """``table`` by ``method`` (or ``all``). ``given``: parameters set otherwise, as NAME or METHOD.NAME.

    KechuangError for an unknown method or parameter.
    """
    methods = METHODS if method == ALL else (known_method(method),)
    own: dict[str, dict[str, float]] = {name: {} for name in methods}
    for name, value in (given or {}).items():
        owner, dot, inner = name.rpartition(".")
        if dot and known_method(owner) not in own:
            raise KechuangError(
                "unknown-parameter",
                say("没有用方法 {method}，不能设它的参数 {name}", method=owner, name=inner),
                remedy=say("所用的方法：{known}", known=listed(methods)),
            )
        takers = [owner] if dot else [one for one in methods if inner in parameters_of(one)]
        for taker in takers or methods[:1]:  # a name nobody has is told as unknown below
            own[taker][inner] = value
    parameters = {name: parameters_of(name, own[name]) for name in methods}
    verdicts = [tuple(verdict(name, case, parameters[name]) for name in methods) for case in table.cases]
    return Assessment(table, methods, parameters, verdicts)


def write_assessment(found: Assessment, path: Path, *, excel: bool = False) -> None:
    """Write the table with its results, whole or not at all; ``excel``: a byte-order mark before a CSV.

    KechuangError (unknown-suffix, not-writable).
    """
    check_suffix(path)
    if path.suffix.lower() == ".json":
        content = json.dumps(found.as_dict(), ensure_ascii=False, indent=1, allow_nan=False).encode()
    elif path.suffix.lower() == ".xlsx":
        rows = [["" if cell is None else cell for cell in row] for row in found.lines()]
        content = plain_book([Sheet(None, rows)], str(say("判断结果")))
    else:
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(map(_safe, found.lines()))
        content = (codecs.BOM_UTF8 if excel else b"") + stream.getvalue().encode()
    with whole(path) as beside:
        beside.write_bytes(content)


def check_suffix(path: Path) -> None:
    """KechuangError where results cannot be written under this name; to be asked before the work."""
    if path.suffix.lower() not in SUFFIXES:
        raise KechuangError(
            "unknown-suffix",
            say("只能写成 {known} 文件", known="、".join(SUFFIXES)),
            place=Place(file=str(path)),
            remedy=say("请改文件名的后缀。"),
        )


def _safe(row: Sequence[Any]) -> list[Any]:
    """Text that a spreadsheet would run as a formula gets an apostrophe; numbers written as text do not."""
    return [guarded(cell) if isinstance(cell, str) and not _is_number(cell) else _whole(cell) for cell in row]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _whole(cell: Any) -> Any:
    """A workbook's whole number without its point."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() and 1 <= abs(cell) < 1e15 else cell


def _given(table: CaseTable, at: int) -> dict[str, Any]:
    """The cells of a row by column, those of results left out."""
    return {
        name: (None if cell == "" else cell if isinstance(cell, (int, float, str)) else str(cell))
        for name, cell in zip(table.header, table.rows[at], strict=True)
        if name and folded(name) not in RESULTS
    }


def _short(one: Verdict) -> dict[str, Any]:
    """A verdict without its parameters, which are told once for all."""
    told = one.as_dict()
    del told["parameters"]
    return told


def _reason(one: Verdict, spoken: str) -> str:
    return Joined(one.why, ("；", "; ")).text(spoken)
