"""Which indicator measures which target: as the plan says, else by likeness of names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from kechuang.packs.model import IndicatorSpec, Packs
from kechuang.plan.model import Plan, Target

#: Below this likeness (0–1) two names are taken for different things.
ALIKE = 0.55

_NOISE = re.compile(r"[\s（）()“”\"'、，,。：:·&/]|年均|累计|力争|全地区|全县|全市|全省|数量|总数|达到")


def link_indicators(plan: Plan, packs: Packs) -> dict[str, str]:
    """Target id → indicator id. A target nothing fits is left out; an indicator is used once.

    A target's own ``indicator`` counts before any likeness, even where no pack declares it.
    """
    return link(plan.targets, packs.indicators)


def link(targets: list[Target], indicators: Mapping[str, IndicatorSpec]) -> dict[str, str]:
    """The same for targets and the declarations of indicators."""
    links = {target.id: target.indicator for target in targets if target.indicator}
    offers = sorted(
        (
            (likeness(target.name, spec), target.id, identifier)
            for target in targets
            if target.id not in links
            for identifier, spec in indicators.items()
        ),
        key=lambda offer: (-offer[0], offer[1], offer[2]),
    )
    taken = set(links.values())
    for score, target, identifier in offers:
        if score >= ALIKE and target not in links and identifier not in taken:
            links[target] = identifier
            taken.add(identifier)
    return links


def likeness(name: str, spec: IndicatorSpec) -> float:
    """0–1: how alike a target's name is to the nearest name of an indicator."""
    names = [spec.label.zh, spec.label.en, *spec.aliases]
    if spec.full_label:
        names += [spec.full_label.zh, spec.full_label.en]
    return max(_alike(_bare(name), _bare(other)) for other in names)


def _bare(text: str) -> str:
    return _NOISE.sub("", text).lower()


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    pairs, others = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    dice = 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0
    inside = 0.9 if min(len(one), len(other)) >= 4 and (one in other or other in one) else 0.0
    return max(dice, inside, SequenceMatcher(None, one, other).ratio() * 0.95)
