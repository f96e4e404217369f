"""A period of time a figure belongs to. Today: calendar years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Period:
    """A calendar year.

    >>> Period(2025).end
    datetime.date(2025, 12, 31)
    >>> str(Period.parse("2024年"))
    '2024'
    """

    year: int

    @classmethod
    def parse(cls, text: str | int) -> Period:
        """A period from ``2024`` or ``2024年``; raises ValueError on anything else."""
        digits = str(text).strip().removesuffix("年")
        if not (digits.isdigit() and len(digits) == 4):
            raise ValueError(f"not a year: {text!r}")
        return cls(int(digits))

    @property
    def start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end(self) -> date:
        return date(self.year, 12, 31)

    def __str__(self) -> str:
        return str(self.year)
