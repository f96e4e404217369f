"""Eligibility and scoring by regulation: yes, no or unknown, clause by clause, with reasons.

``check(rule, table, as_of, packs)`` judges a table; ``tally`` adds up where a rule counts instead of
judging (R&D personnel); ``valid`` says which recognitions hold on a day. A rule is declared in a pack
(``rules/*.yaml``) and every number it compares with is a dated parameter or table with its clause, so
there is no number of a regulation in this package. What is not known is unknown, never yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.rules.cases import Cases, cases_of
from kechuang.rules.doubts import doubts
from kechuang.rules.judge import judge
from kechuang.rules.judgement import Judgement
from kechuang.rules.law import rule_of
from kechuang.rules.reading import read_cases
from kechuang.rules.tally import tally
from kechuang.rules.validity import ends, valid

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.packs import Packs

__all__ = [
    "Cases",
    "Judgement",
    "cases_of",
    "check",
    "doubts",
    "ends",
    "judge",
    "read_cases",
    "rule_of",
    "tally",
    "valid",
]


def check(rule: str, table: Mapping[str, Sequence[Any]] | pa.Table, as_of: date, packs: Packs) -> Judgement:
    """``table`` (column → values) judged by ``rule`` as the regulation stood on ``as_of``.

    Raises KechuangError for an unknown rule, a day before the regulation, and for cells that are not what
    their column asks for (all of them at once).

    >>> from kechuang.packs import load_packs
    >>> found = check("sme", {"key": ["a"], "staff": [600]}, date(2025, 6, 30), load_packs(["st-core"]))
    >>> found.row(0)["outcome"], found.row(0)["clauses"][0]["reason"]["zh"]
    ('no', '职工总数为600人，不符合“不超过500人”的规定。')
    """
    return judge(rule, cases_of(rule_of(packs, rule), table, packs), as_of, packs)
