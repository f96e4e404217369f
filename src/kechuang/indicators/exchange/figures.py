"""Figures from a message: every observation is known, yearly, a number, and there once, or nothing is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast, get_args

from kechuang.errors import Fault, Place
from kechuang.formula.units import Unit
from kechuang.indicators.exchange.cells import from_json, number
from kechuang.indicators.exchange.dataset import Regions
from kechuang.indicators.exchange.dhis2 import uid
from kechuang.indicators.exchange.message import Message, Observation, at, check_faults
from kechuang.indicators.exchange.statuses import codes as status_codes
from kechuang.indicators.exchange.units import CodedUnit, coded, power_of
from kechuang.indicators.figure import Absence, Figure, Status
from kechuang.language.period import Period
from kechuang.messages import say
from kechuang.packs.model import IndicatorSpec

ABSENCES = frozenset(get_args(Absence))

STATUSES: tuple[Status, ...] = get_args(Status)
_YEAR = re.compile(r"\d{4}")
_WHOLE_YEAR = re.compile(r"(\d{4})-01-01/P(1Y|12M)|(\d{4})-A1")


def figures(message: Message, indicators: Mapping[str, IndicatorSpec], regions: Regions) -> list[Figure]:
    """The figures of ``message`` in its order.

    Indicators and regions are named by their codes, or by the identifiers this software gives them in DHIS2.
    A unit that is not said is that of the indicator. Raises KechuangError with every fault and its place.
    """
    reading = _Reading(indicators, regions)
    found = [figure for one in message.observations if (figure := reading.figure(one)) is not None]
    file = message.observations[0].place.file if message.observations else None
    check_faults(reading.faults, file or "")
    return found


def period(text: str) -> str | None:
    """The year a period of SDMX, DHIS2 or ADX means; None where it means no calendar year.

    >>> period("2024"), period("2024-01-01/P1Y"), period("2024-A1"), period("2024-Q1"), period("202401")
    ('2024', '2024', '2024', None, None)
    """
    if _YEAR.fullmatch(text) and text.isascii():
        return text
    match = _WHOLE_YEAR.fullmatch(text)
    return (match[1] or match[3]) if match else None


class _Reading:
    def __init__(self, indicators: Mapping[str, IndicatorSpec], regions: Regions) -> None:
        self.indicators, self.regions = indicators, regions
        self.by_uid = {uid("dataElement", name): name for name in indicators}
        self.faults: list[Fault] = []
        self.seen: dict[tuple[str, ...], Place] = {}

    def figure(self, one: Observation) -> Figure | None:
        before = len(self.faults)
        cells, place = one.values, one.place
        spec = self.indicator(cells, place)
        region, year = self.region(cells, place), self.year(cells, place)
        if cells.get("FREQ", "A") != "A":
            self.faults.append(
                Fault(
                    "wrong-frequency", say("频率“{freq}”不是年度（A）", freq=cells["FREQ"]), at(place, "FREQ")
                )
            )
        numbers = {
            name: self.number(cells, name, place)
            for name in ("OBS_VALUE", "NUMERATOR", "DENOMINATOR", "COVERAGE")
        }
        coverage = numbers["COVERAGE"]
        if coverage is not None and not 0 <= coverage <= 1:
            self.faults.append(
                Fault(
                    "not-a-number",
                    say("覆盖率“{text}”不在0与1之间", text=cells["COVERAGE"]),
                    at(place, "COVERAGE"),
                )
            )
        status = self.status(cells, place)
        unit = self.unit(cells, spec, place)
        if spec is not None and region and year:
            self.once((spec.id, region, year), place)
        if len(self.faults) > before or spec is None or region is None or year is None or unit is None:
            return None
        absence = cells.get("ABSENCE")
        reason = {
            key: text for key, name in (("zh", "COMMENT"), ("en", "COMMENT_EN")) if (text := cells.get(name))
        }
        return Figure(
            indicator=spec.id,
            region=region,
            period=year,
            value=numbers["OBS_VALUE"],
            unit=unit,
            status=cast("Status", status),
            numerator=numbers["NUMERATOR"],
            denominator=numbers["DENOMINATOR"],
            coverage=coverage,
            snapshot=cells.get("SNAPSHOT", ""),
            fingerprint=cells.get("FINGERPRINT", ""),
            as_of=cells.get("AS_OF"),
            verified=cells.get("VERIFIED", "true") not in ("false", "0"),
            reason=reason or None,
            absence=cast("Absence | None", absence if absence in ABSENCES else None),
            due=cells.get("DUE"),
            scope=from_json(cells.get("SCOPE")),
            breaks=from_json(cells.get("BREAK")),
        )

    def indicator(self, cells: Mapping[str, str], place: Place) -> IndicatorSpec | None:
        name = cells.get("INDICATOR", "")
        spec = self.indicators.get(name) or self.indicators.get(self.by_uid.get(name, ""))
        if not name:
            self.faults.append(
                Fault(
                    "missing-dimension", say("没有说是哪个{what}", what=say("指标")), at(place, "INDICATOR")
                )
            )
        elif spec is None:
            self.faults.append(
                Fault("unknown-indicator", say("没有名为“{name}”的指标", name=name), at(place, "INDICATOR"))
            )
        return spec

    def region(self, cells: Mapping[str, str], place: Place) -> str | None:
        code = cells.get("REF_AREA", "")
        if not code:
            self.faults.append(
                Fault("missing-dimension", say("没有说是哪个{what}", what=say("地区")), at(place, "REF_AREA"))
            )
            return None
        if self.regions.get(code) is None:
            self.faults.append(
                Fault("unknown-region", say("地区代码 {code} 不存在", code=code), at(place, "REF_AREA"))
            )
            return None
        return code

    def year(self, cells: Mapping[str, str], place: Place) -> str | None:
        text = cells.get("TIME_PERIOD", "")
        year = period(text)
        if not text:
            self.faults.append(
                Fault(
                    "missing-dimension", say("没有说是哪个{what}", what=say("时期")), at(place, "TIME_PERIOD")
                )
            )
        elif year is None:
            self.faults.append(
                Fault(
                    "wrong-period", say("时期“{text}”不是一个公历年度", text=text), at(place, "TIME_PERIOD")
                )
            )
        return year and str(Period.parse(year))

    def number(self, cells: Mapping[str, str], name: str, place: Place) -> float | None:
        try:
            return number(cells.get(name))
        except ValueError:
            text = cells[name]
            shown = text if len(text) <= 40 else f"{text[:40]}…"
            self.faults.append(
                Fault("not-a-number", say("“{text}”不是数字，或大得不能计算", text=shown), at(place, name))
            )
            return None

    def status(self, cells: Mapping[str, str], place: Place) -> Status | None:
        own = cells.get("FIGURE_STATUS")
        if own is not None:
            if own in STATUSES:
                return own
            self.faults.append(
                Fault("unknown-status", say("不认识的状态“{code}”", code=own), at(place, "FIGURE_STATUS"))
            )
            return None
        code = cells.get("OBS_STATUS", "A")
        known = status_codes().get(code)
        if known is None:
            self.faults.append(
                Fault("unknown-status", say("不认识的状态“{code}”", code=code), at(place, "OBS_STATUS"))
            )
            return None
        if known.status is None:
            self.faults.append(
                Fault(
                    "unknown-status",
                    say("状态“{code}”（{name}）的值不是统计数，不能当作指标值", code=code, name=known.zh),
                    at(place, "OBS_STATUS"),
                )
            )
        return known.status

    def unit(self, cells: Mapping[str, str], spec: IndicatorSpec | None, place: Place) -> str | None:
        """The unit as written; it has to be of the kind the indicator has."""
        if spec is None:
            return None
        text: str | None = cells.get("UNIT", spec.unit)
        if "UNIT_MEASURE" in cells or "UNIT_MULT" in cells:
            own, power = coded(spec.unit), power_of(cells.get("UNIT_MULT", "0"))
            code = cells.get("UNIT_MEASURE", own.code)
            if power is None:
                self.faults.append(
                    Fault(
                        "unknown-unit",
                        say("单位倍数“{text}”不是可用的整数", text=cells["UNIT_MULT"]),
                        at(place, "UNIT_MULT"),
                    )
                )
                return None
            unit = CodedUnit(code, power)
            text = spec.unit if unit == own else unit.text
            if text is None:
                self.faults.append(
                    Fault(
                        "unknown-unit",
                        say("不认识的单位“{code}”（倍数{power}）", code=code, power=power),
                        at(place, "UNIT_MEASURE"),
                    )
                )
                return None
        if text is not None and Unit.parse(text).powers != Unit.parse(spec.unit).powers:
            self.faults.append(
                Fault(
                    "unknown-unit",
                    say("单位“{unit}”与指标的单位“{own}”不是一类", unit=text, own=spec.unit),
                    at(place, "UNIT_MEASURE"),
                )
            )
            return None
        return text

    def once(self, key: tuple[str, ...], place: Place) -> None:
        first = self.seen.setdefault(key, place)
        if first is not place:
            indicator, region, year = key
            self.faults.append(
                Fault(
                    "duplicate-observation",
                    say(
                        "{indicator} {region} {period} 的值重复，先前在{place}",
                        indicator=indicator,
                        region=region,
                        period=year,
                        place=Place(row=first.row, line=first.line, field=first.field).message(),
                    ),
                    at(place, "OBS_VALUE"),
                )
            )
