"""Every operation has a meaning everywhere: a sentence in both languages, LaTeX, a page of reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kechuang.formula import FUNCTIONS, check, parse
from kechuang.formula import tree as t
from kechuang.formula.latex import Latex
from kechuang.formula.schema import FieldInfo, IndicatorInfo, ParameterInfo, Schema, TableInfo, Type, Words
from kechuang.formula.units import Unit
from kechuang.formula.words import Sentence

MONEY = Type("number", Unit.parse("万元"))
SCHEMA = Schema(
    {
        "rd": TableInfo(
            Words("调查表", "survey"),
            {
                "cost": FieldInfo(MONEY, Words("研发经费", "R&D cost")),
                "staff": FieldInfo(Type("number", Unit.parse("人")), Words("人员", "staff")),
                "day": FieldInfo(Type("date"), Words("日期", "day")),
                "kind": FieldInfo(Type("text"), Words("类别", "kind"), {"firm": Words("企业", "firm")}),
            },
        )
    },
    {"g.low": ParameterInfo(MONEY, Words("起点", "lowest_amount"))},
    {"gdp": IndicatorInfo(MONEY, Words("生产总值", "GDP"))},
)
#: One formula a function, with what it reads as.
SAID = {
    "is_null": ("count(rd, is_null(rd.cost))", "研发经费未填", "R&D cost is empty"),
    "coalesce": ("sum(coalesce(rd.cost, 0))", "未填时取0", "if empty, 0"),
    "abs": ("abs(sum(rd.cost))", "的绝对值", "the absolute value"),
    "round": ("round(sum(rd.cost), 1)", "保留1位小数", "rounded to 1 decimals"),
    "min": ("min(rd.cost)", "研发经费最小值", "minimum of R&D cost"),
    "max": ("max(sum(rd.cost), 3)", "较大者", "the larger of"),
    "year_of": ("count(rd, year_of(rd.day) == year)", "所在年度", "the year of day"),
    "add_years": ("count(rd, add_years(rd.day, 3) > period_end)", "日期后3", "after day"),
    "valid_on": ("count(rd, valid_on(rd.day, rd.day, period_end))", "期末不早于日期", "is on or after"),
    "count": (
        "count(rd, rd.kind == 'firm')",
        "调查表数（只计类别为“企业”的记录）",
        "number of survey (only where kind is “firm”)",
    ),
    "distinct": ("distinct(rd.kind)", "按类别去重", "each kind once"),
    "sum": ("sum(rd.cost)", "研发经费合计", "sum of R&D cost"),
    "mean": ("mean(rd.cost)", "研发经费平均值", "mean of R&D cost"),
    "median": ("median(rd.cost)", "研发经费中位数", "median of R&D cost"),
    "quantile": ("quantile(rd.cost, 0.9)", "研发经费的第90百分位数", "90% quantile of R&D cost"),
    "weighted_mean": (
        "weighted_mean(rd.cost, rd.staff)",
        "研发经费以人员加权的平均值",
        "mean of R&D cost weighted by staff",
    ),
    "share": (
        "share(rd.cost, rd.kind == 'firm')",
        "研发经费合计中类别为“企业”部分的占比",
        "share of the sum of R&D cost where kind is “firm”",
    ),
    "ratio": ("ratio(sum(rd.cost), indicator.gdp)", "研发经费合计 ÷ 生产总值", "sum of R&D cost ÷ GDP"),
    "per_capita": (
        "per_capita(sum(rd.cost), sum(rd.staff))",
        "研发经费合计按人员合计平均",
        "sum of R&D cost per sum of staff",
    ),
    "previous": ("previous(indicator.gdp)", "上年生产总值", "GDP of the year before"),
    "growth": (
        "growth(indicator.gdp, 5)",
        "生产总值近5年年均增长率",
        "average yearly growth of GDP over 5 years",
    ),
    "moving_mean": ("moving_mean(indicator.gdp, 3)", "生产总值近3年平均值", "mean of GDP over 3 years"),
    "moving_sum": ("moving_sum(indicator.gdp, 3)", "生产总值近3年合计", "sum of GDP over 3 years"),
    "rank": (
        "rank(indicator.gdp)",
        "生产总值在同级地区中的位次",
        "rank of GDP among regions of the same level",
    ),
    "covered": ("covered(rd.kind, rd.kind)", "覆盖的比例", "covered by"),
}


def test_every_function_is_told_of_here() -> None:
    assert SAID.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_reads_as_a_sentence_in_both_languages(name: str) -> None:
    formula, zh, en = SAID[name]
    tree = check(parse(formula), SCHEMA).tree
    for language, words in (("zh", zh), ("en", en)):
        said = Sentence(SCHEMA, language).of(tree)
        assert words in said
        assert "rd." not in said and "indicator" not in said


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_written_as_latex(name: str) -> None:
    tree = check(parse(SAID[name][0]), SCHEMA).tree
    for language in ("zh", "en"):
        text = Latex(Sentence(SCHEMA, language)).of(tree)
        plain = re.sub(r"\\[{}]", "", text)
        assert plain.count("{") == plain.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert not re.search(r"(?<!\\)[&#%$]", re.sub(r"& \\text", "", text))


def test_latex_of_a_share_of_gdp() -> None:
    latex = Latex(Sentence(SCHEMA, "en"))
    tree = parse("ratio(sum(rd.cost, rd.cost > param.g.low), indicator.gdp)")
    assert latex.of(tree, "%") == (
        r"\frac{\sum_{\text{R\&D cost} > \text{lowest\_amount}} \text{R\&D cost}}{\text{GDP}} \times 100\%"
    )
    assert latex.of(parse("growth(indicator.gdp, 5)")) == (
        r"\left(\frac{{\text{GDP}}_t}{{\text{GDP}}_{t-5}}\right)^{1/5} - 1"
    )


def test_every_operation_of_the_tree_is_compiled_somewhere() -> None:
    """A class that no formula can make would be an operation without a use."""
    made = {type(part) for formula, *_ in SAID.values() for part in parse(formula).walk()}
    written = "(-1 if not (1 != 2 and 1 <= 2 or 1 >= 2) else 1 - 2) + param.g.low * min(1, 2) / max(rd.cost) + median(rd.cost)"
    made |= {type(part) for part in parse(written).walk()}
    made |= {type(part) for part in parse("-min(rd.cost, 2) if sum(rd.cost) < 2 else previous(1)").walk()}
    classes, waiting = set(), [t.Node]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if not one.__subclasses__():
            classes.add(one)
    assert classes - made <= {t.Convert}  # made by checking


def test_the_reference_page_names_every_function_with_both_languages(root: Path) -> None:
    text = (root / "docs" / "reference" / "formula.md").read_text("utf-8")
    for name in [*FUNCTIONS, "indicator.ID", "param.", "period_start", "period_end", "year", "and"]:
        assert f"`{name}" in text, name
    for name, (_, zh, en) in SAID.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}"))
        assert re.search(r"[\u4e00-\u9fff]", row) and re.search(r"[a-z]{3} [a-z]{2}", row), name
        assert row.count("|") >= 4 and zh and en
