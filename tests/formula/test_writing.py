"""Writing formulas back: parse(source(tree)) is the tree, for every tree there is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.formula.writing import source
from kechuang.packs import load_packs

numbers = st.one_of(
    st.integers(-1000, 1000),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.booleans(),
    st.text(max_size=5),
    st.none(),
)
leaves = st.one_of(
    numbers.map(t.Literal),
    st.sampled_from(["period_end", "year", "share"]).map(t.Name),
    st.sampled_from([t.Field("a", "x"), t.Field("b", "y"), t.Parameter("g.n"), t.Indicator("i")]),
)


def _larger(inner: st.SearchStrategy[t.Node]) -> st.SearchStrategy[t.Node]:
    # What `parse` turns into something else cannot come from it: a negated number, a comparison with null.
    simple = inner.filter(lambda node: not isinstance(node, t.Literal))
    two = [t.Add, t.Subtract, t.Multiply, t.Divide, t.AddYears]
    compare = [t.Equal, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual]
    many = st.lists(inner, min_size=2, max_size=3).map(tuple)
    truth = st.builds(t.IsNull, inner)
    return st.one_of(
        *(st.builds(kind, inner, inner) for kind in two),
        *(st.builds(kind, simple, simple) for kind in compare),
        st.builds(t.Negate, simple),
        st.builds(t.Not, inner),
        st.builds(t.And, many),
        st.builds(t.Or, many),
        st.builds(t.Coalesce, many),
        st.builds(t.Choose, inner, inner, inner),
        st.builds(t.Round, inner, st.integers(0, 12)),
        st.builds(t.ValidOn, inner, inner, inner),
        st.builds(t.Abs, inner),
        st.builds(t.YearOf, inner),
        st.builds(t.Least, inner, st.just(t.Name("year"))),
        st.builds(t.Greatest, inner, st.just(t.Name("year"))),
        st.builds(t.Max, inner, truth),
        st.builds(t.Min, inner),
        st.builds(t.Sum, inner, st.none() | inner),
        st.builds(t.Distinct, inner, st.none() | inner),
        st.builds(t.Median, inner, st.none() | inner),
        *(st.builds(kind, inner, st.integers(1, 30)) for kind in (t.Previous, t.Growth)),
        *(st.builds(kind, inner, st.integers(2, 30)) for kind in (t.MovingMean, t.MovingSum)),
        *(st.builds(kind, inner, inner) for kind in (t.Ratio, t.PerCapita)),
        st.builds(t.Rank, inner),
        st.builds(t.Quantile, inner, st.none() | inner, share=st.floats(0, 1)),
        st.builds(t.WeightedMean, inner, st.none() | inner, weight=inner),
        st.builds(t.Count, st.just("a"), st.none() | inner),
        st.builds(
            t.Covered, st.just(t.Field("a", "x")), st.just(t.Field("b", "y")), inner, st.none() | inner
        ),
    )


trees = st.recursive(leaves, _larger, max_leaves=12)


@given(trees)
@settings(max_examples=400, deadline=None)
def test_what_is_written_is_read_back(tree: t.Node) -> None:
    assert parse(source(tree)) == tree


def test_the_pack_s_formulas_keep_their_meaning() -> None:
    for spec in load_packs(["st-core"]).indicators.values():
        for text in (spec.value, *spec.let.values()):
            tree = parse(text)
            assert parse(source(tree)) == tree


def test_spaces_and_brackets_do_not_change_identity() -> None:
    assert source(parse("100*( sum(a.x) )/sum(b.y)")) == source(parse("100 * sum(a.x) / sum(b.y)"))
    assert source(parse("a - (b - c)")) != source(parse("a - b - c"))
