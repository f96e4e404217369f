"""Types and units: scales of one unit are converted, everything else is refused with what to write."""

from __future__ import annotations

import pytest

from kechuang.errors import KechuangError
from kechuang.formula import parse
from kechuang.formula.checking import check_result, sides
from kechuang.formula.schema import FieldInfo, IndicatorInfo, ParameterInfo, Schema, TableInfo, Type, Words
from kechuang.formula.units import Unit
from kechuang.formula.writing import source


def _number(unit: str | None = None) -> FieldInfo:
    return FieldInfo(Type("number", Unit.parse(unit)), Words("数", "number"))


SCHEMA = Schema(
    {
        "rd": TableInfo(
            Words("研发", "R&D"),
            {
                "cost": _number("万元"),
                "people": _number("人"),
                "share": _number(),
                "hours": _number("小时"),
                "day": FieldInfo(Type("date"), Words("日期", "day")),
                "kind": FieldInfo(
                    Type("text"),
                    Words("类别", "kind"),
                    {"firm": Words("企业", "firm"), "school": Words("高校", "school")},
                ),
                "ok": FieldInfo(Type("boolean"), Words("是否", "ok")),
            },
        ),
        "gdp": TableInfo(Words("GDP", "GDP"), {"value": _number("亿元")}),
        "land": TableInfo(
            Words("耕地", "land"),
            {
                "area": _number("万亩"),
                "rate": _number("%"),
                "people": _number("万人"),
                "water": _number("万立方米"),
            },
        ),
    },
    {"g.years": ParameterInfo(Type("number", Unit.parse("年")), Words("年数", "years"))},
    {
        "population": IndicatorInfo(Type("number", Unit.parse("万人")), Words("常住人口", "population")),
        "firms": IndicatorInfo(Type("number"), Words("企业数", "firms")),
        "rate": IndicatorInfo(Type("number", Unit.parse("%")), Words("比率", "rate")),
    },
)


def checked(text: str, unit: str) -> str:
    return source(check_result(parse(text), unit, SCHEMA).tree)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("100 * sum(rd.cost) / sum(gdp.value)", "%", "100 * sum(rd.cost) / sum(gdp.value) * 1.0 / 10000.0"),
        ("1000 * sum(rd.cost) / sum(rd.cost)", "‰", "1000 * sum(rd.cost) / sum(rd.cost)"),
        ("sum(rd.cost)", "亿元", "sum(rd.cost) * 1.0 / 10000.0"),
        ("sum(gdp.value) + sum(rd.cost)", "亿元", "sum(gdp.value) + sum(rd.cost) * 1.0 / 10000.0"),
        ("sum(rd.cost) - sum(gdp.value)", "万元", "sum(rd.cost) - sum(gdp.value) * 10000.0 / 1.0"),
        ("sum(rd.people * rd.share)", "人年", "sum(rd.people * rd.share)"),
        ("sum(rd.cost) / sum(rd.people)", "万元/人", "sum(rd.cost) / sum(rd.people)"),
        ("count(rd)", "家", "count(rd)"),
        ("distinct(rd.kind)", "个", "distinct(rd.kind)"),
        ("count(rd, rd.cost > 500)", "家", "count(rd, rd.cost > 500)"),
        ("mean(rd.hours / 2)", "小时", "mean(rd.hours / 2)"),
        (
            "ratio(sum(rd.cost), sum(gdp.value))",
            "%",
            "ratio(sum(rd.cost), sum(gdp.value)) * 1.0 / 10000.0 * 100.0 / 1.0",
        ),
        ("ratio(count(rd), indicator.firms)", "‰", "ratio(count(rd), indicator.firms) * 1000.0 / 1.0"),
        ("share(rd, rd.ok == true)", "%", "ratio(count(rd, rd.ok == True), count(rd)) * 100.0 / 1.0"),
        ("growth(sum(rd.cost), 5)", "%", "growth(sum(rd.cost), 5) * 100.0 / 1.0"),
        (
            "indicator.rate - previous(indicator.rate)",
            "个百分点",
            "indicator.rate - previous(indicator.rate)",
        ),
        ("indicator.rate", "‰", "indicator.rate * 10.0 / 1.0"),
        ("moving_mean(sum(rd.cost), 3)", "亿元", "moving_mean(sum(rd.cost), 3) * 1.0 / 10000.0"),
        ("rank(sum(rd.cost))", "位", "rank(sum(rd.cost))"),
        ("quantile(rd.cost, 0.9)", "万元", "quantile(rd.cost, 0.9)"),
        ("weighted_mean(land.rate, land.area)", "%", "weighted_mean(land.rate, land.area)"),
        (
            "per_capita(count(rd), indicator.population)",
            "件/万人",
            "per_capita(count(rd), indicator.population)",
        ),
        (
            "per_capita(sum(gdp.value), indicator.population)",
            "元/人",
            "per_capita(sum(gdp.value), indicator.population) * 10000.0 / 1.0",
        ),
        ("sum(land.area * land.rate)", "公顷", "sum(land.area * land.rate) * 20.0 / 3.0"),
        ("sum(land.area)", "公顷", "sum(land.area) * 2000.0 / 3.0"),
        ("count(rd)", "万件", "count(rd) * 1.0 / 10000.0"),
        ("count(rd, add_years(rd.day, param.g.years) > period_end)", "家", None),
    ],
)
def test_what_can_be_meant(text: str, unit: str, expected: str | None) -> None:
    assert checked(text, unit) == (expected or text)


@pytest.mark.parametrize(
    ("text", "unit", "named"),
    [
        ("sum(rd.cost) / sum(gdp.value)", "%", "100 *"),
        ("100 * sum(rd.cost) / sum(gdp.value)", "‰", "1000 *"),
        ("sum(rd.cost)", "人", "万元"),
        ("sum(rd.cost) + sum(rd.people)", "万元", "万元"),
        ("sum(rd.cost + rd.people)", "万元", "人"),
        ("count(rd, rd.cost > rd.people)", "家", "人"),
        ("sum(rd.kind)", "家", "文字"),
        ("count(rd, rd.kind > 'firm')", "家", "=="),
        ("count(rd, rd.kind == 'frim')", "家", "firm"),
        ("count(rd, rd.day == 'x')", "家", "文字"),
        ("count(rd, rd.cost)", "家", "是否"),
        ("rd.cost", "万元", "sum"),
        ("sum(rd.cost * gdp.value)", "万元", "gdp"),
        ("sum(sum(rd.cost))", "万元", "汇总"),
        ("sum(1)", "家", "count"),
        ("sum(rd.cots)", "万元", "cost"),
        ("sum(rb.cost)", "万元", "rd"),
        ("count(re)", "家", "rd"),
        ("count(rd, rd.day > period_edn)", "家", "period_end"),
        ("sum(rd.cost) * param.g.year", "万元", "g.years"),
        ("count(rd, add_years(rd.day, rd.cost) > period_end)", "家", "add_years"),
        ("period_end", "家", "日期"),
        ("covered(rd.kind, gdp.value)", "%", "文字"),
        ("100 * ratio(sum(rd.cost), sum(gdp.value))", "%", "去掉"),
        ("ratio(sum(rd.cost), sum(rd.people))", "%", "per_capita"),
        ("per_capita(sum(rd.cost), sum(gdp.value))", "万元/人", "人数"),
        ("sum(land.area * land.rate / 100)", "万亩", "/ 100"),
        ("sum(growth(rd.cost))", "%", "growth(sum(…))"),
        ("growth(1)", "%", "汇总"),
        ("sum(indicator.rate)", "%", "汇总"),
        ("indicator.rats", "%", "rate"),
        ("indicator.rate + sum(rd.cost) / sum(gdp.value)", "%", "ratio(x, y)"),
        ("previous(growth(sum(rd.cost), 20), 20)", "%", "30"),
        ("weighted_mean(rd.cost, rd.kind)", "万元", "文字"),
        ("quantile(rd.kind, 0.5)", "家", "文字"),
        ("sum(land.area) + sum(land.water)", "万亩", "万立方米"),
    ],
)
def test_what_cannot_be_meant_says_what_to_write(text: str, unit: str, named: str) -> None:
    with pytest.raises(KechuangError) as caught:
        check_result(parse(text), unit, SCHEMA)
    told = caught.value
    assert named in "\n".join(str(part) for part in (told, told.remedy))


def test_the_two_sides_of_a_ratio() -> None:
    found = sides(parse("100 * sum(rd.cost) / sum(gdp.value)"))
    assert (found.factor, source(found.numerator)) == (100, "sum(rd.cost)")
    assert found.denominator is not None and source(found.denominator) == "sum(gdp.value)"
    found = sides(parse("sum(rd.cost) / sum(gdp.value) * 100"))
    assert (found.factor, source(found.numerator)) == (100, "sum(rd.cost)")
    assert sides(parse("sum(rd.cost) / 12")).denominator is None


@pytest.mark.parametrize(
    ("one", "other", "scale"),
    [("亿元", "万元", 1e4), ("元", "亿元", 1e-8), ("万人", "人", 1e4), ("亿吨", "千克", 1e11)],
)
def test_scales(one: str, other: str, scale: float) -> None:
    assert Unit.parse(one).over(Unit.parse(other)) == Unit((), scale)


def test_person_years_are_not_persons() -> None:
    assert Unit.parse("人年").powers != Unit.parse("人").powers
