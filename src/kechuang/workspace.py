"""A workspace: one folder that holds a plan, its records and what is made of them.

Opens the folder and hands its parts to whoever asks; every part is made when first used. The road of
the whole product is here as methods: ``plan``, ``store``, ``snapshot``, ``figures``, ``explain``,
``progress``, ``report``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
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
    from kechuang.indicators.decompose.answers import Source
    from kechuang.indicators.decompose.changes import Method
    from kechuang.indicators.decompose.contributions import Contributions
    from kechuang.indicators.decompose.parts import Parts
    from kechuang.indicators.exchange import Dataset
    from kechuang.indicators.vintages import Basis, Made, Means
    from kechuang.language.regions import RegionTree
    from kechuang.packs import Packs
    from kechuang.plan.model import Plan, Target
    from kechuang.progress import Progress
    from kechuang.progress.actions import Facts
    from kechuang.progress.county_table import CountyRow
    from kechuang.progress.county_targets import Counties
    from kechuang.progress.evidence import Evidence
    from kechuang.progress.forecast import Bounds
    from kechuang.progress.forecast.indicator import Ahead
    from kechuang.progress.outlook import Sources
    from kechuang.progress.warnings import Entry as WarningEntry
    from kechuang.progress.warnings import Finding, Rules, Warnings
    from kechuang.publish.register import Publication, Redefined, Register, Verification, Verifier
    from kechuang.publish.register.carrying import UsedBy
    from kechuang.publish.register.days import Vintages
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
        from kechuang.territory import joined

        tree = joined(self.folder, RegionTree.national())
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

    def exchange(
        self,
        as_of: date | None = None,
        *,
        only: Sequence[str] | None = None,
        region_codes: Sequence[str] | None = None,
        years: range | None = None,
        agency: str | None = None,
        progress: Report | None = None,
    ) -> Dataset:
        """The figures with what describes them, to be written for other systems; ``agency`` maintains the
        structures (None: that of the settings)."""
        from kechuang.indicators.exchange import Naming, dataset
        from kechuang.packs.model import Label

        naming = Naming(agency or self.settings.agency)
        found = self.figures(as_of, only=only, region_codes=region_codes, years=years, progress=progress)
        title = Label(zh=self.settings.name, en=self.settings.name)
        return dataset(found, self.packs, self.regions, title=title, naming=naming, prepared=self.clock())

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
        """Where each target, task and measure stands on ``as_of``, and how likely each target is to be reached."""
        from kechuang.progress import assess
        from kechuang.progress.actions import terms_of, with_actions
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
            method=self.settings.method,
        )
        terms = terms_of(self.packs, self.plan, day, self.settings.tolerance)
        acted = with_actions(assessed, self.plan, self.facts(day), terms, self.settings.plan)
        return with_outlook(acted, self.outlook_sources(figures, day))

    def facts(self, as_of: date | None = None) -> Facts:
        """What the records known on ``as_of`` say of the plan's tasks and measures."""
        from kechuang.progress.actions import facts_of
        from kechuang.progress.evidence import actions

        day = self.day(as_of)
        found = [action for action, _, _ in actions(self.plan)]
        sums: dict[str, set[str]] = {}
        for output in (one for action in found for one in action.outputs):
            sums.setdefault(output.type, set()).update({output.field} if output.field else ())
        named = {name for action in found for name in action.evidence} | sums.keys()
        attached = self.store.workflow.attached(day)
        return facts_of(self.snapshot(day), self.packs, named, sums=sums, attached=attached)

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

    def findings(
        self, as_of: date | None = None, progress: Progress | None = None
    ) -> tuple[tuple[Finding, ...], Rules]:
        """What presses on ``as_of`` and the rules that say so; ``progress`` is that day's, where known."""
        from kechuang.progress.warnings import Material, findings, rules_of

        day = self.day(as_of)
        rules = rules_of(self.packs, day, self.folder, self.plan.issuer)
        material = Material(
            progress or self.progress(day),
            self.plan,
            self.returns(day),
            self.packs.indicators,
            self.packs.records,
            self.name_of,
        )
        return findings(material, rules), rules

    def warnings(self, as_of: date | None = None, progress: Progress | None = None) -> Warnings:
        """The warnings of ``as_of`` with what became of them until then; nothing is written."""
        from kechuang.progress.warnings import entries, told

        day = self.day(as_of)
        found, rules = self.findings(day, progress)
        return told(found, entries(self.store, day), rules, day)

    def record_warnings(self, who: str) -> list[WarningEntry]:
        """Enter in the audit chain what was raised, changed and cleared by today."""
        from kechuang.progress.warnings import record

        return record(self.store, self.findings()[0], who=who)

    def acknowledge_warning(
        self, subject: str, *, who: str, note: str, until: date | None = None
    ) -> WarningEntry:
        """Note that ``who`` deals with a warning; quiet until ``until``, or until it gets worse."""
        from kechuang.progress.warnings import acknowledge

        return acknowledge(self.store, self.findings()[0], subject, who=who, note=note, until=until)

    def warning_history(self, as_of: date | None = None) -> list[WarningEntry]:
        """Everything that became of warnings until ``as_of``, first to last."""
        from kechuang.progress.warnings import entries

        return entries(self.store, self.day(as_of))

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
            warnings=self.warnings(day, progress),
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
        who: str = "office",
        draft: bool = False,
    ) -> Publication | None:
        """Write one report as of a day (see :meth:`write`) and enter it as published, unless a ``draft``."""
        from kechuang.publish.report import check_report

        for path in paths:
            check_report(path, kind)
        material = self.material(as_of, language)
        self.write(material, paths, kind)
        if draft:
            return None
        return self.published(
            paths, material.figures, kind=kind, as_of=material.as_of, language=material.language, who=who
        )

    # -- what was published

    @cached_property
    def register(self) -> Register:
        """The register of what was published from here."""
        from kechuang.publish.register import Register

        return Register(self.store.alias, self.folder)

    @property
    def basis(self) -> Basis:
        """Definitions, parameters and regions as they are declared now."""
        from kechuang.indicators.vintages import Basis

        return Basis(self.packs, self.regions)

    def published(
        self,
        paths: Sequence[Path],
        figures: Sequence[Figure],
        *,
        kind: str,
        as_of: date | None = None,
        language: str | None = None,
        title: str | None = None,
        who: str = "office",
    ) -> Publication:
        """Enter documents and the figures in them as published; see :mod:`kechuang.publish.register`."""
        from kechuang import __version__
        from kechuang.publish.register import gathered

        content, basis = gathered(
            figures,
            self.basis,
            kind=kind,
            language=language or self.settings.language,
            title=title or self.settings.name,
            who=who,
            as_of=self.day(as_of),
            program=__version__,
        )
        return self.register.add(content, basis, paths, self.store.now())

    def used_by(self, type_: str, key: str, as_of: date | None = None) -> UsedBy:
        """Which indicators read a type of record, which figures the record ``key`` is in, and which
        publications carry figures it was in."""
        from kechuang.publish.register.carrying import used_by

        day = self.day(as_of)
        self.store.record_type(type_)
        return used_by(
            self.register,
            self.folder / "snapshots",
            self.made(day),
            type_,
            key,
            self.region_codes,
            self.years(day),
            means=self.means(),
        )

    def compare_days(
        self,
        first: date,
        last: date | None = None,
        *,
        only: Sequence[str] | None = None,
        region_codes: Sequence[str] | None = None,
        years: range | None = None,
        progress: Report | None = None,
    ) -> Vintages:
        """The figures that differ between what was known on two days, with reasons.

        Definitions are those last published by each day, and today's where the day is today or nothing was
        published by then.
        """
        from kechuang.publish.register.days import compare_days

        return compare_days(
            self.register,
            self.made(self.day(first)),
            self.made(self.day(last)),
            self.today,
            self.region_codes if region_codes is None else region_codes,
            self.years(last) if years is None else years,
            only,
            means=self.means(),
            progress=progress,
        )

    def redefined(self) -> list[Redefined]:
        """Definitions that are not as they were last published, and what they would change."""
        return self._verifier().redefined()

    def made(self, day: date) -> Made:
        """What figures as of ``day`` are made of."""
        from kechuang.indicators.vintages import Made

        return Made(self.basis, self.snapshot(day), day)

    def means(self) -> Means:
        """What figures are computed with."""
        from kechuang.indicators.vintages import Means

        return Means(self.settings.engine, self.settings.spark, self.cache())

    def _verifier(self) -> Verifier:
        from kechuang.publish.register import Verifier

        return Verifier(
            self.register,
            self.folder / "snapshots",
            self.made(self.today),
            means=self.means(),
            remade=self.snapshot,
            history=self._accepted_versions,
        )

    def _accepted_versions(self, type_: str, key: str) -> list[dict[str, Any]]:
        found = self.store.history(type_, key) if type_ in self.packs.records else []
        told = ("number", "data", "recorded_at", "who", "batch", "file", "sheet", "row", "reviewed_by")
        names = (*told, "reviewed_at", "nature", "withdrawn", "reason")
        return [
            {name: value for name, value in one.as_dict().items() if name in names}
            for one in found
            if one.state == "accepted"
        ]

    def verify(self, progress: Report | None = None) -> Verification:
        """What does not hold (breaks of the audit chain, snapshots that do not match their digest, figures
        that cannot be recomputed as published), and what was published and would be told otherwise today."""
        faults = self._integrity(progress)
        found = self._verifier().check(progress)
        return replace(found, faults=(*faults, *found.faults))

    def _integrity(self, progress: Report | None) -> list[Fault]:
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
