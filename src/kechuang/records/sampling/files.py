"""Writes sample records as files to import: a workbook with a sheet a type, or a CSV file.

The same records make the same bytes, so that sample files can be committed and compared.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.headers import header_text
from kechuang.records.workbook import guarded
from kechuang.whole import whole

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree
    from kechuang.records.fields import Value

Rows = Sequence[Mapping[str, "Value"]]

MARK = "示例"
#: The one time every sample file was written at.
_WRITTEN = (2020, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def write_samples(
    tables: Sequence[tuple[RecordType, Rows]], path: Path, regions: RegionTree | None = None
) -> list[Path]:
    """Write ``tables`` to ``path`` and give the files written, each whole or not at all.

    An .xlsx holds all of them, a .csv one; a folder gets a workbook a type whose name begins with 示例.
    """
    kind = path.suffix.lower()
    if kind == ".csv" and len(tables) == 1:
        return [_save(path, _csv(*tables[0], regions))]
    if kind == ".xlsx":
        return [_save(path, _xlsx(tables, regions))]
    if kind and not path.is_dir():
        raise KechuangError(
            "unknown-suffix",
            say("只能写成 .xlsx 或 .csv 文件，或写到一个文件夹；.csv 只容一种台账"),
            place=Place(file=str(path)),
            remedy=say("请给 .xlsx 文件名，或给一个文件夹。"),
        )
    return [
        _save(path / file_name(record_type), _xlsx([(record_type, rows)], regions))
        for record_type, rows in tables
    ]


def file_name(record_type: RecordType) -> str:
    """What the sample file of a type is called in a folder."""
    return f"{MARK}_{_NOT_IN_NAMES.sub('_', record_type.label.zh)}.xlsx"


def _save(path: Path, content: bytes) -> Path:
    with whole(path) as beside:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
    return path


def _shown(spec: FieldSpec, value: Value, regions: RegionTree | None) -> Any:
    """The cell of a value, as people write it."""
    if value is None:
        return None
    if spec.type == "choice":
        return spec.choices[str(value)].zh
    if spec.type == "boolean":
        return "是" if value else "否"
    if spec.type == "region" and regions is not None:
        region = regions.get(str(value))
        return region.name if region and regions.find(region.name) == region else value
    return value


def _csv(record_type: RecordType, rows: Rows, regions: RegionTree | None) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([header_text(spec) for spec in record_type.fields.values()])
    for row in rows:
        cells = [_shown(spec, row.get(name), regions) for name, spec in record_type.fields.items()]
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(tables: Sequence[tuple[RecordType, Rows]], regions: RegionTree | None) -> bytes:
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    titles: set[str] = set()
    for record_type, rows in tables:
        title = _NOT_IN_NAMES.sub("_", record_type.label.zh)[:31]
        sheet = book.create_sheet(title if title not in titles else record_type.id[:31])
        titles.add(title)
        sheet.append([header_text(spec) for spec in record_type.fields.values()])
        specs = list(record_type.fields.items())
        for number, row in enumerate(rows, start=2):
            for column, (name, spec) in enumerate(specs, start=1):
                value = _shown(spec, row.get(name), regions)
                if value is None:
                    continue
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a text beginning with "=" is no formula
                elif isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd"
        for column, (_, spec) in enumerate(specs, start=1):
            width = sum(2 if ord(character) > 0x2E80 else 1 for character in header_text(spec))
            sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 12), 40)
        sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return _still(stream.getvalue())


def _still(content: bytes) -> bytes:
    """A workbook with every time in it the same, so that only its cells make its bytes."""
    stamp = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*_WRITTEN).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _TIMES.sub(stamp, part)
            info = zipfile.ZipInfo(name, _WRITTEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same on every system
            new.writestr(info, part)
    return stream.getvalue()
