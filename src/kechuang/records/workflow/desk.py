"""The door to what an office does with records beside importing: ``store.workflow``.

Every method that writes does so in one transaction, at the moment the store's clock tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError
from kechuang.messages import say
from kechuang.records import database
from kechuang.records.clock import day_of
from kechuang.records.models import Batch, Version
from kechuang.records.workflow import (
    deadlines,
    evidence,
    findings,
    levels,
    locks,
    reminders,
    rounds,
    submission,
    visits,
)
from kechuang.records.workflow.deadlines import Deadlines, Extension
from kechuang.records.workflow.due import Owed, due
from kechuang.records.workflow.evidence import Attachment
from kechuang.records.workflow.findings import Remark
from kechuang.records.workflow.locks import Lock
from kechuang.records.workflow.reminders import Reminder
from kechuang.records.workflow.sheets import check_workbook
from kechuang.records.workflow.steps import Step, steps_of
from kechuang.records.workflow.submission import Desk
from kechuang.records.workflow.visits import Draw

if TYPE_CHECKING:
    from kechuang.records.store import Store

SHOWN = 200
"""Changed records of a batch shown to its reviewer."""


class Workflow:
    """What an office does with the records of ``store``. ``who`` is always an office or a post."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.alias = store.alias

    # -- sending and reviewing

    def submit(self, batch: str, who: str) -> Batch:
        """Send a draft to review."""
        with database.writing(self.alias):
            return submission.submit(self.alias, batch, self._desk_of(batch, who))

    def resubmit(self, batch: str, who: str, comment: str) -> Batch:
        """Send a returned batch again as it is, saying why."""
        with database.writing(self.alias):
            return submission.resubmit(self.alias, batch, self._desk_of(batch, who), comment)

    def discard(self, batch: str, who: str, reason: str) -> Batch:
        """Drop a draft or a returned batch."""
        with database.writing(self.alias):
            return submission.discard(self.alias, batch, who=who, at=self.store.now(), reason=reason)

    def explain(self, batch: str, numbers: Sequence[int] | None, text: str, who: str) -> list[int]:
        """Explain findings of a batch by number, or all that lack it (None)."""
        with database.writing(self.alias):
            found = submission.batch_named(self.alias, batch)
            return findings.explain(self.alias, found, numbers, text, who=who, at=self.store.now())

    def remarks(self, batch: str) -> list[Remark]:
        """The findings of a batch with their explanations."""
        submission.batch_named(self.alias, batch)
        return findings.remarks(self.alias, batch)

    def steps(self, batch: str) -> list[Step]:
        """The way a batch went."""
        return steps_of(self.alias, [batch]).get(batch, [])

    def changes(self, batch: str, limit: int = SHOWN) -> dict[str, Any]:
        """What accepting a batch would change: ``{"total", "changes": [{key, what, fields: {field: [old, new]}}]}``."""
        submission.batch_named(self.alias, batch)
        versions = Version.objects.using(self.alias).filter(batch_id=batch).order_by("id")
        told = []
        for version in versions[:limit]:
            before = (
                Version.objects.using(self.alias)
                .filter(
                    type=version.type, key=version.key, batch__state="accepted", number__lt=version.number
                )
                .order_by("-number")
                .first()
            )
            old = before.data if before is not None and not before.withdrawn else None
            told.append(_change(version, old))
        return {"total": versions.count(), "changes": told}

    def since_return(self, batch: str) -> dict[str, Any] | None:
        """How a batch differs from the returned one it mends (see :func:`rounds.since_return`)."""
        return rounds.since_return(self.alias, batch)

    def levels_in_force(self) -> tuple[str, ...]:
        """The levels a batch sent now must pass."""
        return levels.in_force(self.alias, self.store.levels)

    def change_review(self, who: str, reason: str) -> tuple[str, ...]:
        """Record that the levels of the setting hold from now on."""
        with database.writing(self.alias):
            levels.change(self.alias, self.store.levels, who=who, at=self.store.now(), reason=reason)
        return self.store.levels

    # -- deadlines, who owes what, reminders

    def deadlines(self, day: date | None = None) -> Deadlines:
        """Deadlines with the extensions granted until ``day`` (today if None)."""
        return Deadlines.of(self.alias, self.store.regions, day)

    def extend(
        self, type_: str, year: int, day: date, *, who: str, reason: str, region: str | None = None
    ) -> Extension:
        """Set another deadline, for everyone or for a region."""
        chosen = self.store.record_type(type_)
        self._region(region)
        with database.writing(self.alias):
            return deadlines.extend(
                self.alias,
                chosen,
                year,
                day,
                region=region,
                regions=self.store.regions,
                who=who,
                at=self.store.now(),
                reason=reason,
            )

    def due(self, years: Iterable[int], day: date | None = None) -> list[Owed]:
        """Every return owed for ``years``, as it stood at the end of ``day`` (today if None)."""
        day = day or day_of(self.store.now())
        with database.reading(self.alias):
            return due(
                self.alias,
                self.store.packs,
                years,
                day,
                deadlines=self.deadlines(day),
                within=self.store.region,
            )

    def remind(
        self,
        years: Iterable[int],
        *,
        who: str,
        before: Sequence[int],
        day: date | None = None,
        again: bool = False,
        keep: bool = True,
        deliver: Callable[[Sequence[Reminder]], None] | None = None,
    ) -> list[Reminder]:
        """The reminders due on ``day``; noted as sent, unless ``keep`` is false or the day has passed.

        ``deliver`` writes them out; where it fails nothing is noted.
        """
        years = list(years)
        with database.writing(self.alias):
            now = self.store.now()
            today = day or day_of(now)
            found = reminders.reminders(
                self.due(years, today),
                self.store.packs,
                today,
                before=before,
                sent=reminders.already(self.alias),
                name_of=self.name_of,
                sender=self.name_of(""),
                again=again,
            )
            if deliver is not None:
                deliver(found)
            if keep and today == day_of(now):
                reminders.note(self.alias, found, today, who=who, at=now)
        return found

    def note_sent(self, found: Iterable[Reminder], *, who: str) -> None:
        """Note that reminders of today went out, as :meth:`remind` does by itself."""
        with database.writing(self.alias):
            now = self.store.now()
            reminders.note(self.alias, found, day_of(now), who=who, at=now)

    def reminded(self) -> list[dict[str, Any]]:
        """Every reminder that went out."""
        return reminders.history(self.alias)

    # -- locks

    def lock(self, type_: str, year: int, *, who: str, reason: str, region: str | None = None) -> None:
        """Close a year of a register."""
        chosen = self.store.record_type(type_)
        self._region(region)
        with database.writing(self.alias):
            locks.close(self.alias, chosen, year, region, who=who, at=self.store.now(), reason=reason)

    def unlock(self, type_: str, year: int, *, who: str, reason: str, region: str | None = None) -> None:
        """Open it again."""
        chosen = self.store.record_type(type_)
        with database.writing(self.alias):
            locks.reopen(self.alias, chosen, year, region, who=who, at=self.store.now(), reason=reason)

    def locks(self) -> list[Lock]:
        """The locks in force."""
        return locks.locks(self.alias)

    # -- verification on site

    def draw(
        self,
        type_: str,
        year: int | None,
        *,
        who: str,
        seed: str,
        n: int | None = None,
        share: float | None = None,
        by: str | None = None,
        risk: bool = False,
        out: Path | None = None,
    ) -> Draw:
        """Draw records for verification (see :func:`visits.draw`), and write the sheet to take along."""
        chosen = self.store.record_type(type_)
        if out is not None:
            check_workbook(out)
        with database.writing(self.alias):
            found = visits.draw(
                self.alias,
                chosen,
                year,
                who=who,
                at=self.store.now(),
                seed=seed,
                n=n,
                share=share,
                by=by,
                risk=risk,
            )
            if out is not None:
                visits.write_sheet(self.alias, found, chosen, out, self.name_of)
        return found

    def draws(self) -> list[Draw]:
        """Every list drawn."""
        return visits.draws(self.alias)

    def enter(self, draw: str, key: str, outcome: str, note: str, who: str) -> dict[str, Any]:
        """Note what was found on site."""
        with database.writing(self.alias):
            return visits.enter(self.alias, draw, key, outcome, note, who=who, at=self.store.now())

    def draw_summary(self, draw: str) -> dict[str, Any]:
        """How many of those drawn were wrong, with intervals."""
        return visits.summary(self.alias, draw)

    def write_draw(self, draw: str, path: Path) -> Draw:
        """Write the sheet to take along."""
        found = visits.drawn_as(self.alias, draw)
        visits.write_sheet(self.alias, found, self.store.record_type(found.type), path, self.name_of)
        return found

    # -- evidence

    def attach(self, type_: str, key: str, path: Path, *, who: str, note: str = "") -> Attachment:
        """Attach a file to a record."""
        chosen = self.store.record_type(type_)
        folder = self.store.evidence
        if folder is None:
            raise ValueError("this store has no folder for evidence")
        content, kind = evidence.read(path, self.store.evidence_mb)
        with database.writing(self.alias):
            return evidence.attach(
                self.alias,
                chosen,
                key,
                path,
                folder,
                content=content,
                kind=kind,
                note=note,
                who=who,
                at=self.store.now(),
            )

    def attachments(self, type_: str, key: str) -> list[Attachment]:
        """What is attached to a record."""
        self.store.record_type(type_)
        return evidence.attachments(self.alias, type_, key)

    def attached(self, day: date) -> frozenset[tuple[str, str]]:
        """Type and key of the records that had a file attached at the end of ``day``."""
        return evidence.attached(self.alias, day)

    # -- all of it

    def verify(self) -> list[Fault]:
        """Findings and evidence that are no longer as the chain tells."""
        return [*findings.verify(self.alias), *evidence.verify(self.alias, self.store.evidence)]

    def desk(self, who: str, type_: str) -> Desk:
        """Who acts now, by what rules; inside the transaction, so that the time is that of their turn."""
        now: datetime = self.store.now()
        return Desk(who, now, self.store.levels, self.store.packs.records.get(type_), self.store.regions)

    def name_of(self, code: str) -> str:
        """The name of a region; that of the whole where none is given."""
        regions = self.store.regions
        found = regions.get(code or self.store.region or "") if regions is not None else None
        return found.name if found else code

    def _desk_of(self, batch: str, who: str) -> Desk:
        return self.desk(who, submission.batch_named(self.alias, batch).type)

    def _region(self, code: str | None) -> None:
        regions = self.store.regions
        if code is None or regions is None:
            return
        within = self.store.region
        if regions.get(code) is None or (within and code != within and not regions.contains(within, code)):
            raise KechuangError(
                "region-outside",
                say("“{code}”不是本工作区之内的地区", code=code),
                remedy=say("请给本地区或所辖县市的代码或名称。"),
            )


def _change(version: Version, old: dict[str, Any] | None) -> dict[str, Any]:
    if version.withdrawn:
        return {"key": version.key, "what": "withdrawn", "row": None, "fields": {}}
    names = list(dict.fromkeys([*version.data, *(old or {})]))
    fields = {
        name: [(old or {}).get(name), version.data.get(name)]
        for name in names
        if (old or {}).get(name) != version.data.get(name)
    }
    what = "new" if old is None else "corrected" if fields else "unchanged"
    return {"key": version.key, "what": what, "row": version.row, "fields": fields}
