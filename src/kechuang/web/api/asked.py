"""The parameters operations have in common, and pages of a list by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, TypeVar

from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field

from kechuang.web.api.door import caller_of, charge
from kechuang.web.workspaces import served

T = TypeVar("T")

#: The day whose knowledge is asked for; none before the first records could have been.
AsOf = Annotated[
    date | None,
    Query(ge=date(1949, 10, 1), description="所知截止日，缺省为今天 · as known on this day (default: today)"),
]
After = Annotated[
    str | None,
    Query(max_length=300, description="上一页的 after · the `after` of the page before"),
]
Limit = Annotated[int, Query(ge=1, le=500, description="每页条数 · items a page")]
Year = Annotated[int | None, Query(ge=1949, le=2999)]
RegionCode = Annotated[str | None, Query(pattern=r"^\d{6}$", description="六位行政区划代码 · six-digit code")]
Name = Annotated[str, Path(min_length=1, max_length=80)]
Key = Annotated[
    str, Query(min_length=1, max_length=500, description="记录的键，多项以 | 相连 · parts joined by |")
]

#: What a day other than today takes besides: its state is computed first.
PAST = 9

__all__ = [
    "PAST",
    "After",
    "AsOf",
    "Field",
    "Key",
    "Limit",
    "Name",
    "RegionCode",
    "Year",
    "day_asked",
    "stretch",
]


def day_asked(request: HttpRequest, as_of: date | None) -> date:
    """The day asked for; KechuangError for one to come. A past day costs the caller more."""
    workspace = served()
    day = workspace.day(as_of)
    if day != workspace.today:
        charge(caller_of(request), PAST)
    return day


def stretch(
    items: Sequence[T], key: Callable[[T], str], after: str | None, limit: int
) -> tuple[list[T], str | None]:
    """``limit`` of the items, which are in order of ``key``, after a key; and the key the next begin after.

    >>> stretch(["a", "b", "c"], str, None, 2)
    (['a', 'b'], 'b')
    >>> stretch(["a", "b", "c"], str, "b", 2)
    (['c'], None)
    """
    rest = [one for one in items if after is None or key(one) > after]
    page = rest[:limit]
    return page, key(page[-1]) if len(rest) > limit else None
