"""Units in messages: a code and a power of ten for what is written 万元, 亿元, % or 件/万人.

SDMX keeps the scale of a value apart from its unit (``UNIT_MEASURE``, ``UNIT_MULT``): 亿元 is CNY with 8.
The codes stand in ``units.yaml``; a unit that is not there gets a code made from its text, so that no unit
is lost or taken for another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from kechuang.formula.units import Unit

PER = "_PER_"
_SCALED = "E"  # 10^4 persons is E4_PERSON


@dataclass(frozen=True)
class CodedUnit:
    """A unit as a message says it: value × 10^``power`` is in units of ``code``.

    >>> coded("亿元"), coded("件/万人").code, coded("").code
    (CodedUnit(code='CNY', power=8), 'PIECE_PER_E4_PERSON', 'PURE_NUMB')
    """

    code: str
    power: int = 0

    @property
    def text(self) -> str | None:
        """As records and indicators write it; None for a code or a scale that has no words here.

        >>> CodedUnit("CNY", 4).text, CodedUnit("CNY", 9).text, CodedUnit("MU_PER_PERSON").text
        ('万元', None, '亩/人')
        """
        return _text(self.code, self.power)


@dataclass(frozen=True)
class UnitName:
    """A code with its unit as written, and what it is called in Chinese and English."""

    code: str
    text: str
    zh: str
    en: str


@cache
def coded(text: str) -> CodedUnit:
    """The code of a unit as written. A scale in front is the power; one below a stroke stays in the code."""
    words, tables = _words(), _tables()
    head, *below = text.split("/")
    power = 0
    if head not in words:
        for scale, size in tables.scales.items():
            if head.startswith(scale) and head.removeprefix(scale) in words and head != scale:
                head, power = head.removeprefix(scale), size
                break
    code = PER.join([_part(head), *(_part(part) for part in below)])
    return CodedUnit(code, power)


def size(unit: CodedUnit) -> Unit | None:
    """``unit`` for converting, or None where its code has no words here.

    >>> size(CodedUnit("CNY", 9)).over(Unit.parse("亿元")).scale
    10.0
    """
    base = _text(unit.code, 0)
    if base is None:
        return None
    parsed = Unit.parse(base)
    return Unit(parsed.powers, parsed.scale * 10.0**unit.power)


def power_of(text: str) -> int | None:
    """The power of ten a multiplier says; None for what is none, or beyond any unit.

    >>> power_of("8"), power_of("-3"), power_of("1e2"), power_of("400")
    (8, -3, None, None)
    """
    digits = text.removeprefix("-")
    known = digits.isascii() and digits.isdigit() and len(digits) <= 2 and int(digits) <= 30
    return int(text) if known else None


def named(code: str, texts: Iterable[str] = ()) -> UnitName:
    """What ``code`` is called; one made from its text is looked for among ``texts``."""
    tables = _tables()
    if code in tables.names:
        return tables.names[code]
    base = _text(code, 0) or next((text for text in texts if coded(text).code == code), code)
    english = " per ".join(_english(part) for part in code.split(PER))
    return UnitName(code, base, base, english if _text(code, 0) is not None else base)


@dataclass(frozen=True)
class _Tables:
    names: dict[str, UnitName]
    scales: dict[str, int]
    scale_words: dict[int, str]


@cache
def _tables() -> _Tables:
    content = content_of("units.yaml")
    names = {str(row["code"]): UnitName(**row) for row in content["units"]}
    scales = {row["text"]: row["power"] for row in content["scales"]}
    by_length = dict(sorted(scales.items(), key=lambda pair: -len(pair[0])))
    return _Tables(names, by_length, {row["power"]: row["en"] for row in content["scales"]})


def powers() -> dict[int, tuple[str, str]]:
    """Each scale that has words: power of ten → (Chinese, English)."""
    tables = _tables()
    said = {power: (text, tables.scale_words[power]) for text, power in tables.scales.items()}
    return {0: ("个", "units"), **dict(sorted(said.items()))}


def content_of(name: str) -> Any:
    """The content of a data file of this package."""
    from ruamel.yaml import YAML

    text = (resources.files("kechuang.indicators.exchange") / name).read_text("utf-8")
    return YAML(typ="safe", pure=True).load(text)


@cache
def _words() -> dict[str, str]:
    return {unit.text: code for code, unit in _tables().names.items()}


def _part(text: str) -> str:
    words = _words()
    if text in words:
        return words[text]
    for scale, power in _tables().scales.items():
        if text == scale:
            return f"{_SCALED}{power}"
        if text.startswith(scale) and text.removeprefix(scale) in words:
            return f"{_SCALED}{power}_{words[text.removeprefix(scale)]}"
    return f"U_{sha256(text.encode()).hexdigest()[:12].upper()}"


@cache
def _text(code: str, power: int) -> str | None:
    scales = {size: text for text, size in _tables().scales.items()}
    if power and power not in scales:
        return None
    parts = [_written(part) for part in code.split(PER)]
    if None in parts or (power and not parts[0]):
        return None
    return (scales[power] if power else "") + "/".join(str(part) for part in parts)


def _written(part: str) -> str | None:
    names, scales = _tables().names, {size: text for text, size in _tables().scales.items()}
    if part in names:
        return names[part].text
    head, _, rest = part.partition("_")
    if head.startswith(_SCALED) and head[1:].isdigit() and int(head[1:]) in scales:
        scale = scales[int(head[1:])]
        return scale if not rest else scale + names[rest].text if rest in names else None
    return None


def _english(part: str) -> str:
    names, words = _tables().names, _tables().scale_words
    if part in names:
        return names[part].en
    head, _, rest = part.partition("_")
    if head[1:].isdigit() and int(head[1:]) in words:
        scale = words[int(head[1:])]
        return f"{scale} of {names[rest].en}" if rest in names else scale
    return part
