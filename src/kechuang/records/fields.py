"""One cell: what was written there, read as the field's type says, or a clear fault.

``parser(spec, …)`` gives a function from a cell to a value: str, int, float, bool, ``date`` or None
for an empty cell. It raises :class:`Refused` with a stable code. ``canonical`` and ``restore`` turn
values into what the store keeps (JSON) and back.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kechuang.errors import Joined
from kechuang.language.numerals import DIGITS, parse_number
from kechuang.messages import Message, literal, say
from kechuang.records import measures, uscc

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree
    from kechuang.packs.model import FieldSpec, Label

Value = str | int | float | bool | date | None
Parser = Callable[[Any], Value]
Note = Callable[[Message], None]
"""Hears what was read in another way than it was written, and still stands: a unit converted."""

#: Above this a number cell has lost digits (Excel keeps fifteen), so a code in it cannot be trusted.
EXACT = 10**15

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d*)?(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2}))")
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_TWO_NAMES = re.compile(r"([^()]+)\(([^()]+)\)")
_MIDNIGHT = re.compile(r"[T ]\s*0?0:00(?::00(?:\.0+)?)?$")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"\d{4}(?:[-/.]\d{1,2}|年\d{1,2}月)")
_YEAR = re.compile(r"(\d{4})\s*(?:年|年度)?")
_SPACES = re.compile(r"\s+")
_TRUE = frozenset({"是", "有", "true", "yes", "y", "1", "√"})
_FALSE = frozenset({"否", "无", "false", "no", "n", "0", "×"})
_CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n"}
_FIRST, _LAST = date(1900, 1, 1), date(2200, 12, 31)


class Refused(Exception):
    """A cell that is not what its field asks for."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def folded(text: str) -> str:
    """Text for comparing: half width, no spaces, small letters.

    >>> folded(" 产值（万元） ") == folded("产值(万元)")
    True
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _cleaned(text: str) -> str:
    """Text without control characters, which no spreadsheet can hold; line breaks are one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)


def written(cell: Any) -> str:
    """What a cell shows, as text without surrounding space; a whole number has no decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip() if cell.isprintable() else _cleaned(cell).strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def parser(
    spec: FieldSpec,
    today: date,
    regions: RegionTree | None = None,
    within: str | None = None,
    note: Note | None = None,
) -> Parser:
    """The function that reads a cell of ``spec``. ``today`` is the day of import: later days are refused
    unless the field may lie in the future. Regions must lie ``within`` the workspace's. ``note`` hears of
    units that were converted."""
    if spec.type == "region":
        from kechuang.records.places import region_parser

        inner = region_parser(spec, regions, within)
    else:
        inner = _MAKERS[spec.type](spec, today, note)
    required = spec.required

    def parse(cell: Any) -> Value:
        if isinstance(cell, str):
            cell = written(cell)
        if cell is None or cell == "":
            if required:
                raise Refused("required", say("必填，不能为空"))
            return None
        return inner(cell)

    return parse


def canonical(value: Value) -> Any:
    """The value as the store keeps it: dates as ISO text."""
    return value.isoformat() if isinstance(value, date) else value


def restore(spec: FieldSpec, kept: Any) -> Value:
    """The value from what the store keeps."""
    if kept is None:
        return None
    if spec.type == "date":
        return date.fromisoformat(kept)
    if spec.type == "number":
        return float(kept)
    if spec.type in {"integer", "year"}:
        return int(kept)
    return bool(kept) if spec.type == "boolean" else str(kept)


# -- one maker a type ----------------------------------------------------------------------------


def _text(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    pattern = re.compile(spec.pattern) if spec.pattern else None

    def parse(cell: Any) -> Value:
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT:
            raise Refused(
                "digits-lost",
                say("被当作数字，末几位可能已丢失；请把该列设为文本格式后重新填写"),
            )
        text = written(cell)
        if pattern is None:
            return unicodedata.normalize("NFC", text)
        text = unicodedata.normalize("NFKC", text)
        if not pattern.fullmatch(text):
            raise Refused("pattern", _hinted(say("“{text}”的格式不对", text=text), spec))
        return text

    return parse


def _number(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    low, high = spec.min, spec.max

    def parse(cell: Any) -> Value:
        value = _read_number(cell, spec, note)
        if (low is not None and value < low) or (high is not None and value > high):
            raise _out_of_range(cell, spec)
        return value

    return parse


def _integer(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    low = spec.min if spec.min is not None else -math.inf
    high = spec.max if spec.max is not None else math.inf

    def parse(cell: Any) -> Value:
        value = _read_number(cell, spec, note)
        if not value.is_integer():
            raise Refused("not-an-integer", say("应为整数，现为“{text}”", text=written(cell)))
        if not low <= value <= high or abs(value) > 2**53:
            raise _out_of_range(cell, spec)
        return int(value)

    return parse


def _year(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    low = spec.min if spec.min is not None else _FIRST.year
    high = spec.max if spec.max is not None else _LAST.year

    def parse(cell: Any) -> Value:
        match = _YEAR.fullmatch(unicodedata.normalize("NFKC", written(cell)))
        if match is None or isinstance(cell, bool):
            raise Refused("not-a-year", say("应为四位年份，如2024，现为“{text}”", text=written(cell)))
        year = int(match[1])
        if not low <= year <= high:
            raise _out_of_range(cell, spec)
        if year > today.year and not spec.future:
            raise Refused("future-date", say("{year}年还没有到", year=year))
        return year

    return parse


def _date(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    def parse(cell: Any) -> Value:
        day = _read_date(cell)
        if not _FIRST <= day <= _LAST:
            raise Refused("out-of-range", say("日期“{text}”不合常理，请核对年份", text=written(cell)))
        if day > today and not spec.future:
            raise Refused(
                "future-date",
                say("日期{day}晚于导入日{today}", day=day.isoformat(), today=today.isoformat()),
            )
        return day

    return parse


def _boolean(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    def parse(cell: Any) -> Value:
        if isinstance(cell, bool):
            return cell
        text = folded(written(cell))
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise Refused("not-a-choice", say("应填“是”或“否”，现为“{text}”", text=written(cell)))

    return parse


def _choice(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    known: dict[str, str] = {}
    for code, label in spec.choices.items():
        for name in (label.en, label.zh, code):
            known[folded(name)] = code
    # “省级（自治区级）” is two names of one thing; people write either.
    for code, label in spec.choices.items():
        bracket = _TWO_NAMES.fullmatch(folded(label.zh))
        for name in bracket.groups() if bracket else ():
            known.setdefault(name, code)
    allowed = choices_message(spec)

    def parse(cell: Any) -> Value:
        code = known.get(folded(written(cell)))
        if code is None:
            raise Refused(
                "not-a-choice", say("“{text}”不在可选值之内：{allowed}", text=written(cell), allowed=allowed)
            )
        return code

    return parse


def choices_message(spec: FieldSpec) -> Message:
    """The labels of a field's choices, in each language."""
    labels = spec.choices.values()
    return Joined([Named.of(label) for label in labels], ("、", ", "))


class Named(Message):
    """A name a pack gives in both languages, as a message."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("")
        object.__setattr__(self, "pair", (zh, en))

    @classmethod
    def of(cls, label: Label) -> Named:
        return cls(label.zh, label.en)

    def text(self, language: str) -> str:
        pair: tuple[str, str] = object.__getattribute__(self, "pair")
        return pair[language == "en"]


def _uscc(spec: FieldSpec, today: date, note: Note | None) -> Parser:
    def parse(cell: Any) -> Value:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            raise Refused(
                "uscc-format",
                say("信用代码被当作数字，末几位可能已丢失；请把该列设为文本格式后重新填写"),
            )
        code = _SPACES.sub("", unicodedata.normalize("NFKC", written(cell))).upper()
        if len(code) != 18:
            raise Refused(
                "uscc-format", say("统一社会信用代码应为18位，“{code}”有{n}位", code=code, n=len(code))
            )
        wrong = uscc.wrong_characters(code)
        if wrong:
            place, character = wrong[0]
            meant = uscc.MISTAKEN.get(character)
            problem = say(
                "统一社会信用代码第{place}位“{character}”不合规定", place=place, character=character
            )
            hint = say("是否应为“{meant}”？", meant=meant) if meant else None
            raise Refused("uscc-format", Joined([problem, hint], ("；", "; ")) if hint else problem)
        expected = uscc.check_digit(code[:17])
        if code[17] != expected:
            raise Refused(
                "uscc-check-digit",
                say(
                    "统一社会信用代码“{code}”的校验位不对：按前17位应为“{expected}”，现为“{found}”，请逐位核对",
                    code=code,
                    expected=expected,
                    found=code[17],
                ),
            )
        return code

    return parse


_MAKERS: dict[str, Callable[[FieldSpec, date, Note | None], Parser]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "year": _year,
    "date": _date,
    "boolean": _boolean,
    "choice": _choice,
    "uscc": _uscc,
}


# -- shared steps --------------------------------------------------------------------------------


def _read_number(cell: Any, spec: FieldSpec, note: Note | None) -> float:
    if isinstance(cell, bool):
        raise _not_a_number(cell, spec)
    if isinstance(cell, int | float):
        value = float(cell)
    else:
        text = unicodedata.normalize("NFKC", written(cell)).replace("−", "-")
        if not isinstance(cell, str):
            raise _not_a_number(cell, spec)
        if _NUMBER.fullmatch(text):
            value = float(text.replace(",", ""))
        else:
            value = _with_unit(cell, text, spec, note)
    if not abs(value) < 1e300:
        raise _not_a_number(cell, spec)
    return fifteen_digits(value)


def fifteen_digits(value: float) -> float:
    """As a spreadsheet shows it: 0.1 + 0.2 computed there is 0.3 typed. -0.0 becomes 0.0."""
    return float(f"{value:.15g}") + 0.0


def _with_unit(cell: str, text: str, spec: FieldSpec, note: Note | None) -> float:
    """A number with a unit behind it, in the unit of the column."""
    found = measures.split(text) if spec.unit else None
    if found is None or not spec.unit:
        raise _not_a_number(cell, spec)
    number, unit = found
    exact = measures.converted(number, unit, unicodedata.normalize("NFKC", spec.unit))
    if exact is None:
        problem = say("“{text}”的单位是“{found}”，这一列应为“{unit}”", text=text, found=unit, unit=spec.unit)
        raise Refused("wrong-unit", problem)
    try:
        value = fifteen_digits(float(exact))
    except OverflowError:
        raise _not_a_number(cell, spec) from None
    if note is not None and exact != number:
        note(say("“{text}”读作{value}{unit}", text=text, value=written(value), unit=spec.unit))
    return value


def _not_a_number(cell: Any, spec: FieldSpec) -> Refused:
    text = written(cell)
    problem = say("应为数字，现为“{text}”", text=text)
    meant = parse_number(text) if any(sign in DIGITS for sign in text) else None
    if meant is not None:
        hint = say("请用阿拉伯数字填写，如{value}", value=written(meant))
    elif spec.unit:
        hint = say("只填数，不写单位；单位为{unit}，没有数据请留空", unit=spec.unit)
    else:
        hint = say("没有数据请留空")
    return Refused("not-a-number", Joined([problem, hint], ("；", "; ")))


def _out_of_range(cell: Any, spec: FieldSpec) -> Refused:
    low = "" if spec.min is None else f"{spec.min:g} ≤ "
    high = "" if spec.max is None else f" ≤ {spec.max:g}"
    problem = say("“{text}”超出允许的范围", text=written(cell))
    if not low and not high:
        return Refused("out-of-range", problem)
    bounds = say("应为 {low}数值{high}", low=low, high=high)
    return Refused("out-of-range", Joined([problem, bounds], ("；", "; ")))


def _read_date(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    # A CSV written from a spreadsheet has the time of a date, midnight, behind it.
    text = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", written(cell)))
    found = _DATE.fullmatch(text) or _CHINESE_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found is not None and not isinstance(cell, bool):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            raise Refused("not-a-date", say("没有“{text}”这一天", text=text)) from None
    if _MONTH.fullmatch(text):
        raise Refused("not-a-date", say("“{text}”只有年月，请写到日，如2024-03-05", text=text))
    problem = say("应为日期，如2024-03-05，现为“{text}”", text=written(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20000 <= cell < 80000:
        meant = date(1899, 12, 30) + timedelta(days=int(cell))
        hint = say("若是{day}，请把该列设为日期格式", day=meant.isoformat())
        problem = Joined([problem, hint], ("；", "; "))
    raise Refused("not-a-date", problem)


def _hinted(problem: Message, spec: FieldSpec) -> Message:
    if spec.note is not None:
        return Joined([problem, Named.of(spec.note)], ("；", "; "))
    if spec.pattern is not None:
        return Joined([problem, say("应合规则 {pattern}", pattern=literal(spec.pattern))], ("；", "; "))
    return problem
