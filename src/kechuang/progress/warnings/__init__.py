"""Early warning: what presses, why, what to do and who leads - and what became of it.

``rules`` are the thresholds in force (data of the packs, changed by the office) · ``findings`` holds an
assessment against them, the same on every machine for the same day · ``journal`` keeps in the audit chain
what was raised, changed, cleared and acknowledged · ``told`` joins both.
"""

from kechuang.progress.warnings.findings import Material, findings
from kechuang.progress.warnings.journal import Entry, acknowledge, entries, record
from kechuang.progress.warnings.model import LEVELS, Finding, Reason, Warned, Warnings
from kechuang.progress.warnings.rules import FILE, Rules, rules_of
from kechuang.progress.warnings.told import told

__all__ = [
    "FILE",
    "LEVELS",
    "Entry",
    "Finding",
    "Material",
    "Reason",
    "Rules",
    "Warned",
    "Warnings",
    "acknowledge",
    "entries",
    "findings",
    "record",
    "rules_of",
    "told",
]
