"""Where a workspace's regions have their seats: ``places.csv``, with the source of every point.

Columns ``code, lon, lat, source`` (and any others, such as ``name``): degrees, decimal, east and north.
Points only; no boundary is drawn anywhere in this software, so none can be disputed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from kechuang.errors import Fault, KechuangError, Place
from kechuang.language.regions import RegionTree
from kechuang.messages import Message, say

FILE = "places.csv"
_COLUMNS = ("code", "lon", "lat", "source")


@dataclass(frozen=True)
class Seat:
    """A region's seat: ``lon`` and ``lat`` in degrees, ``source`` says where they were read."""

    code: str
    lon: float
    lat: float
    source: str


def seats(folder: Path, regions: RegionTree) -> dict[str, Seat]:
    """The seats of ``folder/places.csv`` by code; none where there is no such file.

    Raises KechuangError (``places-invalid``) with every fault of the file.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    faults: list[Fault] = []
    found: dict[str, Seat] = {}

    def fault(line: int | None, field: str | None, message: Message) -> None:
        faults.append(Fault("places-invalid", message, Place(file=str(path), line=line, field=field)))

    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error):
        rows = []
        fault(None, None, say("不是UTF-8编码的CSV文件"))
    missing = [name for name in _COLUMNS if rows and name not in rows[0]]
    if missing:
        fault(1, None, say("缺少列：{names}", names="、".join(missing)))
        rows = []
    for line, row in enumerate(rows, start=2):
        code = (row["code"] or "").strip()
        if regions.get(code) is None:
            fault(line, "code", say("地区代码 {code} 不存在", code=code))
        elif code in found:
            fault(line, "code", say("地区 {code} 重复", code=code))
        lon, lat = _degrees(row["lon"], 180), _degrees(row["lat"], 90)
        if lon is None:
            fault(line, "lon", say("经度应为 −180 到 180 的度数"))
        if lat is None:
            fault(line, "lat", say("纬度应为 −90 到 90 的度数"))
        if not (row["source"] or "").strip():
            fault(line, "source", say("没有写明来源"))
        if lon is not None and lat is not None:
            found[code] = Seat(code, lon, lat, (row["source"] or "").strip())
    if faults:
        raise KechuangError(
            "places-invalid", say("{file}有{n}处错误", file=FILE, n=len(faults)), faults=faults
        )
    return found


def _degrees(text: str | None, most: float) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -most <= value <= most else None
