"""Checks a plan against itself: what does not add up, what is missing, what a typist left behind."""

from __future__ import annotations

from kechuang.plan.check.finding import Finding
from kechuang.plan.check.promises import promises
from kechuang.plan.check.structure import structure
from kechuang.plan.documents import Document
from kechuang.plan.model import Plan

__all__ = ["Finding", "check_plan"]

_ORDER = {"error": 0, "warning": 1, "info": 2}


def check_plan(plan: Plan, document: Document | None = None) -> list[Finding]:
    """The findings on ``plan``, errors first; those on its text need the ``document`` it was read from."""
    found = [*(structure(plan, document) if document else []), *promises(plan)]
    return sorted(found, key=lambda finding: _ORDER[finding.severity])
