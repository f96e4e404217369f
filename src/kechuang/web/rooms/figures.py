"""The figures pages show, by who looks: the office sees all, the public what may be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest

from kechuang.indicators import Figure
from kechuang.messages import Message
from kechuang.openly import public_figures
from kechuang.progress.status import Mark
from kechuang.publish.words import DATA_STATUS
from kechuang.web.access import role_of, within
from kechuang.web.roles import READERS
from kechuang.web.standing import State, kept, state_of
from kechuang.web.workspaces import served

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Figures:
    """Figures by indicator, region and year. ``years`` are those with any value, first to last."""

    by: dict[Key, Figure]
    years: tuple[str, ...]
    as_of: date
    state: State = ()

    def get(self, indicator: str, region: str, year: str) -> Figure | None:
        return self.by.get((indicator, region, year))

    def series(self, indicator: str, region: str) -> list[tuple[int, float]]:
        """(year, value) of the years with a value."""
        found = (self.get(indicator, region, year) for year in self.years)
        return [(int(one.period), one.value) for one in found if one is not None and one.value is not None]

    def latest(self, indicator: str, region: str) -> Figure | None:
        """The last figure with a value."""
        found = (self.get(indicator, region, year) for year in reversed(self.years))
        return next((one for one in found if one is not None and one.value is not None), None)

    def years_of(self, indicator: str, regions: Sequence[str]) -> list[str]:
        """The years in which any of the regions has a value."""
        return [
            year
            for year in self.years
            if any((one := self.get(indicator, code, year)) and one.value is not None for code in regions)
        ]


def open_figures(day: date | None = None) -> Figures:
    """The figures anybody may see, as of a day."""
    return _held("open-figures", day)


def figures_for(request: HttpRequest, day: date | None = None) -> Figures:
    """The figures whoever asks may see: all for the office and its readers, with its own county's for a
    county's account, else those that are published."""
    role = role_of(request)
    if role in READERS:
        return _held("all-figures", day)
    if role != "county":
        return open_figures(day)
    full, public = _held("all-figures", day), open_figures(day)
    own = {code for code in served().region_codes[1:] if within(request, code)}
    by = {key: full.by[key] if key[1] in own else one for key, one in public.by.items()}
    return Figures(by, public.years, public.as_of, full.state)


def sees_records(request: HttpRequest, region: str) -> bool:
    """Whether the records behind a figure of ``region`` are this account's to see."""
    role = role_of(request)
    return role in READERS or (role == "county" and within(request, region))


def prepare() -> None:
    """Compute today's figures, for the public first."""
    _held("open-figures", None, wait=True)
    _held("all-figures", None, wait=True)


def _held(name: str, day: date | None, *, wait: bool = False) -> Figures:
    workspace = served()
    on, state = day or workspace.today, state_of(workspace)

    def make() -> Figures:
        fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
        found = public_figures(fresh, on) if name == "open-figures" else fresh.figures(on)
        years = sorted({one.period for one in found if one.value is not None})
        return Figures(
            {(one.indicator, one.region, one.period): one for one in found}, tuple(years), on, state
        )

    held = name if on == workspace.today else f"{name} {on}"
    return kept.get(held, state, make, common=True, wait=wait)[0]


@dataclass(frozen=True)
class Cell:
    """A figure in a table: its value, or in a word why there is none."""

    value: float | None
    word: Message | None
    href: str | None = None
    broken: bool = False
    mark: Mark = field(default="none")


def word_of(one: Figure) -> Message | None:
    """What a reader must know of a figure's status; nothing for a final one."""
    return None if one.value is None or one.status == "final" else DATA_STATUS[one.status]
