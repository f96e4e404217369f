"""Whether what was published still holds: recomputed as it was, and held against today's records.

Two questions, kept apart. *Can it be recomputed?* From its own snapshot, by the definitions of that day,
every figure must come out the same; if not, something was tampered with or the program counts otherwise:
a fault. *Is it still true?* Records corrected since and definitions changed since make other figures of it:
no fault, but an office that published a figure has to say that it was corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, Joined, KechuangError, Place
from kechuang.indicators import Figure
from kechuang.indicators.compute import figure as figure_of
from kechuang.indicators.vintages import (
    Basis,
    DefinitionChange,
    FigureChange,
    Made,
    Means,
    answered,
    changed_definitions,
    compare,
    computed,
    difference,
    meanings,
)
from kechuang.messages import Message, literal, say
from kechuang.publish.register.publication import Publication, PublishedFigure
from kechuang.publish.register.register import Entry, Register
from kechuang.records.snapshot import Snapshot

Report = Callable[[str, int, int], None]
#: Type and key → the accepted versions of the record, as plain data.
History = Callable[[str, str], list[dict[str, Any]]]
Spot = tuple[str, str, int]

#: Records whose versions are told with the corrections; of more, the snapshots tell what stands.
MOST_HISTORIES = 500


@dataclass(frozen=True)
class Carried:
    """A publication that carries a figure, and the value it gave."""

    number: str
    day: date
    kind: str
    value: float | None
    unit: str
    holds: bool

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "day": self.day.isoformat()}


@dataclass(frozen=True)
class Correction:
    """A published figure that today's records make another. ``change`` is from the latest publication that
    does not hold; ``carried`` are all that carry the figure, first to last. It is ``outstanding`` unless
    a later publication gave the figure as it is now. ``visible``: the published digits change."""

    change: FigureChange
    carried: tuple[Carried, ...]
    outstanding: bool
    visible: bool
    versions: Mapping[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        content = self.change.as_dict()
        for record in content["records"]:
            record["versions"] = self.versions.get((record["type"], record["key"]))
        return {
            **content,
            "outstanding": self.outstanding,
            "visible": self.visible,
            "publications": [one.as_dict() for one in self.carried],
        }


@dataclass(frozen=True)
class Redefined:
    """A definition that is not as it was last published in ``publication``; ``figures`` of it that would be
    others on the same records. ``computable`` is False where the snapshot cannot answer the new one."""

    change: DefinitionChange
    publication: str
    figures: tuple[FigureChange, ...]
    computable: bool

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.change.as_dict(),
            "publication": self.publication,
            "computable": self.computable,
            "figures": [one.as_dict() for one in self.figures],
        }


@dataclass(frozen=True)
class Verification:
    """What was found: ``faults`` (something does not hold), ``corrections`` and ``redefined`` (it held, and
    would be told otherwise today), and how much was looked at."""

    faults: tuple[Fault, ...]
    corrections: tuple[Correction, ...] = ()
    redefined: tuple[Redefined, ...] = ()
    publications: int = 0
    figures: int = 0

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def outstanding(self) -> list[Correction]:
        """Corrections that no later publication has told."""
        return [one for one in self.corrections if one.outstanding]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "ok": self.ok,
            "findings": [fault.as_dict() for fault in self.faults],
            "publications": self.publications,
            "figures": self.figures,
            "outstanding": len(self.outstanding),
            "corrections": [one.as_dict() for one in self.corrections],
            "definitions": [one.as_dict() for one in self.redefined],
        }


@dataclass
class _Group:
    """Publications of one snapshot, day and basis: recomputed in one pass."""

    snapshot: Snapshot
    as_of: date
    basis: Basis
    members: list[tuple[Publication, PublishedFigure]] = field(default_factory=list)

    @property
    def figures(self) -> dict[Spot, PublishedFigure]:
        return {one.place: one for _, one in self.members}

    @property
    def made(self) -> Made:
        return Made(self.basis, self.snapshot, self.as_of)

    def axes(self, only: Iterable[str] | None = None) -> tuple[list[str], list[str], list[int]]:
        """The indicators, regions and years of its figures."""
        spots = [spot for spot in self.figures if only is None or spot[0] in only]
        names, codes, years = zip(*spots, strict=True) if spots else ((), (), ())
        return list(dict.fromkeys(names)), list(dict.fromkeys(codes)), sorted(set(years))


class Verifier:
    """Holds the register against snapshots and today's records.

    ``today`` is what figures would be made of now; ``remade`` makes the snapshot of a day anew, where its
    folder is gone.
    """

    def __init__(
        self,
        register: Register,
        snapshots: Path,
        today: Made,
        *,
        means: Means = Means(),
        remade: Callable[[date], Snapshot] | None = None,
        history: History | None = None,
    ) -> None:
        self.register = register
        self.snapshots = snapshots
        self.today = today
        self.means = means
        self.remade = remade
        self.history = history
        self.faults: list[Fault] = []
        self._told: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def check(self, progress: Report | None = None) -> Verification:
        """Everything there is to say, in as few passes as there are snapshots published from."""
        self.faults = []
        read = [(entry, self.register.read(entry)) for entry in self.register.entries]
        self.faults.extend(self.register.verify())
        published = [(entry, one) for entry, one in read if isinstance(one, Publication)]
        groups = self._groups(published)
        changed: dict[Spot, list[tuple[Publication, FigureChange]]] = {}
        for done, group in enumerate(groups):
            if progress:
                progress(str(say("重算{day}所知的数", day=group.as_of.isoformat())), done, len(groups))
            if not self._recomputed(group):
                continue
            carrying: dict[Spot, list[Publication]] = {}
            for publication, one in group.members:
                carrying.setdefault(one.place, []).append(publication)
            for change in self._against_today(group):
                told = [(publication, change) for publication in carrying[change.place]]
                changed.setdefault(change.place, []).extend(told)
        corrections = self._corrections([one for _, one in published], changed)
        if progress and groups:
            progress(str(say("完成")), len(groups), len(groups))
        return Verification(
            tuple(self.faults),
            tuple(corrections),
            tuple(self._redefined(groups)),
            publications=len(read),
            figures=sum(len(one.figures) for _, one in published),
        )

    def redefined(self) -> list[Redefined]:
        """Definitions that are not as they were last published, and what they would change."""
        read = [(entry, self.register.read(entry)) for entry in self.register.entries]
        return self._redefined(
            self._groups([(entry, one) for entry, one in read if isinstance(one, Publication)])
        )

    # -- what was published, by what it was made of -----------------------------------------------

    def _groups(self, published: Sequence[tuple[Entry, Publication]]) -> list[_Group]:
        groups: dict[tuple[str, date, str], _Group | None] = {}
        for entry, publication in published:
            for one in publication.figures:
                key = (one.figure.snapshot, publication.as_of, entry.basis)
                if key not in groups:
                    groups[key] = self._group(entry, *key)
                group = groups[key]
                if group is not None:
                    group.members.append((publication, one))
        return [group for group in groups.values() if group is not None]

    def _group(self, entry: Entry, digest: str, as_of: date, _: str) -> _Group | None:
        snapshot = self._snapshot(entry, digest, as_of)
        content = self.register.basis(entry)
        if snapshot is None or isinstance(content, Fault):
            return None  # told of already
        try:
            basis = self.today.basis.over(content)
        except KechuangError as error:
            self.faults.extend(error.faults)
            return None
        return _Group(snapshot, as_of, basis)

    def _snapshot(self, entry: Entry, digest: str, as_of: date) -> Snapshot | None:
        path = self.snapshots / digest
        try:
            found = Snapshot.open(path)
            if found.present():
                return found
        except KechuangError:
            pass
        anew = self.remade(as_of) if self.remade else None
        if anew is not None and anew.digest == digest:
            return anew
        fault = Fault(
            "publication-snapshot",
            say("发布{number}所据的快照已不在，不能重算", number=entry.number),
            Place(file=str(path)),
        )
        if fault not in self.faults:
            self.faults.append(fault)
        return None

    # -- recomputed as it was ---------------------------------------------------------------------

    def _recomputed(self, group: _Group) -> bool:
        """Faults of a group; False where it cannot be computed at all."""
        names, codes, years = group.axes()
        sound = answered(group.basis, group.snapshot, names)
        for name in names:
            if name not in sound:
                self.faults.append(
                    Fault(
                        "figure-uncomputable",
                        say("{name}：当时的口径现在不能计算", name=self._label(group, name)),
                        Place(file=str(group.snapshot.path)),
                    )
                )
        if not sound:
            return False
        work = computed(group.made, sound, codes, years, Means(self.means.engine, self.means.address))
        meaning = meanings(group.basis.packs, sound)
        tampered: bool | None = None
        for publication, one in group.members:
            name, region, year = one.place
            if name not in sound:
                continue
            now = figure_of(work, work.all[name], region, year)
            if _equal(one.figure, now):
                continue
            if tampered is None:
                tampered = bool(group.snapshot.verify())
            why = self._why(one, now, meaning[name].digest, tampered=tampered)
            self.faults.append(
                Fault(
                    "figure-differs",
                    say(
                        "发布{number}中{figure}为{old}，按当时的快照和口径重算得{new}：{why}",
                        number=publication.number,
                        figure=self.named(one.figure, group.basis),
                        old=_shown(one.figure),
                        new=_shown(now),
                        why=why,
                    ),
                )
            )
        return len(sound) == len(names)

    @staticmethod
    def _why(one: PublishedFigure, now: Figure, meaning: str, *, tampered: bool) -> Message:
        if tampered:
            return say("快照被改动过")
        if one.definition != meaning:
            return say("登记的口径与留存的口径不符")
        return say("公式、参数、快照都相同，是计算程序或引擎得出了不同的数")

    # -- against today's records ------------------------------------------------------------------

    def _against_today(self, group: _Group) -> list[FigureChange]:
        if group.snapshot.digest == self.today.snapshot.digest:
            return []
        names, codes, years = group.axes()
        now = Made(group.basis, self.today.snapshot, group.as_of)
        found = compare(group.made, now, codes, years, names, means=self.means)
        return [change for change in found if change.place in group.figures]

    def _corrections(
        self,
        published: Sequence[Publication],
        changed: Mapping[Spot, Sequence[tuple[Publication, FigureChange]]],
    ) -> list[Correction]:
        carrying: dict[Spot, list[tuple[Publication, PublishedFigure]]] = {}
        for publication in published:
            for one in publication.figures:
                if one.place in changed:
                    carrying.setdefault(one.place, []).append((publication, one))
        found: list[Correction] = []
        for spot, changes in changed.items():
            stale = {publication.number for publication, _ in changes}
            carried = tuple(
                Carried(
                    publication.number,
                    publication.day,
                    publication.kind,
                    one.figure.value,
                    one.figure.unit,
                    publication.number not in stale,
                )
                for publication, one in carrying[spot]
            )
            latest = max(changes, key=lambda pair: pair[0].number)
            number = carried[-1].number
            change = next((one for publication, one in changes if publication.number == number), latest[1])
            visible = self._visible(latest[0], change)
            versions = self._versions(change) if number in stale else {}
            found.append(Correction(change, carried, number in stale, visible, versions))
        found.sort(key=lambda one: not one.outstanding)
        return found

    @staticmethod
    def _visible(publication: Publication, change: FigureChange) -> bool:
        decimals = publication.formulas.get(change.place[0], {}).get("decimals", 2)
        old, new = change.old.value, change.new.value
        return (
            change.what == "status"
            or old is None
            or new is None
            or round(old, decimals) != round(new, decimals)
        )

    def _versions(self, change: FigureChange) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """The accepted versions of the records behind a change, each record asked for once."""
        found = {}
        for record in change.attribution.records:
            place = record.type, record.key
            if self.history is not None and place not in self._told and len(self._told) < MOST_HISTORIES:
                self._told[place] = self.history(*place)
            if place in self._told:
                found[place] = self._told[place]
        return found

    # -- definitions ------------------------------------------------------------------------------

    def _redefined(self, groups: Sequence[_Group]) -> list[Redefined]:
        """Each definition as last published against today's, on the records it was published from."""
        latest: dict[str, tuple[Publication, _Group]] = {}
        for group in groups:
            for publication, one in group.members:
                known = latest.get(one.figure.indicator)
                if known is None or publication.number >= known[0].number:
                    latest[one.figure.indicator] = publication, group
        found: list[Redefined] = []
        for group in groups:
            names = [name for name, (_, own) in latest.items() if own is group]
            if not names:
                continue
            _, codes, years = group.axes(names)
            changes = changed_definitions(group.basis, self.today.basis, names, codes)
            asked = [one.indicator for one in changes if one.recomputes and "removed" not in one.kinds]
            able = answered(self.today.basis, group.snapshot, asked)
            now = Made(self.today.basis, group.snapshot, group.as_of)
            differ = compare(group.made, now, codes, years, able, means=self.means) if able else []
            for change in changes:
                own = tuple(
                    one for one in differ if one.place[0] == change.indicator and one.place in group.figures
                )
                publication = latest[change.indicator][0]
                computable = change.indicator in able or not change.recomputes
                found.append(Redefined(change, publication.number, own, computable))
        return found

    # -- words ------------------------------------------------------------------------------------

    def named(self, one: Figure, basis: Basis) -> Message:
        """A figure by indicator, region and period."""
        region = basis.regions.get(one.region)
        return say(
            "{region}{year}年“{name}”",
            region=literal(region.name if region else one.region),
            year=one.period,
            name=_Label(basis, one.indicator),
        )

    @staticmethod
    def _label(group: _Group, name: str) -> Message:
        return _Label(group.basis, name)


class _Label(Joined):
    """The label of an indicator, in each language."""

    def __init__(self, basis: Basis, indicator: str) -> None:
        super().__init__([])
        spec = basis.packs.indicators.get(indicator)
        object.__setattr__(self, "label", spec.label if spec else None)
        object.__setattr__(self, "name", indicator)

    def text(self, language: str) -> str:
        label = object.__getattribute__(self, "label")
        return str(label.text(language)) if label else str(object.__getattribute__(self, "name"))


def _equal(published: Figure, now: Figure) -> bool:
    """Whether a figure came out as it was published."""
    return difference(published, now) is None and published.unit == now.unit


def _shown(one: Figure) -> str:
    return "—" if one.value is None else f"{one.value:.12g}{one.unit}"
