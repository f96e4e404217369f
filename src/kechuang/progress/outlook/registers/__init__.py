"""Registers simulated by date: which records count on a day, when they lapse, renewals, entries.

``shape_of`` reads from an indicator's own formula whether it counts records and for how long each
counts; ``history_of`` turns the records into units with their spells; ``rates_of`` estimates renewal,
entries and exits from that history, drawn towards dated parameters; ``simulate`` draws the stock at
each year's end. Nothing here is specific to one register.
"""

from kechuang.progress.outlook.registers.history import History, history_of
from kechuang.progress.outlook.registers.lists import (
    ListRates,
    YearlyLists,
    list_rates,
    lists_of,
    simulate_lists,
)
from kechuang.progress.outlook.registers.pipeline import Candidate, chance_of
from kechuang.progress.outlook.registers.rates import Rates, rates_of
from kechuang.progress.outlook.registers.shape import Shape, shape_of
from kechuang.progress.outlook.registers.simulation import Simulated, simulate

__all__ = [
    "Candidate",
    "History",
    "ListRates",
    "Rates",
    "Shape",
    "Simulated",
    "YearlyLists",
    "chance_of",
    "history_of",
    "list_rates",
    "lists_of",
    "rates_of",
    "shape_of",
    "simulate",
    "simulate_lists",
]
