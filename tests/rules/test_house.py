"""No number of a regulation stands in code: each is a dated parameter or table with its clause."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.packs import Packs
from kechuang.rules.law import parameters_of, tables_of

#: Nothing and one: places in a list, an empty sum, the sign of an outcome. Any other number in this
#: package could only be a threshold, a band or a term, and those have a date and a clause.
HARMLESS = {0, 1}
#: In a rule's formula also two: a mean of two yearly ratios.
HARMLESS_IN_FORMULAS = {0, 1, 2}


def test_no_module_of_rules_holds_a_number(root: Path) -> None:
    modules = sorted((root / "src" / "kechuang" / "rules").glob("*.py"))
    assert len(modules) > 10
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex):
                assert node.value in HARMLESS, f"{path.name}:{node.lineno}: {node.value}"


def test_no_formula_of_a_rule_holds_a_threshold(packs: Packs) -> None:
    for rule in packs.rules.values():
        for path, formula in rule.formulas():
            for node in parse(formula).walk():
                if isinstance(node, t.Literal) and isinstance(node.value, int | float):
                    assert node.value in HARMLESS_IN_FORMULAS, (rule.id, path, formula)


def test_bounds_of_columns_that_a_regulation_sets_are_parameters(packs: Packs) -> None:
    for rule in packs.rules.values():
        for name, column in rule.columns.items():
            for bound in (column.min, column.max):
                assert bound in (None, *HARMLESS) or isinstance(bound, str), (rule.id, name)


@pytest.mark.parametrize(
    "rule", ["high-tech-enterprise", "sme", "agricultural-park", "new-rd-institution", "rd-fte"]
)
def test_every_number_has_a_date_a_document_and_a_clause(packs: Packs, rule: str) -> None:
    spec = packs.rules[rule]
    used = [*parameters_of(packs, spec), *tables_of(packs, spec)]
    assert used
    for item in used:
        for value in item.values:
            assert value.source and value.clause, item.id
            assert value.from_ >= date(2000, 1, 1)
        # In force from the day the rule is: no number is missing on any day the rule can be asked of.
        assert item.at(spec.from_) is not None, item.id


def test_every_clause_cites_its_article(packs: Packs) -> None:
    for rule in packs.rules.values():
        for clause in rule.clauses:
            assert "第" in clause.clause or "条件" in clause.clause, clause.id


def test_nothing_of_what_was_declared_is_left_unused(packs: Packs) -> None:
    groups = ("hte.", "sme.", "park.", "institution.")
    read = {
        item.id
        for rule in packs.rules.values()
        for item in (*parameters_of(packs, rule), *tables_of(packs, rule))
    }
    declared = {name for name in (*packs.parameters, *packs.tables) if name.startswith(groups)}
    assert declared == read & declared
