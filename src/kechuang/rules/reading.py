"""Reading the cases of a rule from a file: CSV (any length) or Excel, or from a table in memory.

A plain CSV, one number a cell, is read by Arrow at once. Whatever that does not take (titles above the
header, labels for names, full-width digits, a bad cell) is read cell by cell with the parsers of the
records, which say of every fault where it stands. The answer is the same on both ways.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.errors import Fault, KechuangError, Place, listed
from kechuang.messages import say
from kechuang.records.fields import Named
from kechuang.rules.cases import Cases
from kechuang.rules.cells import Reader

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.packs import Packs, RuleSpec


def read_cases(spec: RuleSpec, path: Path, packs: Packs) -> Cases:
    """The cases in a .csv or .xlsx file.

    Raises KechuangError with every fault at once: file, sheet, row, column, what was expected. Columns the
    rule does not know and columns the file does not have are warnings of the result.
    """
    table = _fast(spec, path)
    if table is not None and table.num_rows:
        cases = _converted(spec, table, packs)
        if cases is not None:
            return _finished(spec, cases, path.name)
    return _finished(spec, Reader(spec, packs).file(path), path.name)


def from_arrow(spec: RuleSpec, table: Mapping[str, Sequence[Any]] | pa.Table, packs: Packs) -> Cases:
    """The cases of a table in memory; cells are judged as those of a file are."""
    import pyarrow as pa

    if not isinstance(table, pa.Table):
        table = _as_table(table)
    if spec.key not in table.column_names:
        raise KechuangError(
            "missing-column",
            say("缺少“{label}”一列", label=spec.key),
            remedy=say("列名见 kechuang rules show {rule}。", rule=spec.id),
        )
    cases = _converted(spec, table, packs)
    if cases is not None:
        return _finished(spec, cases, None)
    names = [name for name in spec.columns if name in table.column_names]
    columns = [table.column(name).to_pylist() for name in names]
    rows = (list(cells) for cells in zip(*columns, strict=True))
    return _finished(spec, Reader(spec, packs).rows(names, enumerate(rows, start=1)), None)


def _as_table(table: Mapping[str, Sequence[Any]]) -> pa.Table:
    import pyarrow as pa

    columns = {}
    for name, values in table.items():
        try:
            columns[name] = pa.array(values, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):  # cells of several kinds
            columns[name] = pa.array([None if value is None else str(value) for value in values])
    return pa.table(columns)


# -- the fast way ----------------------------------------------------------------------------------


def _fast(spec: RuleSpec, path: Path) -> pa.Table | None:
    """A plain CSV whose header names columns by id; None for anything else."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        with path.open("rb") as stream:
            line = stream.readline().removeprefix(codecs.BOM_UTF8).strip()
    except OSError:
        return None  # told by the other way
    try:
        names = [name.strip().strip('"') for name in line.decode("ascii").split(",")]
    except UnicodeDecodeError:
        return None
    known = [name for name in names if name in spec.columns]
    if spec.key not in known or len(set(names)) < len(names):
        return None
    kinds = {"number": pa.float64(), "flag": pa.float64(), "date": pa.date32()}
    convert = csv.ConvertOptions(
        column_types={name: kinds.get(spec.columns[name].type, pa.string()) for name in known},
        include_columns=known,
        null_values=[""],
        strings_can_be_null=True,
    )
    for encoding in ("utf8", "gb18030"):
        read = csv.ReadOptions(column_names=names, skip_rows=1, encoding=encoding)
        try:
            table = csv.read_csv(path, read_options=read, convert_options=convert)
        except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError, OSError):
            continue
        unknown = [name for name in names if name not in spec.columns]
        return table.replace_schema_metadata({"unknown": "\n".join(unknown)})
    return None


def _converted(spec: RuleSpec, table: pa.Table, packs: Packs) -> Cases | None:
    """The columns as arrays; None where any cell is not what its column asks for."""
    import pyarrow as pa
    import pyarrow.compute as pc

    reader = Reader(spec, packs)
    columns = {}
    for name, column in spec.columns.items():
        if name not in table.column_names or name == spec.key or column.type == "text":
            continue
        cells = table.column(name)
        if column.type == "choice":
            codes = reader.codes(name, cells)
            if codes is None:
                return None
            columns[name] = codes
            continue
        try:
            if column.type == "date":
                cells = pc.cast(pc.cast(cells, pa.date32()), pa.int32())
            numbers = pc.cast(cells, pa.float64())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        values = np.asarray(numbers.to_numpy(), np.float64)  # null → NaN
        if not reader.within(name, values):
            return None
        columns[name] = values
    keys = table.column(spec.key)
    try:
        keys = pc.cast(keys, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    keys = pc.utf8_trim_whitespace(keys)
    guarded = pc.or_(pc.equal(keys, ""), pc.starts_with(keys, "'"))
    if keys.null_count or pc.any(guarded).as_py():
        return None
    cases = Cases(len(keys), keys, columns)
    metadata = table.schema.metadata or {}
    for name in metadata.get(b"unknown", b"").decode().split("\n"):
        if name:
            cases.warnings.append(
                Fault("unknown-column", say("规则不用“{name}”这一列", name=name), severity="warning")
            )
    return cases


# -- what both ways tell ---------------------------------------------------------------------------


def _finished(spec: RuleSpec, cases: Cases, file: str | None) -> Cases:
    """Warnings of columns that are absent and of keys given twice."""
    place = Place(file=file)
    absent = [
        Named.of(column.label)
        for name, column in spec.columns.items()
        if column.asked and column.type != "text" and name not in cases.columns
    ]
    if not cases.columns and not absent:  # a rule that takes one of several columns, and none is there
        absent = [Named.of(column.label) for column in spec.columns.values() if column.type == "number"]
    if absent:
        text = say("没有这些列，按不知处理：{names}", names=listed(absent))
        cases.warnings.append(Fault("optional-column", text, place, severity="warning"))
    if spec.tally is None and cases.rows:
        distinct = len(cases.keys.unique())
        if distinct < cases.rows:
            text = say(
                "有{n}行的“{label}”与别的行相同",
                n=cases.rows - distinct,
                label=Named.of(spec.columns[spec.key].label),
            )
            cases.warnings.append(Fault("duplicate-key", text, place, severity="warning"))
    return cases
