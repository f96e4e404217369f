"""Reading formulas: what is in the language, and how everything else is refused."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError, Place
from kechuang.formula import FUNCTIONS, FormulaError, parse
from kechuang.formula import tree as t
from kechuang.formula.writing import source as written


def test_reads_a_ratio_of_sums() -> None:
    tree = parse("100 * sum(a.x, a.kind == 'k') / sum(b.y)")
    above = t.Sum(t.Field("a", "x"), t.Equal(t.Field("a", "kind"), t.Literal("k")))
    assert tree == t.Divide(t.Multiply(t.Literal(100), above), t.Sum(t.Field("b", "y")))


def test_line_breaks_of_folded_yaml_mean_nothing() -> None:
    assert parse("sum(a.x)\n  + sum(a.y)\n") == parse("sum(a.x) + sum(a.y)")


def test_min_of_two_values_and_of_many_records() -> None:
    assert isinstance(parse("min(a, b)"), t.Least)
    assert isinstance(parse("max(t.x)"), t.Max)
    assert isinstance(parse("min(t.x, t.y > 3)"), t.Min)


def test_chained_comparison_is_a_conjunction() -> None:
    assert parse("0 <= x < 1") == parse("0 <= x and x < 1")


def test_one_and_true_are_not_the_same_literal() -> None:
    assert parse("1") != parse("True")
    assert parse("true") == parse("True")


REFUSED = [
    "",
    "   ",
    "__import__('os').system('x')",
    "open('/etc/passwd')",
    "a.b.c.d",
    "(1).real",
    "[x for x in y]",
    "lambda: 1",
    "{}",
    "x[0]",
    "f'{x}'",
    "b'x'",
    "2 ** 999999999",
    "7 % 2",
    "7 // 2",
    "1 << 60",
    "~x",
    "x is None",
    "x == None",
    "x in (1, 2)",
    "(x := 1)",
    "x = 1",
    "sum(a.x, key=1)",
    "sum(*a)",
    "sum(a.x, a.y, a.z)",
    "count(1)",
    "count(a.x)",
    "covered(1, 2)",
    "round(x, 1.5)",
    "round(x, 99)",
    "9" * 3000,
    "1e999",
    "1j",
    "...",
    "1) + (2",
    "1 # a comment",
    "(1 # a comment\n + 2)",
    "\x00",
    "\ud800",
    "(" * 300 + ")" * 300,
    "-" * 3000 + "1",
    "not " * 900 + "x",
    "1 + " * 900 + "1",
    "x" * 5000,
    "if x",
    "await x",
    "indicator.a.b",
    "quantile(a.x, 1.5)",
    "quantile(a.x, b.y)",
    "previous(sum(a.x), 0)",
    "previous(sum(a.x), 31)",
    "growth(sum(a.x), 1.5)",
    "moving_mean(sum(a.x), 1)",
    "rank(sum(a.x), 2)",
    "share(a)",
    "weighted_mean(a.x)",
    "yield",
]


@pytest.mark.parametrize("source", REFUSED)
def test_anything_else_is_refused(source: str) -> None:
    with pytest.raises(KechuangError) as caught:
        parse(source, Place(file="pack.yaml", line=7))
    assert caught.value.place == Place(file="pack.yaml", line=7)
    assert caught.value.message.zh
    assert "公式" in caught.value.message.zh


def test_the_message_names_character_found_and_near_names() -> None:
    with pytest.raises(KechuangError) as caught:
        parse("100 * summ(a.x)")
    text = str(caught.value)
    assert "第7个字符" in text
    assert "summ" in text
    assert "sum" in text.split("summ")[1]


def test_characters_are_counted_as_people_count_them() -> None:
    with pytest.raises(KechuangError) as caught:
        parse("表.字段 == '喀什' and foo(1)")
    assert "第18个字符" in str(caught.value)


def test_full_width_signs_are_named() -> None:
    with pytest.raises(KechuangError) as caught:
        parse("sum（a.x）")
    assert "全角" in str(caught.value)


@given(st.text(max_size=80))
@example("a" * 4001)
@settings(max_examples=300)
def test_no_text_raises_anything_else(source: str) -> None:
    try:
        parse(source)
    except FormulaError as error:
        assert error.as_dict()["message"]["en"]


_PIECES = [
    *FUNCTIONS,
    *("(", ")", ", ", "a.x", "b.y", "a", "param.g.n", "indicator.i", "period_end", "year", "1", "0.5", "'k'"),
    *(
        " + ",
        " - ",
        " * ",
        " / ",
        " == ",
        " < ",
        " and ",
        " or ",
        "not ",
        " if ",
        " else ",
        "null",
        "-",
        "**",
    ),
]


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
@settings(max_examples=500)
def test_no_near_formula_raises_anything_else_and_what_is_read_is_written_back(source: str) -> None:
    with contextlib.suppress(FormulaError):
        tree = parse(source)
        assert parse(written(tree)) == tree


@pytest.mark.parametrize(
    "source",
    [
        "+".join(["1"] * 2000),
        "sum(a.x)" + " / sum(a.x)" * 300,
        "growth(" * 70 + "sum(a.x)" + ")" * 70,
        "(" * 3000,
        "'" * 3999,
        "a." * 1999 + "a",
        " and ".join(["a.x > 1"] * 350),
    ],
)
def test_a_long_formula_is_read_or_refused_at_once(source: str) -> None:
    """In a number of steps that grows with its length, not with what could be read into it."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with contextlib.suppress(FormulaError):
            parse(source)
    finally:
        sys.setprofile(before)
    assert steps < 400 * len(source) + 10_000


def test_formulas_are_read_by_many_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    source = " + ".join(f"sum(a.x, a.x > {n})" for n in range(25))
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(lambda _: parse(source), range(200)))
    assert len(set(map(written, trees))) == 1
