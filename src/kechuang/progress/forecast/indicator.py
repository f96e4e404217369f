"""The forecast of an indicator from its figures: which years count, and what the quantity cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.messages import Message, say
from kechuang.progress.forecast.bounds import Bounds
from kechuang.progress.forecast.result import Forecast
from kechuang.progress.forecast.run import FEWEST, forecast
from kechuang.progress.wording import COUNTS


@dataclass(frozen=True)
class Ahead:
    """The figures a forecast rests on (``years`` and ``values``), the forecast, and what was left out and why."""

    indicator: str
    region: str
    unit: str
    sample: bool
    years: tuple[int, ...]
    values: tuple[float, ...]
    forecast: Forecast
    notes: tuple[Message, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: history, one entry a year ahead, method and notes in both languages."""
        made = self.forecast
        bands = {level: made.band(level / 100) for level in (50, 80, 95)}
        return {
            "indicator": self.indicator,
            "region": self.region,
            "unit": self.unit,
            "sample": self.sample,
            "history": [
                {"period": str(year), "value": value}
                for year, value in zip(self.years, self.values, strict=True)
            ],
            "forecast": [
                {
                    "period": str(self.years[-1] + h + 1),
                    "h": h + 1,
                    "median": float(made.median[h]),
                    **{f"p{level}": [float(low[h]), float(high[h])] for level, (low, high) in bands.items()},
                }
                for h in range(made.horizon)
            ],
            "method": made.method.both(),
            "notes": [note.both() for note in (*made.notes, *self.notes)],
        }


def ahead(figures: Sequence[Figure], horizon: int, as_of: date, bounds: Bounds | None = None) -> Ahead:
    """The forecast of the ``horizon`` years after the last figure of one indicator and region, any order of years.

    Years not over on ``as_of`` are left out (their figure is not whole). Where years are missing, only those after the
    last gap count: nothing is filled in. Without ``bounds``, those that :func:`bounds_of` reads off the figures.
    KechuangError ``forecast-no-figures`` where fewer than four years remain.
    """
    notes = []
    by_year = {int(figure.period): figure for figure in figures if figure.value is not None}
    running = [year for year in by_year if date(year, 12, 31) > as_of]
    if running:
        notes.append(say("{year}年尚未结束，数值未计入", year=min(running)))
    years = sorted(set(by_year) - set(running))
    starts = [year for year in years if year - 1 not in by_year]
    if starts and starts[-1] != years[0]:
        notes.append(say("{year}年缺数据，只用其后的年份；缺的年份没有估算", year=starts[-1] - 1))
        years = [year for year in years if year >= starts[-1]]
    if len(years) < FEWEST:
        raise KechuangError(
            "forecast-no-figures",
            say("这项指标只有连续{n}年的数值，预测至少要{fewest}年", n=len(years), fewest=FEWEST),
            remedy=say("请导入更早年份的台账，或者用 --data 给出历年数据。"),
        )
    used = [by_year[year] for year in years]
    limits = bounds_of(used) if bounds is None else bounds
    values = tuple(float(figure.value or 0.0) for figure in used)
    return Ahead(
        indicator=used[-1].indicator,
        region=used[-1].region,
        unit=used[-1].unit,
        sample=any(figure.status == "sample" for figure in used),
        years=tuple(years),
        values=values,
        forecast=forecast(values, horizon, bounds=limits),
        notes=tuple(notes),
    )


def bounds_of(figures: Sequence[Figure]) -> Bounds:
    """What the figures themselves show their quantity cannot do.

    Things counted (家, 个, 人 …) are whole numbers from 0. A percentage of a part in its whole – the numerator never above
    the denominator in the same unit – lies between 0 and 100. Anything else that was never negative stays so unless it is
    a percentage, which may be a rate of change.
    """
    values = [figure.value or 0.0 for figure in figures]
    unit = figures[-1].unit
    never_negative = min(values) >= 0
    if unit in COUNTS and never_negative:
        return Bounds(low=0.0, integer=all(value == round(value) for value in values))
    if unit == "%":
        share = all(
            figure.numerator is not None
            and figure.denominator is not None
            and 0 <= figure.numerator <= figure.denominator
            and abs((figure.value or 0.0) * figure.denominator - 100 * figure.numerator)
            <= 1e-6 * 100 * figure.denominator
            for figure in figures
        )
        return Bounds(low=0.0, high=100.0) if share else Bounds()
    return Bounds(low=0.0) if never_negative else Bounds()
