"""Where the plan of a workspace stands: targets, tasks, how likely, what presses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kechuang.workspace.figures import Figures

if TYPE_CHECKING:
    from kechuang.indicators import Figure
    from kechuang.progress import Progress
    from kechuang.progress.actions import Facts
    from kechuang.progress.evidence import Evidence
    from kechuang.progress.outlook import Sources
    from kechuang.progress.warnings import Entry as WarningEntry
    from kechuang.progress.warnings import Finding, Rules, Warnings


@dataclass
class Standing(Figures):
    """A workspace's standing."""

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

    def evidence(self, as_of: date | None = None) -> Evidence:
        """Which records known on ``as_of`` prove each task and measure of the plan."""
        from kechuang.progress.evidence import actions, evidence

        named = {name for action, _, _ in actions(self.plan) for name in action.evidence}
        held = self.store.holdings([name for name in self.packs.records if name in named], self.day(as_of))
        return evidence(self.plan, self.packs.records, held, self.settings.plan)

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
