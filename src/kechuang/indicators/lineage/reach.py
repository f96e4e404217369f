"""Which figures a contribution to an aggregate reaches: of its year and later ones, of its region and,
through ranks, of the regions beside it, and of every indicator that looks up what it reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kechuang.engine.contributions import Contribution
from kechuang.formula import tree as t
from kechuang.indicators.computation import Computation
from kechuang.indicators.definition import Use

#: Indicator, region, year.
Place = tuple[str, str, int]


@dataclass(frozen=True)
class Reached:
    """A contribution as it comes into a figure: by an ``aggregate`` of its own ("" for ``via``) or of the
    indicator ``via``, which it looks up; ``ranked``: only as one of those it is ranked among."""

    aggregate: t.Aggregate
    contribution: Contribution
    via: str = ""
    ranked: bool = False


def reached(
    work: Computation, found: Mapping[t.Aggregate, Sequence[Contribution]]
) -> dict[Place, list[Reached]]:
    """The figures that contributions ``found`` come into, among all regions and years of ``work``'s cells;
    of indicators asked for and those they look up."""
    places: dict[Place, dict[Reached, None]] = {}
    years = [period.year for period in work.cells.periods]
    for name, definition in work.all.items():  # what is looked up comes first
        for use in definition.uses:
            for region, year, one in _arrivals(work, use, found, places, years):
                if year + use.back in work.period_number:
                    places.setdefault((name, region, year + use.back), {})[one] = None
    return {place: list(inside) for place, inside in places.items()}


def _arrivals(
    work: Computation,
    use: Use,
    found: Mapping[t.Aggregate, Sequence[Contribution]],
    places: Mapping[Place, Iterable[Reached]],
    years: Sequence[int],
) -> Iterator[tuple[str, int, Reached]]:
    """What comes in through one ``use``: region and year it is of, and what it is."""
    if isinstance(use.node, t.Aggregate):
        for one in found.get(use.node, ()):
            for region in _beside(work, use, one.region):
                ranked = region != one.region
                yield region, years[one.period], Reached(use.node, one, ranked=ranked)
    elif isinstance(use.node, t.Indicator):
        below = [(place, list(inside)) for place, inside in places.items() if place[0] == use.node.id]
        for (_, own, year), inside in below:
            for region in _beside(work, use, own):
                for hit in inside:
                    ranked, via = hit.ranked or region != own, hit.via or use.node.id
                    yield region, year, Reached(hit.aggregate, hit.contribution, via=via, ranked=ranked)


def _beside(work: Computation, use: Use, region: str) -> Iterable[str]:
    """The regions that a value of ``region`` matters to: itself, or all it is ranked with."""
    if not use.ranked:
        return (region,)
    number = work.region_number[region]
    siblings = work.around.siblings
    return [code for code, n in work.region_number.items() if siblings[n] == siblings[number]]
