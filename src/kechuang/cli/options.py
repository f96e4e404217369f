"""Options that several commands share, with one wording."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say

AsJson = Annotated[bool, typer.Option("--json", help=str(say("以 JSON 输出，供程序使用")))]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help=str(say("截至哪一天所知，如 2025-06-30；缺省为今天"))),
]
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
