"""The status of a figure as the status of an observation (``statuses.yaml``), and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kechuang.indicators.exchange.units import content_of
from kechuang.indicators.figure import Status


@dataclass(frozen=True)
class StatusCode:
    """A code with its names and the status a figure with it has; None: no figure has it."""

    code: str
    zh: str
    en: str
    status: Status | None


@cache
def codes() -> dict[str, StatusCode]:
    """All codes that are understood."""
    content = content_of("statuses.yaml")["codes"]
    return {code: StatusCode(code, row["zh"], row["en"], row["status"]) for code, row in content.items()}


def code_of(status: Status, *, known: bool, broken: bool = False, withheld: bool = False) -> str:
    """The code for a figure of ``status``; a value that is not ``known`` is missing, whatever its status, or
    ``withheld``.

    >>> code_of("provisional", known=True), code_of("final", known=False), code_of("sample", known=True)
    ('P', 'O', 'SAMPLE')
    """
    content = _said()
    if withheld:
        return content["withheld"]
    if not known:
        return content["missing"]
    if broken and status == "final":
        return content["broken"]
    return content[status]


@cache
def _said() -> dict[str, str]:
    content = content_of("statuses.yaml")
    return {
        **content["figures"],
        "broken": content["broken"],
        "missing": content["missing"],
        "withheld": content["withheld"],
    }
