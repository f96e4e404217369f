"""Draws the sample records of record types: which rows, what they refer to, and how a unit goes on.

A yearly return follows its units: the record of a year has the name and kind of the year before and
numbers near it. What a field refers to is taken from the registers there are, or from sample records of
that register, drawn first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.packs.model import Packs, RecordType
from kechuang.records.fields import Named, Value
from kechuang.records.sampling.judging import Judge, Row, add_up
from kechuang.records.sampling.values import Draft, Maker, Setting, maker, stays

__all__ = ["Sampler", "Setting"]

#: How often a record is drawn again until it passes: without any warning, then without an error, and at
#: last with its optional fields empty.
_TRIES = (60, 40, 20)
#: Fields that go with a reference: where the referenced record lies and whose it is.
_SHARED = ("region", "uscc")


@dataclass
class Sampler:
    """Draws sample records of ``packs`` in a ``setting``; each type has its own chance, made of ``seed``.

    ``given`` are the records there are already of a type (none: sample ones are drawn where another type
    refers to them); ``taken`` are keys of a type that sample records must leave alone.
    """

    packs: Packs
    setting: Setting
    seed: int = 0
    given: Callable[[str], Sequence[Mapping[str, Value]]] = field(default=lambda _: ())
    taken: Callable[[str], Collection[str]] = field(default=lambda _: ())
    _asked: dict[str, int | None] = field(default_factory=dict)
    _drawn: dict[str, list[Row]] = field(default_factory=dict)
    _given: dict[str, list[Row]] = field(default_factory=dict)
    _drawing: list[str] = field(default_factory=list)

    def draw(self, types: Sequence[str], rows: int | None = None) -> dict[str, list[Row]]:
        """Sample records of ``types`` and of the registers they refer to that have none, those first.

        ``rows`` is how many of each type in ``types`` (None: as the type says); fewer come where the type
        has no more keys. Raises KechuangError for a type no valid record can be drawn of.
        """
        self._asked = dict.fromkeys(types, rows)
        for name in types:
            self._records(name)
        return {name: self._drawn[name] for name in self._drawn}

    def _records(self, name: str) -> list[Row]:
        """The sample records of a type, drawn once."""
        if name not in self._drawn:
            self._drawing.append(name)
            found = _Draw(self, self.packs.records[name], self._asked.get(name)).rows()
            self._drawing.pop()
            self._drawn[name] = found
        return self._drawn[name]

    def listed(self, name: str, *, needed: bool = True) -> list[Row]:
        """The records of a register that others may refer to; sample ones are drawn if ``needed``.

        None of a type that is being drawn further out (registers that refer to each other).
        """
        if name not in self._given:
            self._given[name] = [dict(row) for row in self.given(name)]
        found = self._given[name]
        wanted = name in self._asked or name in self._drawn or (needed and not found)
        if name in self._drawing or not wanted:
            return found
        return [*found, *self._records(name)]


@dataclass(frozen=True)
class _Anchor:
    """Another register whose records fix fields of this type: ``pairs`` (own field, its field).

    ``shared`` fields go with them. Of a register that is ``needed`` sample records are drawn where it has
    none.
    """

    type: str
    pairs: tuple[tuple[str, str], ...]
    shared: tuple[str, ...]
    required: bool
    share: float = 1.0
    needed: bool = True


class _Draw:
    """The records of one type."""

    def __init__(self, sampler: Sampler, record_type: RecordType, wanted: int | None) -> None:
        self.sampler, self.type, self.wanted = sampler, record_type, wanted
        setting = sampler.setting
        self.random = Random(f"{sampler.seed} {record_type.id}")
        self.makers: dict[str, Maker] = {
            name: maker(name, record_type.fields[name], record_type, setting) for name in _order(record_type)
        }
        self.anchors = _anchors(record_type, sampler.packs)
        self.judge = Judge(
            record_type,
            setting,
            lambda other: sampler.listed(other, needed=False),
            sampler.taken(record_type.id),
        )
        self.found: list[Row] = []

    def rows(self) -> list[Row]:
        for number, fixed in enumerate(self._units(), start=1):
            before: Draft | None = None
            for year in self._years():
                if self.wanted is not None and len(self.found) == self.wanted:
                    break
                drawn = self._record(number, {**fixed, **year}, before)
                if drawn is not None:
                    self.found.append(drawn.row)
                    before = drawn if year else None
        if not self.found:
            raise self._impossible()
        return self._summed()

    def _units(self) -> list[dict[str, Value]]:
        """What is fixed of each unit: a region where the type asks for some in each."""
        fields, setting = self.type.fields, self.sampler.setting
        each = [name for name in self.type.sample.each if fields[name].type == "region"]
        places: list[dict[str, Value]] = [
            dict(zip(each, codes, strict=True))
            for codes in product(*(setting.codes(fields[name]) for name in each))
        ]
        if self.wanted is None:
            return [place for place in places for _ in range(self.type.sample.rows)]
        units = -(-self.wanted // len(self._years()))
        # Spread over the places: every one some, or some of them one each.
        return [places[unit * len(places) // units] for unit in range(units)]

    def _years(self) -> list[dict[str, Value]]:
        """The years each unit has a record of; one record without a year fixed where none are asked for."""
        fields = self.type.fields
        each = [name for name in self.type.sample.each if fields[name].type == "year"]
        years = self.sampler.setting.years
        return [dict.fromkeys(each, year) for year in years] if each else [{}]

    def _record(self, number: int, fixed: dict[str, Value], before: Draft | None) -> Draft | None:
        """A record that passes, or None where none is found."""
        for stage, most in enumerate(_TRIES):
            for _ in range(most):
                draft = Draft(self.random, number, dict(fixed), before if stage == 0 else None)
                if not self._anchor(draft, before):
                    continue
                self._fill(draft, bare=stage == len(_TRIES) - 1)
                draft.row = {name: draft.row[name] for name in self.type.fields}
                if self.judge.take(draft.row, before.row if before else None, strict=stage == 0):
                    return draft
        return None

    def _fill(self, draft: Draft, *, bare: bool) -> None:
        for name, make in self.makers.items():
            spec = self.type.fields[name]
            if name in draft.fixed:
                draft.row[name] = draft.fixed[name]
            elif draft.before is not None and stays(spec):
                draft.row[name] = draft.before.row[name]
            elif bare and not spec.required:
                draft.row[name] = None
            else:
                draft.row[name] = make(draft)

    def _anchor(self, draft: Draft, before: Draft | None) -> bool:
        """Fix what the record takes from other registers; whether that could be done."""
        for anchor in self.anchors:
            if before is not None:  # the unit stays what it is
                kept = [own for own, _ in anchor.pairs if self.type.fields[own].type != "year"]
                draft.fixed = {**{own: before.row[own] for own in kept}, **draft.fixed}
                continue
            if anchor.share < 1 and draft.random.random() >= anchor.share:
                draft.fixed.update({own: None for own, _ in anchor.pairs})
                continue
            other = (
                self.found
                if anchor.type == self.type.id
                else self.sampler.listed(anchor.type, needed=anchor.needed)
            )
            fitting = [row for row in other if _fits(anchor, row, draft.fixed)]
            if not fitting:
                if anchor.required:
                    self.judge.failed = anchor.pairs[0][0]
                    return False
                draft.fixed.update(
                    {own: None for own, _ in anchor.pairs if not self.type.fields[own].required}
                )
                continue
            row = draft.random.choice(fitting)
            for own, target in (*anchor.pairs, *((name, name) for name in anchor.shared)):
                draft.fixed.setdefault(own, row.get(target))
        return True

    def _summed(self) -> list[Row]:
        """The records, wholes being the sums of their parts; a whole that then breaks a check is left out."""
        if not any(spec.kind == "parts" for spec in self.type.compare):
            return self.found
        add_up(self.type, self.found)
        return [row for row in self.found if self.judge.holds(row, strict=False)]

    def _impossible(self) -> KechuangError:
        return KechuangError(
            "sample-impossible",
            say(
                "没有生成出一条合格的“{type}”示例记录，总是不合：{failed}",
                type=Named.of(self.type.label),
                failed=self.judge.failed,
            ),
            remedy=say("请在该台账的字段中给出 sample，说明怎样填写。"),
        )


def _order(record_type: RecordType) -> list[str]:
    """The fields in order of drawing: regions and credit codes first, for others are named after them."""
    first = [
        name
        for kind in _SHARED
        for name, spec in record_type.fields.items()
        if spec.type == kind and not (spec.sample and spec.sample.formula)
    ]
    year = [record_type.time.year] if record_type.time.year else []
    return list(dict.fromkeys([*year, *first, *record_type.fields]))


def _anchors(record_type: RecordType, packs: Packs) -> list[_Anchor]:
    """References, and the list that says whose returns are due."""
    found: list[_Anchor] = []
    for name, spec in record_type.fields.items():
        if spec.reference is None:
            continue
        other, _, target = spec.reference.partition(".")
        share = spec.sample.share if spec.sample and spec.sample.share is not None else 0.8
        shared = _shared(record_type, packs.records[other], name)
        if not spec.required:  # it lies in the same place, but may be another's
            shared = tuple(one for one in shared if record_type.fields[one].type == "region")
        found.append(
            _Anchor(other, ((name, target),), shared, spec.required, 1.0 if spec.required else share)
        )
    frame = record_type.frame
    if frame is not None and frame.type in packs.records:
        pairs = tuple((name, name) for name in frame.on)
        shared = _shared(record_type, packs.records[frame.type], "")
        rest = tuple(name for name in shared if name not in frame.on)
        found.append(_Anchor(frame.type, pairs, rest, required=False, needed=False))
    return found


def _shared(one: RecordType, other: RecordType, reference: str) -> tuple[str, ...]:
    """Fields both have that tell the same: where it lies, and whose it is (with the name of that)."""
    both = [
        name
        for name, spec in one.fields.items()
        if name != reference and name in other.fields and other.fields[name].type == spec.type
    ]
    codes = [name for name in both if one.fields[name].type in _SHARED]
    named = any(one.fields[name].type == "uscc" for name in codes) and "name" in both
    return (*codes, "name") if named else tuple(codes)


def _fits(anchor: _Anchor, row: Row, fixed: Mapping[str, Value]) -> bool:
    names = (*anchor.pairs, *((name, name) for name in anchor.shared))
    return all(own not in fixed or fixed[own] == row.get(target) for own, target in names)
