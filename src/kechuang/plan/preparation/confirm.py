"""Confirming a draft: every entry the machine read is kept, changed, dropped, or one it missed is added.

When confirming begins the machine's draft is kept as ``draft.yaml``. An answer holds for the entry as it
was then; an entry changed by hand later asks again. When every entry has an answer, plan.yaml becomes
``confirmed``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kechuang.declared import validated
from kechuang.errors import KechuangError, Place
from kechuang.language.fold import fold
from kechuang.messages import dated, say
from kechuang.plan.documents import Document, read_document
from kechuang.plan.file import load_plan
from kechuang.plan.model import Plan, PlanSpan
from kechuang.plan.preparation import edit, events
from kechuang.plan.preparation.days import day_read
from kechuang.plan.preparation.folder import Change, PlanFolder, sha256_of
from kechuang.plan.preparation.items import Item, at_path, items_of
from kechuang.plan.preparation.locate import Words
from kechuang.plan.preparation.state import State
from kechuang.plan.text import Source

Answer = Literal["open", "kept", "changed", "added", "dropped", "stale", "gone"]
#: What still needs an answer. ``stale``: changed by hand after the answer; ``gone``: taken out by hand.
OPEN: frozenset[Answer] = frozenset({"open", "stale", "gone"})
_ANSWERS: dict[str, Answer] = {"keep": "kept", "change": "changed", "add": "added", "drop": "dropped"}
Decisions = dict[tuple[str, str], events.Decided]


@dataclass(frozen=True)
class Standing:
    """An entry and its answer; a dropped or gone one is the draft's."""

    item: Item
    answer: Answer
    reason: str | None = None

    @property
    def open(self) -> bool:
        return self.answer in OPEN


def standings(plan: Plan, draft: Plan | None, decisions: Decisions) -> list[Standing]:
    """Every entry of the plan, then those of the draft no longer in it, with the answer each has."""
    found = []
    present = items_of(plan)
    for item in present:
        decided = decisions.get(item.name)
        if decided is None or decided.decision == "drop":
            found.append(Standing(item, "open"))
        elif decided.entry != item.digest:
            found.append(Standing(item, "stale"))
        else:
            found.append(Standing(item, _ANSWERS[decided.decision], decided.reason))
    names = {item.name for item in present}
    replaced = {(decided.kind, decided.replaces) for decided in decisions.values() if decided.replaces}
    for item in items_of(draft) if draft else ():
        if item.name in names or item.name in replaced:
            continue
        decided = decisions.get(item.name)
        dropped = decided is not None and decided.decision == "drop"
        found.append(Standing(item, "dropped" if dropped else "gone", decided.reason if decided else None))
    return found


def in_order(found: Sequence[Standing]) -> list[Standing]:
    """Open entries as they are asked: doubtful ones first, else in the plan's order."""
    return sorted((one for one in found if one.open), key=lambda one: not one.item.doubtful)


def draft_of(folder: PlanFolder, state: State) -> Plan | None:
    """The machine's draft as kept; None before confirming began. KechuangError where it was changed."""
    if state.begun is None:
        return None
    path = folder.folder / state.begun.file
    plan = load_plan(path)
    if sha256_of(path.read_bytes()) != state.begun.draft:
        raise KechuangError(
            "draft-changed",
            say("留存的草案被改动过"),
            place=Place(file=str(path)),
            remedy=say("请从备份恢复这个文件。"),
        )
    return plan


@dataclass
class Confirming:
    """One sitting: answers are collected and, by :meth:`finish`, entered together.

    Made inside :meth:`PlanFolder.change`; the draft is kept the first time.
    """

    change: Change
    plan: Plan = field(init=False)
    draft: Plan = field(init=False)
    pending: list[events.Decided] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = self.change.plan()
        draft = draft_of(self.change.folder, self.change.state)
        self.draft = self._begin() if draft is None else draft

    @property
    def decisions(self) -> Decisions:
        return self.change.state.decisions | {(one.kind, one.key): one for one in self.pending}

    @property
    def standings(self) -> list[Standing]:
        return standings(self.plan, self.draft, self.decisions)

    def keep(self, names: Sequence[str]) -> None:
        """Keep entries as they stand (``all``: every open one); one dropped before comes back from the draft."""
        if list(names) == ["all"]:
            for one in self.standings:
                if one.answer in ("open", "stale"):
                    self._note(one.item, "keep")
            return
        for name in names:
            items = items_of(self.plan)
            known = {item.id for item in items}
            drafted = next((item for item in items_of(self.draft) if item.id == name), None)
            if name not in known and drafted is not None:
                self.plan = edit.restored(self.plan, self.draft, drafted)
            self._note(edit.item_named(self.plan, name), "keep")

    def drop(self, names: Sequence[str], reason: str | None) -> None:
        """Drop entries, with what is below them; a reason is asked, for the record of what was misread."""
        if not (reason or "").strip():
            raise KechuangError(
                "reason-missing", say("删去条目须说明理由"), remedy=say("请用 --reason 写明理由。")
            )
        # Ids are those of before: basis.2 and basis.3 name the second and third even after one is gone.
        wanted = []
        for name in names:
            gone = next(
                (one.item for one in self.standings if one.answer == "gone" and one.item.id == name), None
            )
            wanted.append(gone or edit.item_named(self.plan, name))
        for item in wanted:
            now = next((other for other in items_of(self.plan) if other.name == item.name), None)
            for inner in reversed(edit.below(self.plan, now)) if now else ():
                self._note(inner, "drop", reason=reason)
            if now is not None:
                self.plan = edit.without(self.plan, now)
            self._note(item, "drop", reason=reason)

    def set(self, assignments: Sequence[tuple[str, str]], reason: str | None = None) -> None:
        """Set fields of entries (``T1.value`` → ``60``); the entries touched count as confirmed."""
        before = {item.id: item for item in items_of(self.plan)}
        self.plan, touched = edit.with_fields(self.plan, assignments, self.change.folder.plan_file)
        after = {item.id: item for item in items_of(self.plan)}
        for name in touched:
            old, new = before[name], after[name]
            decided = self.decisions.get(old.name)
            added = decided is not None and decided.decision == "add"
            fields = _fields_changed(old.value, new.value)
            self._note(
                new,
                "add"
                if added
                else "change"
                if fields or (decided and decided.decision == "change")
                else "keep",
                old={key: one for key, (one, _) in fields.items()},
                new={key: one for key, (_, one) in fields.items()},
                replaces=old.key if old.key != new.key else decided.replaces if decided else None,
                reason=reason,
            )

    def locate(self, name: str, quote: str, reason: str | None = None) -> None:
        """Tie an entry to the words of the text it stands for; no words: to none. It counts as confirmed."""
        item = edit.item_named(self.plan, name)
        data = self.plan.model_dump(mode="python")
        entry = at_path(data, item.path)
        if not isinstance(entry, dict) or "span" not in entry:
            raise KechuangError("no-span", say("{item} 不对应原文的一处", item=name))
        span = span_of_quote(self.change.folder, self.plan, quote) if quote.strip() else None
        entry["span"] = span.model_dump() if span else None
        self.plan = validated(Plan, data, self.change.folder.plan_file)
        decided = self.decisions.get(item.name)
        here = next((one for one in self.pending if (one.kind, one.key) == item.name), None)
        self._note(
            edit.item_named(self.plan, name),
            "add" if decided is not None and decided.decision == "add" else "change",
            old={**(here.old if here else {}), "span": item.span.text if item.span else None},
            new={**(here.new if here else {}), "span": span.text if span else None},
            replaces=decided.replaces if decided else None,
            reason=reason,
        )

    def add(self, path: Path) -> list[str]:
        """Add what the machine missed, from a YAML snippet; gives the ids. ``quote`` names words of the text."""
        return self.added(edit.snippet_of(path), path)

    def added(self, sections: dict[str, list[Any]], path: Path, reason: str | None = None) -> list[str]:
        """Add entries by section, as a snippet holds them; gives the ids. Faults name ``path``."""
        taken = [item.id for plan in (self.draft, self.plan) for item in items_of(plan)]
        taken += [one.item for one in self.change.state.decisions.values()]
        data = self.plan.model_dump(mode="python")
        known = {item.name for item in items_of(self.plan)}
        for section, entries in sections.items():
            for entry in entries:
                self._add(data, section, entry, taken, path)
        self.plan = validated(Plan, data, path)
        ids = [item.id for item in items_of(self.plan)]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise KechuangError(
                "id-taken", say("编号 {id} 已经有了", id="、".join(twice)), place=Place(file=str(path))
            )
        made = [item for item in items_of(self.plan) if item.name not in known]
        for item in made:
            self._note(item, "add", new={"value": item.value}, reason=reason)
        return [item.id for item in made]

    def finish(self) -> bool:
        """Enter the answers and write the plan; True where this made it confirmed."""
        complete = not any(one.open for one in self.standings)
        became = complete and self.plan.status == "draft"
        if became:
            self.plan = edit.sure(self.plan).model_copy(update={"status": "confirmed"})
        saved = self.change.save(self.plan)
        for place, one in enumerate(self.pending, start=1):
            last = place == len(self.pending) and not became
            self.change.note("confirm.decide", one.model_copy(update={"plan": saved}) if last else one)
        if became:
            self.change.note("confirm.complete", events.Completed(plan=saved))
        self.pending = []
        return became

    def _begin(self) -> Plan:
        if self.plan.status == "confirmed":
            raise KechuangError(
                "plan-confirmed",
                say("规划已经确认，没有确认过程的记录"),
                place=Place(file=str(self.change.folder.plan_file)),
                remedy=say("确要逐条重新确认时，先把 plan.yaml 中的 status 改为 draft。"),
            )
        content = self.change.folder.plan_file.read_bytes()
        name = self.change.folder.draft_name
        there = self.change.folder.folder / name
        if there.exists() and there.read_bytes() != content:
            raise KechuangError(
                "draft-taken",
                say("已有一份 {file}，与现在的草案不同", file=name),
                place=Place(file=str(there)),
                remedy=say("草案只留存一次、不覆盖；请先把它移到别处。"),
            )
        if not there.exists():
            self.change.keep_file(name, content)
        self.change.note("confirm.begin", events.Begun(file=name, draft=sha256_of(content)))
        return self.plan

    def _note(
        self,
        item: Item,
        decision: events.Decision,
        *,
        old: dict[str, Any] | None = None,
        new: dict[str, Any] | None = None,
        replaces: str | None = None,
        reason: str | None = None,
    ) -> None:
        before = self.decisions.get(item.name)
        if decision == "keep" and before is not None and before.decision in ("change", "add"):
            if before.entry == item.digest:
                return  # it was confirmed as changed or added already
            decision, replaces = before.decision, before.replaces
        decided = events.Decided(
            item=item.id,
            kind=item.kind,
            key=item.key,
            decision=decision,
            entry=None if decision == "drop" else item.digest,
            old=old or {},
            new=new or {},
            replaces=replaces,
            reason=reason.strip() if reason and reason.strip() else None,
        )
        self.pending = [one for one in self.pending if (one.kind, one.key) != item.name] + [decided]

    def _add(self, data: Any, section: str, entry: Any, taken: list[str], path: Path) -> None:
        """Put one entry of a snippet into ``data``, with the next free id and the span of its quote."""
        if section == "basis":
            data["basis"].append(entry)
            return
        if not isinstance(entry, dict):
            raise KechuangError(
                "snippet-invalid",
                say("“{section}”下应为若干条目", section=section),
                place=Place(file=str(path)),
            )
        entry = dict(entry)
        quote = entry.pop("quote", None)
        if quote is not None and not entry.get("span"):
            entry["span"] = span_of_quote(self.change.folder, self.plan, str(quote)).model_dump()
        if section in ("stages", "problems"):
            data[section].append(entry)
            return
        parent = entry.pop("in", None)
        lists = {"tasks": "programmes", "measures": "safeguards"}
        if section in lists:
            held = next((one for one in data[lists[section]] if one["id"] == parent), None)
            if held is None:
                raise KechuangError(
                    "no-item",
                    say("规划中没有条目“{name}”", name=parent or ""),
                    place=Place(file=str(path)),
                    remedy=say("请用 in 写明补在哪个工程或保障之下，如 in: P2。"),
                )
            entry.setdefault("id", edit.next_id(taken, "", str(parent)))
            held[section].append(entry)
        else:
            entry.setdefault("id", edit.next_id(taken, section[0].upper()))
            if section == "targets":
                entry = {
                    name: entry.get(name) for name in ("unit", "value", "year") if name not in entry
                } | entry
                if entry.get("unit") is None:
                    entry["unit"] = ""
            data[section].append(entry)
        taken.append(str(entry["id"]))


def _fields_changed(old: Any, new: Any) -> dict[str, tuple[Any, Any]]:
    """Field → (old, new) of two values of an entry; a single value is called ``value``."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return {} if old == new else {"value": (old, new)}
    return {
        name: (old.get(name), new.get(name))
        for name in [*old, *(name for name in new if name not in old)]
        if old.get(name) != new.get(name)
    }


def fields_changed(old: Item, new: Item) -> dict[str, tuple[Any, Any]]:
    """What differs between two readings of an entry: field → (old, new)."""
    return _fields_changed(old.value, new.value)


def document_of(folder: PlanFolder, name: str) -> Document | None:
    """A document the plan was read from, in ``source/`` or beside plan.yaml; None where it is not there."""
    for path in (folder.folder / "source" / name, folder.folder / name):
        if path.is_file():
            return read_document(path)
    return None


def where_said(item: Item, source: Source) -> tuple[int, int] | None:
    """The characters of a document an entry was read from: its span, or where its words stand first.

    None where the document does not have them (a region's full name, say, that the machine put together).
    """
    span = item.span
    if span is not None:
        fits = span.document == source.document.name and (
            source.document.text[span.start : span.end] == span.text
        )
        return (span.start, span.end) if fits else None
    for words in _ways_said(item):
        at = source.text.find(fold(words))
        if at >= 0:
            return at, at + len(fold(words))
    return None


def _ways_said(item: Item) -> list[str]:
    if item.key == "period" and item.value:
        first, last = item.value
        return [f"{first}{dash}{last}" for dash in ("—", "－", "-", "年—", "年至", "至", "~")]
    if not isinstance(item.value, str) or not item.value:
        return []
    day = day_read(item.value) if item.key == "issued" else None
    return [item.value, *([dated(day).zh] if day else []), item.value.strip("《》")]


def span_of_quote(folder: PlanFolder, plan: Plan, quote: str) -> PlanSpan:
    """The span of words in the plan's documents; KechuangError where none has them once."""
    failed: KechuangError | None = None
    for name in plan.documents:
        document = document_of(folder, name)
        if document is None:
            continue
        try:
            place = Words(document).find(quote)
        except KechuangError as error:
            failed = error
            continue
        return PlanSpan(document=name, start=place.start, end=place.end, text=place.text)
    raise failed or KechuangError(
        "no-document",
        say("找不到规划的原文，不能定位“{quote}”", quote=quote),
        remedy=say("请把规划文本放在 plan.yaml 旁的 source 文件夹中。"),
    )
