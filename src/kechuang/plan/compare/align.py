"""Which entries of a plan answer the plans above it, how surely and why.

For an entry *a* below and *b* above:

- shared terms ``T``: each term of the one has ``s`` = 1 where the other has it, 0.6 where the other has one of its
  family (``families``), else 0; ``T = Σ w s / Σ w`` over the terms of both (a soft Dice coefficient). A term weighs
  ``ln(1 + N / df)`` over all N entries, and a third of it where it stands only in the heading above the entry; a
  general term (人才, 产业) in a heading says nothing.
  Where what the two titles themselves share is general only, T counts 0.6 of it;
- likeness ``C``: the mean of the cosine of rare bigrams of both titles (``likeness``) and of the share of the
  shorter one's that the other has;
- ``score = 1 - (1 - 0.75 T)(1 - 0.9 C)``: either alone can carry a link, both together make it sure.

Two targets of one indicator have T = 1. A target against a task counts 0.85 of the score; two targets without a
term in common, each with one of its own, are at most weakly linked. ``strong`` is 0.55 and more, ``weak`` 0.35 and
more. Of the links to targets of one plan above the strong ones within 0.2 of the surest are kept, else the three
surest weak ones; and so of those to tasks.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kechuang.errors import Joined, listed
from kechuang.language.terms import Term, terms_in
from kechuang.messages import Message, say
from kechuang.plan.compare.asks import Ask, PlanLevel, asks_of, indicator_of, level_of
from kechuang.plan.compare.demand import Demand, demand
from kechuang.plan.compare.families import related
from kechuang.plan.compare.likeness import Rarity, Vector, cosine, plain
from kechuang.plan.compare.side import Side

Strength = Literal["strong", "weak"]

STRONG, WEAK = 0.55, 0.35
_TERMS, _WORDS = 0.75, 0.9
_ACROSS, _ABOVE, _GENERAL, _FAMILY = 0.85, 1 / 3, 0.6, 0.6
#: Weak links of an entry told for one plan above, at most.
_WEAK_SHOWN = 3
#: Of several sure answers, those so much less sure than the surest are left out.
_NEAR = 0.2
#: Terms so general that they say little of what an entry is about.
GENERAL = frozenset(
    (
        "industry",
        "talent",
        "innovation_system",
        "innovation_drive",
        "gdp",
        "core_technology",
        "st_achievement",
    )
)


@dataclass(frozen=True)
class Upper:
    """A plan above: its name, level and what it asks for."""

    name: str
    title: str | None
    level: PlanLevel | None
    asks: tuple[Ask, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"file": self.name, "title": self.title, "level": self.level, "entries": len(self.asks)}


@dataclass(frozen=True)
class Link:
    """``own`` answers ``above`` of the plan number ``plan`` (from 0)."""

    own: Ask
    plan: int
    above: Ask
    score: float
    level: Strength
    terms: tuple[Term, ...]
    reason: Message
    demand: Demand | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "entry": self.own.as_dict(),
            "plan": self.plan,
            "upper": self.above.as_dict(),
            "score": round(self.score, 3),
            "level": self.level,
            "terms": [{"id": term.id, "zh": term.zh, "en": term.en} for term in self.terms],
            "reason": self.reason.both(),
            "demand": self.demand.as_dict() if self.demand else None,
        }


@dataclass(frozen=True)
class Alignment:
    """A plan held against those above it, in the order they were given."""

    own: Upper
    uppers: tuple[Upper, ...]
    links: tuple[Link, ...]

    def answers(self, plan: int, above: Ask) -> list[Link]:
        """The links to one entry above, the surest first."""
        found = [link for link in self.links if link.plan == plan and link.above == above]
        return sorted(found, key=lambda link: -link.score)

    @property
    def unanswered(self) -> list[tuple[int, Ask]]:
        """What the plans above ask for and nothing in the plan answers."""
        met = {(link.plan, link.above) for link in self.links}
        return [(n, ask) for n, upper in enumerate(self.uppers) for ask in upper.asks if (n, ask) not in met]

    @property
    def unfounded(self) -> list[Ask]:
        """What the plan asks for and nothing above does."""
        linked = {link.own for link in self.links}
        return [ask for ask in self.own.asks if ask not in linked]

    def as_dict(self) -> dict[str, Any]:
        """The JSON of ``kechuang plan align``."""
        return {
            "plan": self.own.as_dict(),
            "uppers": [upper.as_dict() for upper in self.uppers],
            "links": [link.as_dict() for link in self.links],
            "unanswered": [{"plan": n, **ask.as_dict()} for n, ask in self.unanswered],
            "unfounded": [ask.as_dict() for ask in self.unfounded],
        }


def align(own: Side, uppers: Sequence[Side]) -> Alignment:
    """The links from every target, task and measure of ``own`` to those of each of ``uppers``."""
    below, above = _upper(own), tuple(map(_upper, uppers))
    scale = _Scale([*below.asks, *(ask for upper in above for ask in upper.asks)])
    links: list[Link] = []
    for ask in below.asks:
        for number, upper in enumerate(above):
            same_area = (
                own.plan.region_code is not None and own.plan.region_code == uppers[number].plan.region_code
            )
            found = [link for asked in upper.asks if (link := scale.link(ask, number, asked, same_area))]
            found.sort(key=lambda link: -link.score)
            for aimed in (True, False):  # targets above, then tasks and measures above
                alike = [link for link in found if (link.above.kind == "target") == aimed]
                best = alike[0].score if alike else 0.0
                strong = [link for link in alike if link.level == "strong" and link.score >= best - _NEAR]
                links += strong or alike[:_WEAK_SHOWN]
    return Alignment(below, above, tuple(links))


@dataclass(frozen=True)
class _Known:
    """What is known of an entry's words."""

    own: frozenset[str]
    weights: dict[str, float]
    terms: dict[str, Term]
    vector: Vector
    indicator: Term | None = field(default=None)


class _Scale:
    """Weighs links, with rarities known from all entries."""

    def __init__(self, asks: Sequence[Ask]) -> None:
        self.rarity = Rarity(ask.title for ask in asks)
        seen = {ask: ({f.term.id: f.term for f in terms_in(ask.title)}, terms_in(ask.above)) for ask in asks}
        counts = Counter(name for own, _ in seen.values() for name in own)
        total = len(asks)

        def weight(name: str) -> float:
            return math.log(1 + total / max(1, counts[name]))

        self.known: dict[Ask, _Known] = {}
        for ask, (own, heading) in seen.items():
            weights = {f.term.id: _ABOVE * weight(f.term.id) for f in heading if f.term.id not in GENERAL}
            weights |= {name: weight(name) for name in own}
            terms = {f.term.id: f.term for f in heading} | own
            indicator = indicator_of(ask.title) if ask.kind == "target" else None
            self.known[ask] = _Known(frozenset(own), weights, terms, self.rarity.vector(ask.title), indicator)

    def link(self, own: Ask, plan: int, above: Ask, same_area: bool) -> Link | None:
        """The link, or None where too little speaks for it."""
        one, other = self.known[own], self.known[above]
        likeness = (cosine(one.vector, other.vector) + _contained(one.vector, other.vector)) / 2
        targets = own.kind == above.kind == "target"
        same = targets and one.indicator is not None and one.indicator == other.indicator
        terms = 1.0 if same else _shared(one, other)
        score = 1 - (1 - _TERMS * terms) * (1 - _WORDS * likeness)
        if (own.kind == "target") != (above.kind == "target"):
            score *= _ACROSS
        if targets and one.own and other.own and not one.own & other.own:
            score = min(score, STRONG - 0.01)
        if score < WEAK:
            return None
        both = [name for name in one.weights if name in other.weights]
        said = tuple(one.terms[name] for name in sorted(both, key=lambda name: -one.weights[name]))
        akin = [
            (one.terms[name], other.terms[kin])
            for name in one.weights
            for kin in other.weights
            if name not in both and kin not in both and related(name, kin)
        ]
        akin.sort(key=lambda kin: -(one.weights[kin[0].id] + other.weights[kin[1].id]))
        asked = None
        if targets and own.target and above.target and (same or plain(own.title) == plain(above.title)):
            asked = demand(own.target, above.target, same_area)
        reason = _reason(own, above, said, akin, likeness, one.indicator if same else None, asked)
        return Link(own, plan, above, score, "strong" if score >= STRONG else "weak", said, reason, asked)


def _shared(one: _Known, other: _Known) -> float:
    """The share of the terms of both that the other has too (T above)."""
    whole = sum(one.weights.values()) + sum(other.weights.values())
    if not whole:
        return 0.0
    found = 0.0
    for mine, theirs in ((one, other), (other, one)):
        for name, weight in mine.weights.items():
            if name in theirs.weights:
                found += weight
            elif any(related(name, their) for their in theirs.weights):
                found += weight * _FAMILY
    special = any(
        name not in GENERAL and (name == their or related(name, their))
        for name in one.own
        for their in other.own
    )
    return found / whole * (1.0 if special else _GENERAL)


def _contained(one: Vector, other: Vector) -> float:
    """The share of the shorter title's bigrams, by weight, that the other has."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    whole = sum(value * value for value in short.values())
    return sum(v * v for gram, v in short.items() if gram in long) / whole if whole else 0.0


def _reason(
    own: Ask,
    above: Ask,
    terms: Sequence[Term],
    akin: Sequence[tuple[Term, Term]],
    likeness: float,
    indicator: Term | None,
    asked: Demand | None,
) -> Message:
    parts: list[Message] = []
    if indicator is not None:
        parts.append(say("同一指标：{term}", term=_Named(indicator)))
    elif terms:
        parts.append(say("都涉及{terms}", terms=listed([_Named(term) for term in terms])))
    if akin and indicator is None:
        one, other = akin[0]
        parts.append(say("{own}与{above}相关", own=_Named(one), above=_Named(other)))
    if likeness > 0.005:
        parts.append(say("文字相似度{value}", value=f"{likeness:.2f}"))
    if own.target and above.target and plain(own.target.unit) == plain(above.target.unit) != "":
        parts.append(say("单位相同（{unit}）", unit=own.target.unit))
    if asked is not None:
        parts.append(asked.reason)
    return Joined(parts, ("；", "; "))


class _Named(Message):
    """A term in the language spoken."""

    def __init__(self, term: Term) -> None:
        super().__init__("{zh}", {"zh": term.zh, "en": term.en})

    def text(self, language: str) -> str:
        return str(self.params["en" if language == "en" else "zh"])


def _upper(side: Side) -> Upper:
    plan = side.plan
    return Upper(side.name, plan.plan_title or plan.title, level_of(plan), tuple(asks_of(plan)))
