"""What became of warnings, as entries of the audit chain: raised, worsened, eased, cleared, acknowledged.

There is no table of warnings: findings follow from the records of a day, and what an office did about them
is what the chain says. An entry names the rules met and their levels, so that a later day can tell whether
things got worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say
from kechuang.packs.model import Level
from kechuang.progress.warnings.model import LEVEL_LABELS, Finding, rank
from kechuang.records import database
from kechuang.records.clock import day_of, stamp
from kechuang.records.models import Event
from kechuang.records.store import Store
from kechuang.records.workflow.acts import act, acts, named, reasoned

RAISED, ACKNOWLEDGED = "warning", "warning-acknowledged"
Change = Literal["raised", "worsened", "eased", "cleared", "acknowledged"]
CHANGES: dict[Change, Message] = {
    "raised": say("发出"),
    "worsened": say("加重"),
    "eased": say("减轻"),
    "cleared": say("解除"),
    "acknowledged": say("处置"),
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened to the warning about ``subject``; ``rules`` are those met then, with levels."""

    subject: str
    change: Change
    level: Level | None
    day: date
    at: datetime
    who: str
    rules: Mapping[str, Level] = field(default_factory=dict, hash=False)
    reasons: tuple[Mapping[str, str], ...] = field(default=(), hash=False)
    name: Mapping[str, str] = field(default_factory=dict, hash=False)
    note: str | None = None
    until: date | None = None
    seq: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "id": self.subject,
            "name": dict(self.name),
            "change": self.change,
            "change_label": CHANGES[self.change].both(),
            "level": self.level,
            "level_label": LEVEL_LABELS[self.level].both() if self.level else None,
            "day": self.day.isoformat(),
            "at": stamp(self.at),
            "who": self.who,
            "rules": dict(self.rules),
            "reasons": [dict(reason) for reason in self.reasons],
            "note": self.note,
            "until": self.until.isoformat() if self.until else None,
        }


def entries(store: Store, by: date) -> list[Entry]:
    """Everything that happened to warnings until the end of the day ``by``, first to last."""
    return [_entry(event) for event in acts(store.alias, RAISED, ACKNOWLEDGED, by=by)]


def _entry(event: Event) -> Entry:
    told = event.detail
    until = told.get("until")
    return Entry(
        subject=told["subject"],
        change=told["change"],
        level=told["level"],
        day=date.fromisoformat(told["day"]),
        at=event.at,
        who=event.who,
        rules=told["rules"],
        reasons=tuple(told.get("reasons", ())),
        name=told.get("name", {}),
        note=told.get("note"),
        until=date.fromisoformat(until) if until else None,
        seq=event.seq,
    )


def standing(told: Iterable[Entry]) -> dict[str, Entry]:
    """Subject → the last entry that says what was warned of; those cleared are left out."""
    found: dict[str, Entry] = {}
    for entry in told:
        if entry.change == "cleared":
            found.pop(entry.subject, None)
        elif entry.change != "acknowledged":
            found[entry.subject] = entry
    return found


def worse(now: Mapping[str, Level], before: Mapping[str, Level]) -> bool:
    """Whether any rule is met at a higher level than before, or newly."""
    return any(rank(level) > rank(before.get(rule)) for rule, level in now.items())


def record(store: Store, found: Sequence[Finding], *, who: str) -> list[Entry]:
    """Enter what changed since the last entries, as of today; nothing where nothing did.

    ``found`` are the findings of today. KechuangError where nobody is named.
    """
    who = named(who)
    with database.writing(store.alias):
        at = store.now()
        return _record(store, found, who, at)


def _record(store: Store, found: Sequence[Finding], who: str, at: datetime) -> list[Entry]:
    day = day_of(at)
    before = standing(entries(store, day))
    made = []
    for one in sorted(found, key=lambda finding: finding.subject):
        known = before.pop(one.subject, None)
        change: Change | None
        if known is None:
            change = "raised"
        elif worse(one.rules, known.rules):
            change = "worsened"
        else:
            change = "eased" if dict(one.rules) != dict(known.rules) else None
        if change is not None:
            made.append(_enter(store, one, change, who, at))
    for subject, known in sorted(before.items()):
        detail = {
            "subject": subject,
            "change": "cleared",
            "level": None,
            "day": day.isoformat(),
            "rules": {},
            "name": dict(known.name),
        }
        made.append(_entry(act(store.alias, RAISED, who=who, at=at, detail=detail)))
    return made


def _enter(store: Store, one: Finding, change: Change, who: str, at: datetime) -> Entry:
    detail = {
        "subject": one.subject,
        "change": change,
        "level": one.level,
        "day": day_of(at).isoformat(),
        "rules": dict(one.rules),
        "name": one.name.both(),
        "reasons": [reason.message.both() for reason in one.reasons],
        "measures": {reason.rule: reason.measure for reason in one.reasons},
    }
    return _entry(act(store.alias, RAISED, who=who, at=at, detail=detail))


def acknowledge(
    store: Store,
    found: Sequence[Finding],
    subject: str,
    *,
    who: str,
    note: str,
    until: date | None = None,
) -> Entry:
    """Note that ``who`` knows of the warning and what is done about it; quiet until the end of ``until``.

    What is not in the chain yet is entered first. KechuangError where there is no such warning today, nobody
    is named, nothing is said, or ``until`` is not after today.
    """
    who, note = named(who), reasoned(note)
    one = next((finding for finding in found if finding.subject == subject), None)
    if one is None:
        raise _unknown(subject, [finding.subject for finding in found])
    with database.writing(store.alias):
        at = store.now()
        day = day_of(at)
        if until is not None and until <= day:
            raise KechuangError(
                "until-past",
                say("暂缓的日期{until}不在今天之后", until=until.isoformat()),
                remedy=say("请给以后的日期，或不用 --until。"),
            )
        known = standing(entries(store, day)).get(subject)
        if known is None or dict(known.rules) != dict(one.rules):
            change: Change = "raised" if known is None else "worsened"
            if known is not None and not worse(one.rules, known.rules):
                change = "eased"
            _enter(store, one, change, who, at)
        detail = {
            "subject": subject,
            "change": "acknowledged",
            "level": one.level,
            "day": day.isoformat(),
            "rules": dict(one.rules),
            "name": one.name.both(),
            "note": note,
            "until": until.isoformat() if until else None,
        }
        return _entry(act(store.alias, ACKNOWLEDGED, who=who, at=at, detail=detail))


def _unknown(subject: str, known: list[str]) -> KechuangError:
    from difflib import get_close_matches

    near = cast("list[str]", get_close_matches(subject, known, 5, 0.4)) or known[:12]
    return KechuangError(
        "warning-unknown",
        say("今天没有关于“{subject}”的预警", subject=subject),
        remedy=say("现有预警：{known}", known=listed(near)) if near else say("现在没有预警。"),
    )
