"""Files of every format: written together with their structures, and told apart by what is in them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from kechuang.errors import KechuangError, Place, listed, system_trouble
from kechuang.indicators.exchange import adx, dhis2, sdmx_csv, sdmx_data, sdmx_json, sdmx_ml, sdmx_structure
from kechuang.indicators.exchange import table as plain_table
from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.message import Message
from kechuang.indicators.exchange.xml import root_of
from kechuang.messages import say
from kechuang.whole import whole

LARGEST = 1024 * 1024 * 1024
_SUFFIXES = (".csv", ".xml", ".json")
_ENCODINGS = ("utf-8-sig", "gb18030")


Writer = Callable[[Dataset, IO[bytes]], int]


@dataclass(frozen=True)
class Kind:
    """A format that can be written: the suffix of its data, and how data and structures are written.

    Both write into a stream; they give how many figures the format could not say.
    """

    suffix: str
    data: Writer
    structure: Writer | None
    structure_suffix: str = ".xml"


@dataclass(frozen=True)
class Written:
    """``files`` in the order written (data first), and how many figures were ``left_out``."""

    files: tuple[Path, ...]
    left_out: int = 0


def _text(write: Callable[[Dataset, IO[str]], None]) -> Writer:
    def content(data: Dataset, stream: IO[bytes]) -> int:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        write(data, text)
        text.detach()  # what it holds is written; the stream stays open
        return 0

    return content


def _ml(version: str) -> Writer:
    def content(data: Dataset, stream: IO[bytes]) -> int:
        sdmx_data.write(data, stream, version)
        return 0

    return content


def _csv(version: str) -> Writer:
    return _text(lambda data, stream: sdmx_csv.write(data, stream, version))


def _structure(version: str) -> Writer:
    def content(data: Dataset, stream: IO[bytes]) -> int:
        stream.write(sdmx_structure.write(data, version))
        return 0

    return content


KINDS: dict[str, Kind] = {
    "sdmx-csv": Kind(".csv", _csv("2.0"), _structure("3.0")),
    "sdmx-csv-1.0": Kind(".csv", _csv("1.0"), _structure("2.1")),
    "sdmx-ml": Kind(".xml", _ml("3.0"), _structure("3.0")),
    "sdmx-ml-2.1": Kind(".xml", _ml("2.1"), _structure("2.1")),
    "sdmx-json": Kind(".json", _text(sdmx_json.write), _text(sdmx_json.write_structure), ".json"),
    "dhis2": Kind(".json", _text(dhis2.write), _text(dhis2.write_metadata), ".json"),
    "adx": Kind(".xml", adx.write, _text(dhis2.write_metadata), ".json"),
    "csv": Kind(".csv", _text(lambda data, out: plain_table.write(data.figures, out)), None),
}
FORMATS = tuple(KINDS)


def export(data: Dataset, target: Path, name: str, *, structures: bool = True) -> Written:
    """Write ``data`` in the format ``name`` to the file ``target``, its structures beside it.

    Where ``target`` does not end in .csv, .xml or .json it is a folder, and the files in it are ``data`` and
    ``structure``. Every file is whole or absent. Raises KechuangError for a format that is not known, and where nothing can be
    written.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise KechuangError(
            "unknown-format",
            say("没有名为“{name}”的格式", name=name),
            remedy=say("可用的格式：{known}。", known=listed(FORMATS)),
        )
    if target.suffix.lower() in _SUFFIXES and not target.is_dir():
        file = target
        beside = target.with_name(f"{target.stem}.structure{kind.structure_suffix}")
    else:
        file, beside = target / f"data{kind.suffix}", target / f"structure{kind.structure_suffix}"
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = say("不能写入：{problem}", problem=system_trouble(error))
            raise KechuangError("not-writable", problem, place=Place(file=str(target))) from None
    with whole(file) as path, path.open("wb") as stream:
        left_out = kind.data(data, stream)
    files = [file]
    if structures and kind.structure is not None:
        with whole(beside) as path, path.open("wb") as stream:
            kind.structure(data, stream)
        files.append(beside)
    return Written(tuple(files), left_out)


def read(path: Path) -> Message:
    """The observations of a file in any format that is read; what it is is told by its content.

    Raises KechuangError for a file that is none of them, or that is damaged.
    """
    file = str(path)
    try:
        if path.stat().st_size > LARGEST:
            raise KechuangError(
                "exchange-unreadable",
                say("文件超过{n}MB，未读取", n=LARGEST // 1024 // 1024),
                place=Place(file=file),
                remedy=say("请按年份或地区分成几个文件。"),
            )
        content = path.read_bytes()
    except OSError as error:
        problem = say("文件不能读写：{problem}", problem=system_trouble(error))
        raise KechuangError(
            "file-trouble", problem, place=Place(file=file), remedy=say("请检查路径、权限和磁盘空间。")
        ) from None
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise KechuangError("exchange-unreadable", say("文件是空的"), place=Place(file=file))
    if head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff")):
        return _xml(content, file)
    text = _decoded(content, file)
    if text.lstrip()[:1] in ("{", "["):
        return _json(text, file)
    line = text.split("\n", 1)[0]
    if sdmx_csv.is_header(line):
        return sdmx_csv.read(text, file)
    if plain_table.is_header(line):
        return plain_table.read(text, file)
    raise _unknown(file)


def _xml(content: bytes, file: str) -> Message:
    root = root_of(content, file)
    if adx.is_message(root):
        return adx.read(content, file)
    if sdmx_ml.is_message(root):
        return sdmx_ml.read(content, file)
    raise _unknown(file)


def _json(text: str, file: str) -> Message:
    try:
        content: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise KechuangError(
            "exchange-unreadable",
            say("JSON格式有误：{problem}", problem=error.msg),
            place=Place(file=file, line=error.lineno),
        ) from None
    except (RecursionError, ValueError):
        raise KechuangError(
            "exchange-unreadable", say("JSON嵌套过深，或数字过长"), place=Place(file=file)
        ) from None
    if dhis2.is_values(content):
        return dhis2.read(cast("dict[str, Any]", content), file)
    if sdmx_json.is_message(content):
        return sdmx_json.read(cast("dict[str, Any]", content), file)
    raise _unknown(file)


def _decoded(content: bytes, file: str) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise KechuangError(
        "exchange-unreadable", say("文件不是文本，或编码不是UTF-8和GB18030"), place=Place(file=file)
    )


def _unknown(file: str) -> KechuangError:
    return KechuangError(
        "exchange-unreadable",
        say("认不出这是什么格式"),
        place=Place(file=file),
        remedy=say(
            "可读：SDMX-CSV、SDMX-ML、SDMX-JSON、DHIS2的dataValueSets（JSON）、ADX，以及本软件写出的CSV。"
        ),
    )
