"""Adding rows up by unit where a rule counts: R&D personnel in full-time equivalents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.errors import KechuangError
from kechuang.formula.columns import UNKNOWN, YES
from kechuang.language.figures import summed
from kechuang.messages import say
from kechuang.records.fields import Named
from kechuang.rules.cases import Cases
from kechuang.rules.judge import Piece
from kechuang.rules.law import in_force

if TYPE_CHECKING:
    from kechuang.packs import Packs


def tally(rule: str, cases: Cases, as_of: date, packs: Packs) -> list[dict[str, Any]]:
    """One row a unit, in order of first appearance: counts and sums of the rule.

    A sum one of whose rows is unknown is None, with the ``[low, high]`` it lies in under ``NAME_range``;
    ``unknown`` counts such rows. Raises KechuangError for a rule that judges instead.

    >>> from kechuang.packs import load_packs
    >>> from kechuang.rules import cases_of
    >>> packs = load_packs(["st-core"])
    >>> rows = {"unit": ["甲"] * 5, "share": [1, 1, 0.2, 0.3, 0.7]}
    >>> tally("rd-fte", cases_of(packs.rules["rd-fte"], rows, packs), date(2025, 6, 30), packs)[0]["fte"]
    3.2
    """
    spec, law = in_force(packs, rule, as_of)
    if spec.tally is None:
        raise KechuangError("rule-judges", say("“{rule}”逐个判定，不作汇总", rule=Named.of(spec.label)))
    piece = Piece(spec, law, cases, slice(0, cases.rows))
    groups = cases.keys.combine_chunks().dictionary_encode()
    places, names = groups.indices.to_numpy(zero_copy_only=False), groups.dictionary.to_pylist()

    def added(values: Any) -> Any:
        return np.bincount(places, np.broadcast_to(values, (cases.rows,)), minlength=len(names))

    with np.errstate(all="ignore"):
        sums = {name: piece.item(formula) for name, formula in spec.tally.sums.items()}
        truths = {name: piece.truth(formula) for name, formula in spec.tally.counts.items()}
        lows = {name: added(span.low) for name, span in sums.items()}
        highs = {name: added(span.high) for name, span in sums.items()}
        counts = {name: added(truth == YES) for name, truth in truths.items()}
        open_rows = added(np.logical_or.reduce([truth == UNKNOWN for truth in truths.values()]))
    found = []
    for place, name in enumerate(names):
        row: dict[str, Any] = {spec.tally.by: name}
        for key in sums:
            low, high = (summed(side[key][place]) for side in (lows, highs))
            row[key] = low if low == high else None
            if low != high:
                row[f"{key}_range"] = [low, high]
        row |= {key: int(count[place]) for key, count in counts.items()}
        row["unknown"] = int(open_rows[place])
        found.append(row)
    return found
