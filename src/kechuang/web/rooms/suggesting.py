"""What a cell that was refused probably should say, where that can be told; and what it may say at all."""

from __future__ import annotations

import re
from difflib import get_close_matches

from kechuang.language.dates import day_in
from kechuang.language.fold import fold
from kechuang.language.numerals import parse_number
from kechuang.packs.model import FieldSpec
from kechuang.web.forms import choices_of
from kechuang.web.models import User

_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百千万亿两点]+")
#: Choices up to so many are offered as a list.
MOST = 120


def choices_for(user: User, spec: FieldSpec | None) -> tuple[str, ...]:
    """The words a cell of a field may hold, as the template offers them; none where anything may stand."""
    if spec is None:
        return ()
    if spec.type == "choice":
        return tuple(label.zh for label in spec.choices.values())
    words = tuple(word for _, word in choices_of(user, spec))
    return words if 1 <= len(words) <= MOST else ()


def suggested(user: User, spec: FieldSpec | None, found: str) -> str:
    """What was probably meant by ``found``; "" where nobody can say."""
    if spec is None or not found.strip():
        return ""
    text = fold(found).strip()
    if choices := choices_for(user, spec):
        return next(iter(get_close_matches(text, choices, 1, 0.5)), "")
    if spec.type in ("number", "integer", "year"):
        return _number(text, spec, found)
    if spec.type == "date":
        day = day_in(text)
        told = day[0].isoformat() if day else ""
        return "" if told == found else told
    return ""


def _number(text: str, spec: FieldSpec, found: str) -> str:
    bare = text.removesuffix(fold(spec.unit or "")).strip()  # “四十多人” is no number, “四十人” is
    if _NUMBER.fullmatch(bare):
        told = bare.replace(",", "").lstrip("+")
    elif _NUMERALS.fullmatch(bare):
        value = parse_number(bare)
        if value is None:
            return ""
        told = f"{value:.10g}"
    else:
        return ""
    number = float(told)
    low, high = spec.min, spec.max
    whole = spec.type == "number" or number.is_integer()
    sound = whole and (low is None or number >= low) and (high is None or number <= high)
    return told if sound and told != found.strip() else ""
