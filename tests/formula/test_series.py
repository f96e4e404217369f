"""Series of one concept are kept apart, and scopes have to be named: refused with what to write."""

from __future__ import annotations

import pytest

from kechuang.formula import FieldInfo, FormulaError, Schema, TableInfo, Type, Unit, Words, check, parse
from kechuang.formula.schema import IndicatorInfo
from kechuang.formula.series import Scope, scopes, scopes_named

MONEY = Type("number", Unit.parse("万元"))
W = Words("字段", "field")
SCHEMA = Schema(
    {
        "survey": TableInfo(
            W, {"spent": FieldInfo(MONEY, Words("内部支出", "spent"), series=("rd", "statistics"))}
        ),
        "tax": TableInfo(
            W,
            {
                "spent": FieldInfo(MONEY, Words("加计扣除", "deducted"), series=("rd", "tax")),
                "other": FieldInfo(MONEY, W),
            },
        ),
        "budget": TableInfo(
            W,
            {
                "total": FieldInfo(MONEY, W),
                "scope": FieldInfo(
                    Type("text"), Words("口径", "scope"), {"whole": W, "own": W}, qualifier=True
                ),
            },
        ),
    },
    indicators={"survey": IndicatorInfo(MONEY, Words("支出", "spent"), frozenset({("rd", "statistics")}))},
)


@pytest.mark.parametrize(
    "text",
    [
        "sum(survey.spent) + sum(tax.spent)",
        "sum(survey.spent) - sum(tax.spent)",
        "ratio(sum(survey.spent), sum(tax.spent))",
        "sum(tax.spent) / sum(survey.spent)",
        "coalesce(sum(survey.spent), sum(tax.spent))",
        "max(sum(survey.spent), sum(tax.spent))",
        "sum(survey.spent) if count(tax) > 3 else sum(tax.spent)",
        "indicator.survey / sum(tax.spent)",
        "growth(sum(survey.spent) + sum(tax.spent))",
        "2 * (1 + sum(survey.spent) / sum(tax.spent))",
    ],
)
def test_two_series_never_meet_in_one_formula(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        check(parse(text), SCHEMA)
    assert caught.value.code == "formula-series"
    assert "加计扣除" in caught.value.message.zh
    assert caught.value.remedy is not None


@pytest.mark.parametrize(
    "text",
    [
        "sum(survey.spent) + sum(survey.spent)",
        "indicator.survey + sum(survey.spent)",
        "sum(tax.spent) / sum(tax.other)",
        "count(survey, survey.spent > 3) + count(tax, tax.spent > 3)",
        "sum(tax.other, tax.spent > tax.other)",
    ],
)
def test_one_series_and_conditions_are_free(text: str) -> None:
    check(parse(text), SCHEMA)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sum(budget.total, budget.scope == 'whole')", [Scope("budget", "scope", "whole")]),
        ("sum(budget.total, 'own' == budget.scope and budget.total > 1)", [Scope("budget", "scope", "own")]),
        ("sum(tax.other)", []),
    ],
)
def test_a_scope_is_read_from_the_condition(text: str, found: list[Scope]) -> None:
    tree = check(parse(text), SCHEMA).tree
    scopes_named(tree, SCHEMA)
    assert scopes(tree, SCHEMA) == found


@pytest.mark.parametrize(
    "text",
    [
        "sum(budget.total)",
        "sum(budget.total, budget.scope != 'own')",
        "sum(budget.total, budget.scope == 'own' or budget.total > 1)",
        "mean(budget.total, budget.total > 1)",
    ],
)
def test_several_scopes_are_not_added_up(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        scopes_named(check(parse(text), SCHEMA).tree, SCHEMA)
    assert caught.value.code == "formula-scope"
    assert "budget.scope == 'whole'" in str(caught.value.remedy)
