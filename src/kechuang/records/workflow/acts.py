"""Acts are entries of the audit chain: written once, in order, and found by what was done.

A lock, an extension, a reminder, a draw or an attachment is nothing but its entry, so that there is
no second table that could tell something else. Whoever acts is an office or a post.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.records import audit
from kechuang.records.clock import day_of, end_of
from kechuang.records.fields import folded
from kechuang.records.models import Event


def act(
    alias: str, action: str, *, who: str, at: datetime, detail: Mapping[str, Any], subject: str = ""
) -> Event:
    """Write what was done; call inside ``database.writing``. ``subject`` is what it is about, if numbered."""
    audit.check_clock(alias, at)
    return audit.enter(alias, action, subject, who=named(who), at=at, detail=detail)


def acts(alias: str, *actions: str, subject: str | None = None, by: date | None = None) -> list[Event]:
    """The entries of some kinds, first to last; only those until the end of the day ``by``."""
    found = Event.objects.using(alias).filter(action__in=actions).order_by("seq")
    if subject is not None:
        found = found.filter(batch=subject)
    if by is not None:
        found = found.filter(at__lt=end_of(by))
    return list(found)


def named(who: str) -> str:
    """The office or post that acts; KechuangError where none is named."""
    if not who.strip():
        raise KechuangError(
            "nobody-named",
            say("没有写明经办单位或岗位"),
            remedy=say("请用 --who 写明单位或岗位，如“统计科”。"),
        )
    return who.strip()


def reasoned(text: str) -> str:
    """A reason or explanation; KechuangError where it is empty."""
    if not text.strip():
        raise KechuangError("no-reason", say("没有写明理由或说明"), remedy=say("请写一句话，供以后查考。"))
    return text.strip()


def same_office(one: str, other: str) -> bool:
    """Whether two names are one office: only letters and figures count, in any width or case.

    >>> same_office("统计科 A", "统计科·ａ"), same_office("统计科", "审核科")
    (True, False)
    """
    return _letters(one) == _letters(other)


def _letters(name: str) -> str:
    plain = folded(name)
    return "".join(filter(str.isalnum, plain)) or plain


def next_number(alias: str, letter: str, action: str, at: datetime) -> str:
    """A number that tells the day, such as D20260331-0001, for the next act of a kind."""
    prefix = f"{letter}{day_of(at):%Y%m%d}-"
    count = Event.objects.using(alias).filter(action=action, batch__startswith=prefix).count()
    return f"{prefix}{count + 1:04d}"
