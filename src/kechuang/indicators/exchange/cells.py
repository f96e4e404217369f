"""A figure as the cells of an observation: text by the id of a component, and the numbers back from text.

Numbers are written with the fewest digits that give the same number back (IEEE 754 double), so that a value
that was sent and read is the same value to the last bit.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kechuang.indicators.exchange.statuses import code_of
from kechuang.indicators.exchange.units import coded
from kechuang.indicators.figure import Figure
from kechuang.packs.model import IndicatorSpec

DIMENSIONS = ("FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD")
MEASURE = "OBS_VALUE"
ATTRIBUTES = (
    "UNIT_MEASURE",
    "UNIT_MULT",
    "DECIMALS",
    "OBS_STATUS",
    "FIGURE_STATUS",
    "COVERAGE",
    "NUMERATOR",
    "DENOMINATOR",
    "SNAPSHOT",
    "FINGERPRINT",
    "AS_OF",
    "VERIFIED",
    "BREAK",
    "SCOPE",
    "ABSENCE",
    "DUE",
    "COMMENT",
    "COMMENT_EN",
)
COMPONENTS = (*DIMENSIONS, MEASURE, *ATTRIBUTES)
YEARLY = "A"
#: What stands for a number that is missing.
MISSING = "NaN"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_LONGEST = 400


def cells(figure: Figure, spec: IndicatorSpec | None, broken: str | None = None) -> dict[str, str]:
    """The figure by component id; what is not known has no cell. ``broken`` tells of a break in its series in
    words; without it the breaks the figure itself carries are set down as JSON.

    >>> figure = Figure("rd", "330100", "2024", 12.5, "亿元", "provisional")
    >>> [cells(figure, None)[name] for name in ("OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS")]
    ['12.5', 'CNY', '8', 'P']
    """
    unit = coded(figure.unit)
    reason = figure.reason or {}
    broken = broken or listed_json(figure.breaks)
    found = {
        "FREQ": YEARLY,
        "REF_AREA": figure.region,
        "INDICATOR": figure.indicator,
        "TIME_PERIOD": figure.period,
        "OBS_VALUE": written(figure.value),
        "UNIT_MEASURE": unit.code,
        "UNIT_MULT": str(unit.power),
        "DECIMALS": None if spec is None else str(spec.decimals),
        "OBS_STATUS": code_of(
            figure.status,
            known=figure.value is not None,
            broken=broken is not None,
            withheld=figure.absence == "withheld",
        ),
        "FIGURE_STATUS": figure.status,
        "COVERAGE": written(figure.coverage),
        "NUMERATOR": written(figure.numerator),
        "DENOMINATOR": written(figure.denominator),
        "SNAPSHOT": figure.snapshot,
        "FINGERPRINT": figure.fingerprint,
        "AS_OF": figure.as_of,
        "VERIFIED": "true" if figure.verified else "false",
        "BREAK": broken,
        "SCOPE": listed_json(figure.scope),
        "ABSENCE": figure.absence,
        "DUE": figure.due,
        "COMMENT": reason.get("zh"),
        "COMMENT_EN": reason.get("en"),
    }
    return {name: text for name, text in found.items() if text}


def listed_json(found: Sequence[Mapping[str, Any]]) -> str | None:
    """A list of plain data as JSON in one line; None where there is nothing to say."""
    if not found:
        return None
    return json.dumps([dict(one) for one in found], ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | None) -> tuple[dict[str, Any], ...]:
    """The list set down by :func:`listed_json`; empty for words that people wrote."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return ()
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return ()
    return tuple(found)


def written(value: float | None) -> str | None:
    """A number in full; None stays None."""
    return None if value is None else repr(float(value))


def plain(value: float) -> str:
    """A number without an exponent, for formats that allow none (``xs:decimal``).

    >>> plain(1e-07), plain(2.5e21), plain(12.0)
    ('0.0000001', '2500000000000000000000', '12')
    """
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text: str | None) -> float | None:
    """The number ``text`` says, None where it says that there is none.

    Raises ValueError for what is no number, or too large for one.

    >>> number("1.5e3"), number("NaN"), number("")
    (1500.0, None, None)
    """
    trimmed = (text or "").strip()
    if trimmed in ("", MISSING):
        return None
    if len(trimmed) > _LONGEST or not trimmed.isascii() or not _NUMBER.fullmatch(trimmed):
        raise ValueError(f"no number: {trimmed[:40]!r}")
    value = float(trimmed)
    if math.isinf(value):
        raise ValueError(f"too large: {trimmed[:40]!r}")
    return value


def key_of(values: Mapping[str, str]) -> tuple[str, ...]:
    """The dimensions of an observation, those of this software first."""
    return tuple(values.get(name, "") for name in DIMENSIONS)
