"""What a workspace tells: reports, the register of what was published, and whether it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError
from kechuang.workspace.folder import Report
from kechuang.workspace.standing import Standing

if TYPE_CHECKING:
    from kechuang.indicators import Figure
    from kechuang.indicators.vintages import Basis, Made, Means
    from kechuang.publish.register import Publication, Redefined, Register, Verification, Verifier
    from kechuang.publish.register.carrying import UsedBy
    from kechuang.publish.register.days import Vintages
    from kechuang.publish.report import ReportMaterial


@dataclass
class Workspace(Standing):
    """An open workspace. Use :meth:`open` or :meth:`find`; ``clock`` tells the present moment."""

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
