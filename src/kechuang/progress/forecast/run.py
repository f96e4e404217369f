"""Forecasts of yearly series from four points on: one, or many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.progress.forecast.bounds import Bounds
from kechuang.progress.forecast.learned import Learned, learned
from kechuang.progress.forecast.members import combined, members, moves_by_ratio
from kechuang.progress.forecast.result import Forecast
from kechuang.progress.forecast.smoothing import Array
from kechuang.progress.forecast.unrest import signs

FEWEST = 4
#: Earlier points say nothing more about the years ahead, and would cost memory.
MOST = 60
FARTHEST = 50
#: Squares of larger values leave the range of floating point.
LARGEST = 1e100

Values = Sequence[float] | Array


def forecast(values: Values, horizon: int, *, bounds: Bounds = Bounds()) -> Forecast:
    """The distribution of the ``horizon`` years after the last of ``values`` (n,), yearly and in order, n ≥ 4.

    KechuangError: ``forecast-too-short``, ``forecast-not-finite``, ``forecast-horizon`` (1–50),
    ``forecast-out-of-bounds`` where the history itself breaks ``bounds``.
    """
    return forecast_many([values], horizon, bounds=bounds)[0]


def forecast_many(
    series: Sequence[Values], horizon: int, bounds: Bounds | Sequence[Bounds] = Bounds()
) -> list[Forecast]:
    """As :func:`forecast` for each of ``series``, series of equal length together. ``bounds``: one for all or one each."""
    if not 1 <= horizon <= FARTHEST:
        raise KechuangError(
            "forecast-horizon",
            say("预测期应为1至{most}年，现为{h}", most=FARTHEST, h=horizon),
            remedy=say("请改正预测期。"),
        )
    limits = [bounds] * len(series) if isinstance(bounds, Bounds) else list(bounds)
    if len(limits) != len(series):
        raise ValueError("one bounds for all series, or one for each")
    arrays = [_sound(np.asarray(values, float), limit) for values, limit in zip(series, limits, strict=True)]
    by_length: dict[int, list[int]] = {}
    for at, values in enumerate(arrays):
        by_length.setdefault(min(len(values), MOST), []).append(at)
    found: dict[int, Forecast] = {}
    for length, places in by_length.items():
        rows = np.array([arrays[at][-length:] for at in places])
        made = _made(rows, horizon, [limits[at] for at in places], [len(arrays[at]) for at in places])
        found.update(zip(places, made, strict=True))
    return [found[at] for at in range(len(series))]


def centre_and_scale(series: Array, horizon: int, known: Learned) -> tuple[Array, Array]:
    """Centre of the forecast and scale of its error, (m, H) each, of ``series`` (m, n); the scale never narrows with h."""
    made = members(series, horizon, known.combining)
    centre = combined(made, series, known.combining)
    unrest: Any = 0.0
    for name, sign in signs(series, made, centre).items():
        unrest = unrest + known.errors.weights[name] * sign
    reach = known.errors.reach(series.shape[1], horizon)
    scale = np.maximum.accumulate(unrest * reach, axis=1)
    lifted = (series > 0).all(axis=1, keepdims=True)
    return np.where(lifted, centre + known.errors.lift * scale[:, :1], centre), scale


def _made(series: Array, horizon: int, limits: Sequence[Bounds], lengths: Sequence[int]) -> list[Forecast]:
    known = learned()
    points = series.shape[1]
    centre, scale = centre_and_scale(series, horizon, known)
    errors = [known.errors.quantiles_at(points, even=even) for even in (False, True)]
    by_ratio = moves_by_ratio(series)
    return [
        Forecast(
            points=length,
            last=float(row[-1]),
            centre=centre[at],
            scale=scale[at],
            scores=known.errors.scores,
            errors=errors[bool((row <= 0).any())],
            serial=known.errors.serial,
            bounds=limit,
            method=_method(points, known),
            notes=_notes(row, length, horizon, bool(by_ratio[at]), limit, known),
        )
        for at, (row, limit, length) in enumerate(zip(series, limits, lengths, strict=True))
    ]


def _method(points: int, known: Learned) -> Message:
    if known.combining.theta_share(points) == 0:
        return say("三法中位数：收缩的平均增量、一次指数平滑、阻尼趋势")
    return say("四法中位数：收缩的平均增量、一次指数平滑、阻尼趋势、Theta法")


def _notes(
    row: Array, length: int, horizon: int, by_ratio: bool, limit: Bounds, known: Learned
) -> tuple[Message, ...]:
    notes = []
    if by_ratio:
        notes.append(say("趋势按对数（增长率）估计"))
    if length > len(row):
        notes.append(say("只用了最近{n}年的数据", n=len(row)))
    if horizon > known.errors.horizon:
        notes.append(say("第{h}年以后的区间是外推的，没有样本可校准", h=known.errors.horizon))
    if not row.any():
        notes.append(say("历年数值全为零，没有可据以估计波动的信息，区间没有宽度"))
    elif (row == row[0]).all():
        notes.append(say("历年数值相同，区间只反映同水平序列的一般波动"))
    if limit != Bounds():
        notes.append(say("分布已按界限处理：{limits}", limits=limit.words()))
    return tuple(notes)


def _sound(values: Array, limit: Bounds) -> Array:
    if values.ndim != 1 or len(values) < FEWEST:
        raise KechuangError(
            "forecast-too-short",
            say("只有{n}年的数据，预测至少要{fewest}年", n=values.size, fewest=FEWEST),
            remedy=say("请补充历年数据，或者不作预测。"),
        )
    strange = ~(np.abs(values) <= LARGEST)
    if strange.any():
        raise KechuangError(
            "forecast-not-finite",
            say("第{at}年的数值缺失或不是有限的数", at=int(strange.argmax()) + 1),
            remedy=say("请补上缺失年份的数值；不会替您估算。"),
        )
    wrong = limit.faults(values)
    if wrong:
        raise KechuangError(
            "forecast-out-of-bounds",
            say("第{at}年的数值{value}不合界限", at=wrong[0] + 1, value=float(values[wrong[0]])),
            remedy=say("请核对数据，或者改正上下限、整数、只增不减的设定。"),
        )
    return values
