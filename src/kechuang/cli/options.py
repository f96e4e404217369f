"""Options that several commands share, with one wording."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help=str(say("以 JSON 输出，供程序使用")))]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help=str(say("截至哪一天所知，如 2025-06-30；缺省为今天"))),
]
Who = Annotated[str, typer.Option("--who", metavar="NAME", help=str(say("经办单位或岗位")))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=str(say("理由")))]
Region = Annotated[
    str | None, typer.Option("--region", metavar="CODE", help=str(say("地区代码或名称；缺省为全地区")))
]
Year = Annotated[int | None, typer.Option("--year", metavar="YEAR", help=str(say("缺省为各年")))]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", readable=False, metavar="FILE", help=str(say("写入此文件")))
]


def name_given(text: str, option: str) -> str:
    """``text`` without space around it; KechuangError where nothing is left."""
    if not text.strip():
        raise KechuangError(
            "empty-option",
            say("{option} 是空的", option=option),
            remedy=say("请写出内容，或不用这个选项。"),
        )
    return text.strip()


def day(text: str | None) -> date | None:
    """A day given on the command line; KechuangError where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise KechuangError(
            "not-a-date",
            say("“{text}”不是日期", text=text),
            remedy=say("请写成 2025-06-30 的样子。"),
        ) from None


def near(name: str, known: Iterable[str]) -> Message:
    """Names of ``known`` that are written alike; all of them where none is."""
    from difflib import get_close_matches

    names = list(known)
    return listed(get_close_matches(name, names, 3, 0.4) or names)


def region_code(ws: Workspace, text: str | None) -> str:
    """The code of a region of the workspace given by code or name; the workspace's own where none is."""
    if text is None:
        return ws.settings.region
    own = ws.regions.get(ws.settings.region)
    if own is not None and text in (own.code, own.name):
        return own.code
    found = ws.regions.find(text, within=ws.settings.region)
    if found is None:
        raise KechuangError(
            "unknown-region",
            say("规划范围内没有“{name}”", name=text),
            remedy=say("可用的地区：{known}", known=listed([ws.name_of(code) for code in ws.region_codes])),
        )
    return found.code


def region_or_all(ws: Workspace, text: str | None) -> str | None:
    """The code of a region given by code or name; None for everywhere."""
    return None if text is None else region_code(ws, text)


def years_asked(ws: Workspace, year: int | None, when: date) -> list[int]:
    """The years a list is about: the one asked for, or all of the plan until ``when``."""
    return [year] if year is not None else list(ws.years(when))
