"""The folder of a workspace: settings, plan, packs, regions, store, snapshots; who is asked for by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.settings import FILE, Settings, read_settings

if TYPE_CHECKING:
    from kechuang.engine import Cache
    from kechuang.indicators import Figure
    from kechuang.language.regions import RegionTree
    from kechuang.packs import Packs
    from kechuang.plan.model import Plan, Target
    from kechuang.records.returns import ReturnStatus
    from kechuang.records.snapshot import Snapshot
    from kechuang.records.store import Store

Clock = Callable[[], datetime]
Report = Callable[[str, int, int], None]


@dataclass
class Folder:
    """An open folder; ``clock`` tells the present moment."""

    folder: Path
    settings: Settings
    clock: Clock = field(default=lambda: datetime.now().astimezone())

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> Self:
        """The workspace in ``folder``; KechuangError where there is none."""
        folder = folder.expanduser().resolve()
        settings = read_settings(folder)
        return cls(folder, settings, clock) if clock else cls(folder, settings)

    @classmethod
    def find(cls, start: Path) -> Self:
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

    def cache(self, keep: bool = True) -> Cache:
        """What was computed before, in ``cache/figures.db``; it may be deleted at any time."""
        from kechuang.engine import NO_CACHE, Cache

        return Cache(self.folder / "cache" / "figures.db") if keep else NO_CACHE

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

    @staticmethod
    def by_indicator(figures: Sequence[Figure], region: str) -> dict[str, list[Figure]]:
        """The figures of one region, by indicator, in order of period."""
        found: dict[str, list[Figure]] = {}
        for figure in sorted(figures, key=lambda figure: figure.period):
            if figure.region == region:
                found.setdefault(figure.indicator, []).append(figure)
        return found
