"""A workspace: one folder that holds a plan, its records and what is made of them.

Opens the folder and hands its parts to whoever asks; every part is made when first used. The road of
the whole product is here as methods: ``plan``, ``store``, ``snapshot``, ``figures``, ``explain``,
``progress``, ``report``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError
from kechuang.messages import say
from kechuang.settings import FILE, Settings, read_settings

if TYPE_CHECKING:
    from kechuang.engine import Cache
    from kechuang.indicators import Explanation, Figure
    from kechuang.language.regions import RegionTree
    from kechuang.packs import Packs
    from kechuang.plan.model import Plan, Target
    from kechuang.progress import Progress
    from kechuang.progress.evidence import Evidence
    from kechuang.progress.forecast import Bounds
    from kechuang.progress.forecast.outlook import Outlook
    from kechuang.progress.outlook import Sources
    from kechuang.publish.report import ReportMaterial
    from kechuang.records.returns import ReturnStatus
    from kechuang.records.snapshot import Snapshot
    from kechuang.records.store import Store

Clock = Callable[[], datetime]
Report = Callable[[str, int, int], None]


@dataclass
class Workspace:
    """An open workspace. Use :meth:`open` or :meth:`find`; ``clock`` tells the present moment."""

    folder: Path
    settings: Settings
    clock: Clock = field(default=lambda: datetime.now().astimezone())

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> Workspace:
        """The workspace in ``folder``; KechuangError where there is none."""
        folder = folder.expanduser().resolve()
        settings = read_settings(folder)
        return cls(folder, settings, clock) if clock else cls(folder, settings)

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """The workspace in ``start`` or the nearest folder above it."""
        start = start.expanduser().resolve()
        for folder in (start, *start.parents):
            if (folder / FILE).is_file():
                return cls.open(folder)
        return cls.open(start)

    @property
    def today(self) -> date:
        """The present day in China, as records are dated."""
        from kechuang.records.clock import day_of

        return day_of(self.clock())

    @cached_property
    def packs(self) -> Packs:
        from kechuang.packs import load_packs

        return load_packs(self.settings.packs, [self.folder / "packs"])

    @cached_property
    def regions(self) -> RegionTree:
        from kechuang.language.regions import RegionTree

        tree = RegionTree.national()
        if tree.get(self.settings.region) is None:
            raise KechuangError(
                "unknown-region",
                say("工作区配置中的地区代码 {code} 不存在", code=self.settings.region),
                remedy=say("请在 kechuang.toml 的 region 中填写六位行政区划代码。"),
            )
        return tree

    @cached_property
    def region_codes(self) -> list[str]:
        """The plan's region and the regions right below it."""
        below = [region.code for region in self.regions.children(self.settings.region)]
        return [self.settings.region, *below]

    @cached_property
    def plan(self) -> Plan:
        from kechuang.plan.file import load_plan

        return load_plan(self.folder / self.settings.plan)

    @property
    def has_plan(self) -> bool:
        """Whether the plan is there. Records and figures come without one; progress and report do not."""
        return (self.folder / self.settings.plan).exists()

    @cached_property
    def store(self) -> Store:
        from kechuang.records.database import connect
        from kechuang.records.store import Store

        database = self.settings.database
        alias = connect(self.folder / "kechuang.db" if database == "sqlite" else database)
        return Store(
            alias,
            self.packs,
            self.regions,
            clock=self.clock,
            files=self.folder / "records" / "files",
            evidence=self.folder / "records" / "evidence",
            evidence_mb=self.settings.evidence_mb,
            region=self.settings.region,
            review=self.settings.review,
        )

    def snapshot(self, as_of: date | None = None) -> Snapshot:
        """The accepted records as known on ``as_of`` (today if None), frozen under ``snapshots/``."""
        return self.store.snapshot(self.folder / "snapshots", self.day(as_of))

    def samples(
        self, types: Sequence[str], *, rows: int | None = None, seed: int = 0, years: range | None = None
    ) -> dict[str, list[dict[str, Any]]]:
        """Sample records of ``types`` in the workspace's region, and of the registers they refer to that
        are empty; nothing is stored. Records that were reported are left alone: no sample has their key.

        ``years`` are those of the plan that are over (the last four where there are none).
        """
        from kechuang.records.fields import restore
        from kechuang.records.sampling import Sampler, Setting

        past = self.today.year - 1
        if years is None:
            period = self.plan.period if self.has_plan else None
            first, last = period or (past - 3, past)
            years = range(first, min(last, past) + 1) or range(past - 3, past + 1)
        if years[-1] > self.today.year:
            raise KechuangError(
                "future-date",
                say("{year}年还没有到", year=years[-1]),
                remedy=say("请给今年或更早的年份。"),
            )
        new = self.settings.database == "sqlite" and not (self.folder / "kechuang.db").is_file()

        def given(name: str) -> list[dict[str, Any]]:
            fields = self.packs.records[name].fields
            versions = [] if new else self.store.as_of(self.today, name)
            return [
                {key: restore(spec, one.data.get(key)) for key, spec in fields.items()} for one in versions
            ]

        def taken(name: str) -> set[str]:
            versions = [] if new else self.store.as_of(self.today, name)
            return {one.key for one in versions if one.nature != "sample"}

        setting = Setting(self.regions, self.settings.region, years, self.today)
        return dict(Sampler(self.packs, setting, seed, given, taken).draw(types, rows))

    def years(self, as_of: date | None = None) -> range:
        """From the year before the plan's period to its end, no later than the year of ``as_of``.

        The last five years where there is no plan yet, or where it does not say its period.
        """
        period = self.plan.period if self.has_plan else None
        first, last = period or (self.today.year - 5, self.today.year)
        return range(first - 1, min(last, self.day(as_of).year) + 1)

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

    def cache(self, keep: bool = True) -> Cache:
        """What was computed before, in ``cache/figures.db``; it may be deleted at any time."""
        from kechuang.engine import NO_CACHE, Cache

        return Cache(self.folder / "cache" / "figures.db") if keep else NO_CACHE

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

    def targets_of(self, indicator: str) -> Iterator[Target]:
        """The plan's targets that are measured by ``indicator``."""
        if not self.has_plan:
            return iter(())
        links = self.links
        return (target for target in self.plan.targets if links.get(target.id) == indicator)

    @cached_property
    def links(self) -> dict[str, str]:
        """Target id → indicator id."""
        from kechuang.progress import link_indicators

        return link_indicators(self.plan, self.packs)

    @property
    def linked(self) -> list[str]:
        """The indicators that measure the plan's targets."""
        return list(dict.fromkeys(self.links.values()))

    def progress(self, as_of: date | None = None, figures: Sequence[Figure] | None = None) -> Progress:
        """Where each target stands on ``as_of``, and how likely it is to be reached."""
        from kechuang.progress import assess
        from kechuang.progress.outlook import with_outlook

        day = self.day(as_of)
        if figures is None:
            figures = self.figures(day, only=self.linked)
        assessed = assess(
            self.plan,
            self.by_indicator(figures, self.settings.region),
            day,
            tolerance=self.settings.tolerance,
            specs=self.packs.indicators,
            links=self.links,
        )
        return with_outlook(assessed, self.outlook_sources(figures, day))

    def outlook_sources(self, figures: Sequence[Figure], day: date) -> Sources:
        """What the outlook is made from: figures of the region and its counties, records, names."""
        import pyarrow.parquet as pq

        from kechuang.progress.outlook import Sources

        snapshot = self.snapshot(day)
        region, *counties = self.region_codes
        below: dict[str, dict[str, list[Figure]]] = {}
        for code in counties:
            for indicator, series in self.by_indicator(figures, code).items():
                below.setdefault(indicator, {})[code] = series
        return Sources(
            self.packs,
            day,
            self.by_indicator(figures, region),
            lambda name: pq.read_table(snapshot.table(name)) if snapshot.tables.get(name) else None,
            places={region, *(place.code for place in self.regions.descendants(region))},
            counties=below,
            names={code: self.name_of(code) for code in self.region_codes},
        )

    def outlook(
        self,
        indicator: str,
        region: str,
        horizon: int,
        as_of: date | None = None,
        bounds: Bounds | None = None,
        progress: Report | None = None,
    ) -> Outlook:
        """The ``horizon`` years after the last whole year of ``indicator`` in ``region``, with bands."""
        from kechuang.progress.forecast.outlook import outlook

        day = self.day(as_of)
        figures = self.figures(day, only=[indicator], region_codes=[region], progress=progress)
        return outlook([item for item in figures if item.indicator == indicator], horizon, day, bounds)

    def evidence(self, as_of: date | None = None) -> Evidence:
        """Which records known on ``as_of`` prove each task and measure of the plan."""
        from kechuang.progress.evidence import actions, evidence

        named = {name for action, _, _ in actions(self.plan) for name in action.evidence}
        held = self.store.holdings([name for name in self.packs.records if name in named], self.day(as_of))
        return evidence(self.plan, self.packs.records, held, self.settings.plan)

    @staticmethod
    def by_indicator(figures: Sequence[Figure], region: str) -> dict[str, list[Figure]]:
        """The figures of one region, by indicator, in order of period."""
        found: dict[str, list[Figure]] = {}
        for figure in sorted(figures, key=lambda figure: figure.period):
            if figure.region == region:
                found.setdefault(figure.indicator, []).append(figure)
        return found

    def returns(self, as_of: date | None = None, years: Sequence[int] | None = None) -> list[ReturnStatus]:
        """The state of every yearly return by region, by the deadlines as extended until that day."""
        from kechuang.records.returns import returns_status

        day = self.day(as_of)
        snapshot, deadlines = self.snapshot(day), self.store.workflow.deadlines(day)
        wanted = self.years(day) if years is None else years
        return [
            status
            for year in wanted
            for status in returns_status(
                snapshot, self.packs, year, day, deadlines, within=self.settings.region
            )
        ]

    def material(self, as_of: date | None = None, language: str | None = None) -> ReportMaterial:
        """All that a report tells: plan, progress, figures by county, explanations, returns."""
        from kechuang.publish.report import ReportMaterial

        day = self.day(as_of)
        figures = self.figures(day, only=self.linked)  # a report tells of the plan's targets alone
        progress = self.progress(day, figures)
        explanations: dict[str, dict[str, Any]] = {}
        for target in progress.targets:
            latest = target.latest
            indicator = self.links.get(target.id)
            if latest is not None and indicator is not None:
                explanation = self.explain(
                    indicator, self.settings.region, int(latest.period), day, limit=200
                )
                explanations[target.id] = explanation.as_dict()
        returns = self.returns(day)
        return ReportMaterial(
            title=self.settings.name,
            plan=self.plan,
            progress=progress,
            figures=figures,
            specs=self.packs.indicators,
            links=self.links,
            explanations=explanations,
            returns=returns,
            records=self.packs.records,
            regions={code: self.name_of(code) for code in self.region_codes},
            region=self.settings.region,
            sample=self.settings.sample,
            as_of=day,
            language=language or self.settings.language,
        )

    @staticmethod
    def write(material: ReportMaterial, paths: Sequence[Path], kind: str = "progress") -> None:
        """Write ``material`` in as many forms as ``paths`` have suffixes (.html, .docx, .pdf)."""
        from kechuang.publish.report import write_report

        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_report(path, material, kind=kind)

    def report(
        self,
        paths: Sequence[Path],
        *,
        kind: str = "progress",
        as_of: date | None = None,
        language: str | None = None,
    ) -> None:
        """Write one report as of a day (see :meth:`write`)."""
        from kechuang.publish.report import check_report

        for path in paths:
            check_report(path, kind)
        self.write(self.material(as_of, language), paths, kind)

    def verify(self, progress: Report | None = None) -> list[Fault]:
        """What does not hold: breaks of the audit chain, snapshots that no longer match their digest."""
        from kechuang.records.snapshot import Snapshot

        snapshots = self.folder / "snapshots"
        findings = list(self.store.verify(snapshots))
        folders = sorted(path for path in snapshots.glob("*") if path.is_dir())
        for done, folder in enumerate(folders):
            if progress:
                progress(folder.name[:12], done, len(folders))
            with suppress(KechuangError):  # one without a manifest: the store has told of it
                findings.extend(Snapshot.open(folder).verify())
        return findings

    def name_of(self, code: str) -> str:
        """The name of a region, or its code where it is unknown."""
        region = self.regions.get(code)
        return region.name if region else code

    def day(self, as_of: date | None) -> date:
        """``as_of``, or today if None; KechuangError for a day to come."""
        if as_of is not None and as_of > self.today:
            raise KechuangError(
                "future-date",
                say(
                    "日期 {day} 还没有到（今天是 {today}）",
                    day=as_of.isoformat(),
                    today=self.today.isoformat(),
                ),
                remedy=say("请给今天或更早的日期。"),
            )
        return as_of or self.today
