"""Checks a plan against itself and against facts: what does not add up, what is missing, what was left behind.

Each module holds the checks of one kind; each check takes a ``Case`` and gives findings. A finding of severity
*error* is a contradiction in what is written; a *warning* is hardly meant so; an *info* is worth a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kechuang.plan.check.case import Case
from kechuang.plan.check.citations import citations
from kechuang.plan.check.counts import counts
from kechuang.plan.check.facts import Fact, read_facts
from kechuang.plan.check.finding import Finding
from kechuang.plan.check.growth import growth
from kechuang.plan.check.magnitude import magnitude
from kechuang.plan.check.numbering import numbering
from kechuang.plan.check.products import products
from kechuang.plan.check.promises import promises
from kechuang.plan.check.reality import reality
from kechuang.plan.check.residue import residue
from kechuang.plan.check.serving import serving
from kechuang.plan.check.stages import stages
from kechuang.plan.check.wording import wording
from kechuang.plan.documents import Document
from kechuang.plan.model import Plan

__all__ = ["Fact", "Finding", "check_plan", "read_facts"]

_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    stages,
    numbering,
    counts,
    residue,
    serving,
    growth,
    products,
    magnitude,
    reality,
    citations,
    wording,
    promises,
)
_ORDER = {"error": 0, "warning": 1, "info": 2}


def check_plan(plan: Plan, document: Document | None = None, facts: Sequence[Fact] = ()) -> list[Finding]:
    """The findings on ``plan``, errors first; those on its text need the ``document`` it was read from.

    ``facts`` are known figures of past years (``read_facts``); those of other regions are left aside.
    """
    case = Case(plan, document, facts)
    found = [finding for check in _CHECKS for finding in check(case)]
    return sorted(found, key=lambda finding: _ORDER[finding.severity])
