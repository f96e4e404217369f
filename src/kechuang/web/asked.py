"""What forms and addresses ask for, read without trust: a whole number, a day the calendar can count with."""

from __future__ import annotations

import re
from datetime import date

#: Digits of a number a form may carry: no key of a table has more.
DIGITS = 15
#: Days beyond these no page shows: the calendar could not go a month further, or a zone further back.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
_WHOLE = re.compile(rf"[0-9]{{1,{DIGITS}}}")


def whole(text: object) -> int | None:
    """A whole number, none below 0; None for anything else.

    >>> whole("12"), whole("-1"), whole("9" * 5000), whole("١٢"), whole("")
    (12, None, None, None, None)
    """
    found = str(text)
    return int(found) if _WHOLE.fullmatch(found) else None


def day(text: object) -> date | None:
    """A day in ISO; None for anything else, and for a day no page could show.

    >>> day("2024-02-29"), day("2024-02-30"), day("9999-12-31"), day("0001-01-01")
    (datetime.date(2024, 2, 29), None, None, None)
    """
    try:
        found = date.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None
