"""Where reminders are sent: ``units.yaml`` of the workspace, e-mail addresses by the name of a unit or office.

Addresses are those of offices and posts; nobody's private address belongs here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.records import database
from kechuang.records.workflow.acts import act
from kechuang.records.workflow.mailing import addresses
from kechuang.whole import whole

FILE = "units.yaml"
ACTION = "units"
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")


def read(folder: Path) -> dict[str, tuple[str, ...]]:
    """Unit → addresses; empty where there is no file. KechuangError where it cannot be read."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = folder / FILE
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, YAMLError):
        raise _unread(path) from None
    units = content.get("units") if isinstance(content, Mapping) else None
    if not isinstance(units, Mapping):
        raise _unread(path)
    found: dict[str, tuple[str, ...]] = {}
    for name, value in units.items():
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or any(not isinstance(one, str) for one in given):
            raise _unread(path)
        found[str(name)] = tuple(given)
    return found


def change(folder: Path, alias: str, unit: str, text: str, *, who: str, at: datetime) -> tuple[str, ...]:
    """Set the addresses of a unit (none: an empty text), and enter it in the chain. KechuangError naming what
    is no address."""
    given = addresses(text)
    wrong = [one for one in given if not _ADDRESS.fullmatch(one)]
    if wrong:
        raise KechuangError(
            "not-an-address",
            say("有{n}处不是邮箱地址", n=len(wrong)),
            remedy=say("几个地址之间用逗号隔开。"),
            faults=[
                Fault("not-an-address", say("“{text}”不是邮箱地址", text=one), Place(field="addresses"))
                for one in wrong
            ],
        )
    with database.writing(alias):
        known = read(folder)
        known.pop(unit, None)
        if given:
            known[unit] = tuple(given)
        _write(folder / FILE, known)
        act(alias, ACTION, who=who, at=at, detail={"unit": unit, "addresses": ", ".join(given)})
    return tuple(given)


def _write(path: Path, units: Mapping[str, Sequence[str]]) -> None:
    from ruamel.yaml import YAML

    remedy = say("请核对文件夹的写入权限和磁盘空间。")
    with whole(path, remedy) as part, part.open("w", encoding="utf-8") as stream:
        stream.write("# 单位和催报邮箱 · units and where their reminders go\n")
        writer = YAML(typ="safe", pure=True)
        writer.allow_unicode = True
        writer.default_flow_style = False
        writer.dump({"units": {name: list(units[name]) for name in sorted(units)}}, stream)


def _unread(path: Path) -> KechuangError:
    return KechuangError(
        "units-invalid",
        say("单位邮箱表读不懂"),
        place=Place(file=str(path)),
        remedy=say("应写成 units: 之下每行一个“单位: [邮箱]”。"),
    )
