"""What became of the entries: matched one to one by what they say, never by id (ids only count)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kechuang.language.terms import term_of
from kechuang.plan.compare.assignment import best_pairs
from kechuang.plan.compare.difference import Change, EntryChange, FieldChange, Piece
from kechuang.plan.compare.items import KINDS, Item, Kind
from kechuang.plan.compare.likeness import Rarity, Vector, cosine, near, plain
from kechuang.plan.compare.order import equal_pairs, out_of_order
from kechuang.plan.compare.words import alike, words_changed

#: Two entries at least so alike are one entry reworded.
ALIKE = 0.5
#: Where both stand between the same neighbours, so much is enough.
ALIKE_IN_PLACE = 0.3
#: What else speaks for one entry: under matched programmes; at the same place among its siblings.
_SAME_PARENT, _SAME_PLACE = 0.1, 0.002
#: Of a target: its name, whether unit, value and year are the same.
_NAME, _UNIT, _VALUE, _YEAR = 0.7, 0.12, 0.1, 0.08
_SAME_TERM = 0.85
#: Names with less in common are not looked at.
_CANDIDATE = 0.1
#: A programme is also known by what is under it, even if it has a new name.
_CHILDREN = 0.5


def compare_entries(a: Sequence[Item], b: Sequence[Item]) -> list[EntryChange]:
    """Every entry of both lists, in no order."""
    return list(_Comparison(a, b).changes())


class _Comparison:
    def __init__(self, a: Sequence[Item], b: Sequence[Item]) -> None:
        self.a, self.b = a, b
        self.pairs: dict[int, int] = {}
        rarity = Rarity(item.name for item in (*a, *b))
        self.vectors: tuple[list[Vector], list[Vector]] = (
            [rarity.vector(item.name) for item in a],
            [rarity.vector(item.name) for item in b],
        )
        self.under = _children(a), _children(b)
        self.terms = _terms(a), _terms(b)
        self.known: dict[tuple[int, int], float] = {}
        for kind in KINDS:  # what is above comes before what is under it
            self._match(kind)
            self._match_in_place(kind)

    def changes(self) -> Iterable[EntryChange]:
        for kind in KINDS:
            pairs = {left: self.pairs[left] for left in _of(self.a, kind) if left in self.pairs}
            moved = self._moved(pairs) if kind != "fact" else set()
            yield from (self._change(left, right, left in moved) for left, right in pairs.items())
        taken = set(self.pairs.values())
        for left, item in enumerate(self.a):
            if left not in self.pairs:
                yield EntryChange(("removed",), item, None, place_a=left)
        for right, item in enumerate(self.b):
            if right not in taken:
                yield EntryChange(("added",), None, item, place_b=right)

    def _match(self, kind: Kind) -> None:
        lefts, rights = _of(self.a, kind), _of(self.b, kind)
        if kind == "fact":
            by_name = {self.b[right].id: right for right in rights}
            self.pairs.update({n: by_name[self.a[n].id] for n in lefts if self.a[n].id in by_name})
            return
        # What is the same in every word and number comes first: in order, then wherever it stands.
        forms = [self._same(self.a[n]) for n in lefts], [self._same(self.b[n]) for n in rights]
        equal = equal_pairs(*forms)
        self.pairs.update({lefts[one]: rights[other] for one, other in equal.items()})
        self._match_alike(
            [left for at, left in enumerate(lefts) if at not in equal],
            [right for at, right in enumerate(rights) if at not in set(equal.values())],
            max(len(lefts), len(rights)),
        )

    def _match_alike(self, lefts: Sequence[int], rights: Sequence[int], size: int) -> None:
        """The best pairing of what is not the same."""
        vectors = [self.vectors[0][n] for n in lefts], [self.vectors[1][n] for n in rights]
        candidates = {(lefts[one], rights[other]) for one, other in near(*vectors, _CANDIDATE)}
        for known in (self.terms, self.under):
            places: dict[str, list[int]] = {}
            for right in rights:
                for word in known[1].get(right, ()):
                    places.setdefault(word, []).append(right)
            for left in lefts:
                candidates.update(
                    (left, right) for word in known[0].get(left, ()) for right in places.get(word, ())
                )
        likeness = {}
        for left, right in sorted(candidates):
            value = self._likeness(left, right)
            if value >= ALIKE:
                far = abs(self.a[left].place - self.b[right].place) / size
                likeness[left, right] = value - _SAME_PLACE * far
        self.pairs.update(best_pairs(likeness))

    def _same(self, item: Item) -> str:
        """What is written alike only by the same entry: its words, and of a target what it asks for."""
        asked = [_form(item.fields.get(name)) for name in ("value", "high", "unit", "year", "per_year")]
        return f"{plain(item.name)}{asked if item.kind == 'target' else ''}"

    def _match_in_place(self, kind: Kind) -> None:
        """What is left over between the same two neighbours needs less in common."""
        if kind in ("fact", "target"):
            return
        back = {right: left for left, right in self.pairs.items()}
        lefts = self._gaps(_of(self.a, kind), self.a, self.pairs, self.pairs)
        rights = self._gaps(_of(self.b, kind), self.b, back, {})
        likeness = {}
        for gap, mine in lefts.items():
            for left in mine:
                for right in rights.get(gap, ()):
                    value = self._named(left, right)
                    if value >= ALIKE_IN_PLACE:
                        likeness[left, right] = value
        self.pairs.update(best_pairs(likeness))

    def _gaps(
        self,
        places: Sequence[int],
        items: Sequence[Item],
        paired: Mapping[int, int],
        to_new: Mapping[int, int],
    ) -> dict[tuple[int | None, int | None, int | None], list[int]]:
        """The unpaired of ``places`` by the entry above and the paired siblings around, all told as new ones."""
        found: dict[tuple[int | None, int | None, int | None], list[int]] = {}
        siblings: dict[int | None, list[int]] = {}
        for place in places:
            siblings.setdefault(items[place].parent, []).append(place)
        for parent, group in siblings.items():
            if parent is not None and parent not in paired:
                continue
            above = None if parent is None else to_new.get(parent, parent)
            for at, place in enumerate(group):
                if place in paired:
                    continue
                before = next((n for n in reversed(group[:at]) if n in paired), None)
                after = next((n for n in group[at + 1 :] if n in paired), None)
                around = [None if n is None else to_new.get(n, n) for n in (before, after)]
                found.setdefault((above, around[0], around[1]), []).append(place)
        return found

    def _likeness(self, left: int, right: int) -> float:
        """0–1 and a little more: see the weights above."""
        one, other = self.a[left], self.b[right]
        value = self._named(left, right)
        if one.kind == "target":
            if value < ALIKE:
                return 0.0
            said, asked = one.fields, other.fields
            value *= _NAME
            value += _UNIT if plain(str(said["unit"])) == plain(str(asked["unit"])) else 0
            value += _VALUE if said["value"] == asked["value"] else 0
            return value + (_YEAR if said["year"] == asked["year"] else 0)
        if one.kind in ("programme", "safeguard"):
            under = self._share_of_children(left, right)
            return max(
                value, (1 - _CHILDREN) * value + _CHILDREN * under + (0.25 if under > _CHILDREN else 0)
            )
        if one.parent is not None and other.parent is not None and value > 0:
            value += _SAME_PARENT * (self.pairs.get(one.parent) == other.parent)
        return value

    def _named(self, left: int, right: int) -> float:
        """How alike the names are: the mean of the shares of rare bigrams and of signs in order; 1 if equal."""
        if (left, right) not in self.known:
            one, other = self.a[left].name, self.b[right].name
            if plain(one) == plain(other):
                value = 1.0
            else:
                shared = cosine(self.vectors[0][left], self.vectors[1][right])
                value = (shared + alike(one, other)) / 2 if shared > 0 else 0.0
                if self.terms[0].get(left) and self.terms[0].get(left) == self.terms[1].get(right):
                    value = max(value, _SAME_TERM)
            self.known[left, right] = value
        return self.known[left, right]

    def _share_of_children(self, left: int, right: int) -> float:
        """The share of what is under both that has the same words (Dice)."""
        mine, theirs = self.under[0].get(left, set()), self.under[1].get(right, set())
        return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0

    def _moved(self, pairs: Mapping[int, int]) -> set[int]:
        """Those under another programme, and those out of order among their siblings."""
        moved: set[int] = set()
        groups: dict[int | None, dict[int, int]] = {}
        for left, right in pairs.items():
            above, now = self.a[left].parent, self.b[right].parent
            if above is not None and self.pairs.get(above) != now:
                moved.add(left)
            else:
                groups.setdefault(above, {})[left] = right
        ones = [1.0] * len(self.a)
        for group in groups.values():
            moved |= out_of_order(group, ones)
        return moved

    def _change(self, left: int, right: int, moved: bool) -> EntryChange:
        one, other = self.a[left], self.b[right]
        change: list[Change] = ["moved"] if moved else []
        fields: list[FieldChange] = []
        words: tuple[Piece, ...] = ()
        if plain(one.name) != plain(other.name):
            change.append("reworded")
            fields.append(FieldChange("name", one.name, other.name))
            words = words_changed(one.name, other.name)
        names = dict.fromkeys([*one.fields, *other.fields])
        for name in names:
            old, new = one.fields.get(name), other.fields.get(name)
            if _form(old) != _form(new):
                fields.append(FieldChange(name, old, new))
        if any(field.field != "name" for field in fields):
            change.append("value")
        return EntryChange(tuple(change) or ("kept",), one, other, tuple(fields), left, right, words)


def _form(value: Any) -> Any:
    """What counts as the same value: words without regard to widths of signs; no order among bodies."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        forms = [_form(part) for part in value]
        return sorted(forms) if all(isinstance(part, str) for part in value) else forms
    return value


def _of(items: Sequence[Item], kind: Kind) -> list[int]:
    return [place for place, item in enumerate(items) if item.kind == kind]


def _terms(items: Sequence[Item]) -> dict[int, set[str]]:
    """Of each target the term it is a name of."""
    known = {place: term_of(item.name) for place, item in enumerate(items) if item.kind == "target"}
    return {place: {term.id} for place, term in known.items() if term is not None}


def _children(items: Sequence[Item]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for item in items:
        if item.parent is not None:
            found.setdefault(item.parent, set()).add(plain(item.name))
    return found
