"""Forecasts of short yearly series, from four points on, with bands that hold what they promise.

``forecast`` gives the distribution of one series, ``forecast_many`` of many; ``Bounds`` says what a quantity cannot do.
docs/explanation/forecasting.md tells the method, how it was learned and what was measured.
"""

from kechuang.progress.forecast.bounds import Bounds
from kechuang.progress.forecast.result import Forecast
from kechuang.progress.forecast.run import FARTHEST, FEWEST, forecast, forecast_many

__all__ = ["FARTHEST", "FEWEST", "Bounds", "Forecast", "forecast", "forecast_many"]
