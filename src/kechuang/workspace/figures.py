"""What the records of a workspace add up to: figures, why they are so, what moved them, what may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kechuang.messages import say
from kechuang.workspace.folder import Folder, Report

if TYPE_CHECKING:
    from kechuang.indicators import Explanation, Figure
    from kechuang.indicators.decompose.answers import Source
    from kechuang.indicators.decompose.changes import Method
    from kechuang.indicators.decompose.contributions import Contributions
    from kechuang.indicators.decompose.parts import Parts
    from kechuang.indicators.exchange import Dataset
    from kechuang.plan.model import Target
    from kechuang.progress.county_table import CountyRow
    from kechuang.progress.county_targets import Counties
    from kechuang.progress.forecast import Bounds
    from kechuang.progress.forecast.indicator import Ahead


@dataclass
class Figures(Folder):
    """A workspace's figures."""

    def figures(
        self,
        as_of: date | None = None,
        *,
        only: Sequence[str] | None = None,
        region_codes: Sequence[str] | None = None,
        years: range | None = None,
        progress: Report | None = None,
        engine: str | None = None,
        keep: bool = True,
    ) -> list[Figure]:
        """Figures of the packs' indicators (or ``only`` some) by region and year.

        ``engine`` computes them (None: that of the settings); without ``keep`` nothing computed before is
        used or kept.
        """
        from kechuang.indicators import compute

        day = self.day(as_of)
        return compute(
            self.packs,
            self.snapshot(day),
            self.regions,
            self.region_codes if region_codes is None else region_codes,
            self.years(day) if years is None else years,
            day,
            only=only,
            progress=progress,
            engine=engine or self.settings.engine,
            address=self.settings.spark,
            cache=self.cache(keep),
        )

    def exchange(
        self,
        as_of: date | None = None,
        *,
        only: Sequence[str] | None = None,
        region_codes: Sequence[str] | None = None,
        years: range | None = None,
        agency: str | None = None,
        progress: Report | None = None,
        figures: Sequence[Figure] | None = None,
    ) -> Dataset:
        """The figures (or those given) with what describes them, to be written for other systems; ``agency``
        maintains the structures (None: that of the settings)."""
        from kechuang.indicators.exchange import Naming, dataset
        from kechuang.packs.model import Label

        naming = Naming(agency or self.settings.agency)
        found = figures
        if found is None:
            found = self.figures(as_of, only=only, region_codes=region_codes, years=years, progress=progress)
        title = Label(zh=self.settings.name, en=self.settings.name)
        return dataset(found, self.packs, self.regions, title=title, naming=naming, prepared=self.clock())

    def explain(
        self, indicator: str, region: str, year: int, as_of: date | None = None, limit: int | None = None
    ) -> Explanation:
        """Why a figure is what it is, down to records, cells and clauses."""
        from kechuang.indicators import explain

        day = self.day(as_of)
        snapshot = self.snapshot(day)
        return explain(
            self.packs,
            snapshot,
            self.regions,
            indicator,
            region,
            year,
            day,
            limit=limit,
            engine=self.settings.engine,
            address=self.settings.spark,
            cache=self.cache(),
        )

    def source(self, as_of: date | None = None, engine: str | None = None) -> Source:
        """Where decomposition takes its figures from."""
        from kechuang.indicators.decompose.answers import Source

        day = self.day(as_of)
        return Source(
            self.packs,
            self.snapshot(day),
            self.regions,
            day,
            engine or self.settings.engine,
            self.settings.spark,
            self.cache(),
        )

    def contributions(
        self,
        indicator: str,
        first: int,
        last: int,
        *,
        by: str = "county",
        region: str | None = None,
        method: Method = "auto",
        as_of: date | None = None,
        engine: str | None = None,
    ) -> Contributions:
        """What each county, or each value of a field, did to the change of a figure between two years."""
        from kechuang.indicators.decompose.answers import contributions_of

        place = region or self.settings.region
        return contributions_of(self.source(as_of, engine), indicator, place, first, last, by, method)

    def breakdown(
        self,
        indicator: str,
        *,
        by: str,
        years: Sequence[int],
        region: str | None = None,
        as_of: date | None = None,
        engine: str | None = None,
    ) -> Parts:
        """A figure by county or by the values of a field, in some years."""
        from kechuang.indicators.decompose.answers import parts_of

        return parts_of(self.source(as_of, engine), indicator, region or self.settings.region, years, by)

    def county_targets(
        self, target: Target, *, base_year: int | None = None, as_of: date | None = None
    ) -> Counties:
        """A target of the plan with its counties, to be shared out or held against their promises."""
        from kechuang.plan.preparation.amending import target_on
        from kechuang.progress.county_targets import counties_of

        source = self.source(as_of)
        now = target_on(target, source.as_of)
        return counties_of(source, now, self.links.get(target.id), self.settings.region, base_year)

    def county_rows(self, file: Path | None, targets: Sequence[Target]) -> list[CountyRow]:
        """The county targets of a table, or (without a ``file``) of the plan itself."""
        from kechuang.progress.county_table import read_county_table
        from kechuang.progress.county_targets import rows_of

        region = self.settings.region
        if file is None:
            return [row for target in targets for row in rows_of(target, self.regions, region)]
        ids = [target.id for target in self.plan.targets]
        own = tuple(say("未分到各部分").both().values())
        return read_county_table(file, self.regions, region, ids, own=own)

    def forecast(
        self,
        indicator: str,
        region: str,
        horizon: int,
        as_of: date | None = None,
        bounds: Bounds | None = None,
        progress: Report | None = None,
    ) -> Ahead:
        """The ``horizon`` years after the last whole year of ``indicator`` in ``region``, with bands."""
        from kechuang.progress.forecast.indicator import ahead

        day = self.day(as_of)
        figures = self.figures(day, only=[indicator], region_codes=[region], progress=progress)
        return ahead([item for item in figures if item.indicator == indicator], horizon, day, bounds)
