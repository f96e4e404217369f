"""Whatever stands where a formula should stand: an answer or a KechuangError, and never more work than a
formula may make (its length and depth are bounded, and so is the tree read from it)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.formula import FUNCTIONS, check_result, parse, source
from kechuang.formula.reading import DEEPEST, LONGEST
from kechuang.formula.words import Sentence

from .test_series import SCHEMA

WORDS = st.sampled_from(
    [
        *FUNCTIONS,
        *("survey.spent", "tax.other", "budget.scope", "survey", "indicator.survey", "param.a.b", "year"),
        *("+", "-", "*", "/", "**", "(", ")", ",", "==", "<", "and", "or", "not", "if", "else", "in", "is"),
        *("'own'", "1", "0", "1e400", "9" * 30, "True", "null", "lambda", "x:", "[", "]", "{", "}", "await"),
        *(
            "__import__('os')",
            "open('/etc/passwd')",
            ".__class__",
            "\\",
            "\n",
            "#",
            "（",
            "，",
            "@",
            "f'{1}'",
        ),
    ]
)


def depth(node: object) -> int:
    return 1 + max((depth(part) for part in node.children()), default=0)  # type: ignore[attr-defined]


def read(text: str) -> None:
    try:
        tree = parse(text)
    except KechuangError as error:
        assert error.message.zh
        assert error.message.en
        return
    assert sum(1 for _ in tree.walk()) <= 4 * LONGEST
    assert depth(tree) <= 4 * DEEPEST
    try:
        checked = check_result(tree, "万元", SCHEMA)
    except KechuangError as error:
        assert error.message.zh
        return
    assert parse(source(tree)) == tree
    assert Sentence(SCHEMA, "zh").of(checked.tree, "万元")


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    read(text)


@given(st.lists(WORDS, max_size=25).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_any_heap_of_words(text: str) -> None:
    read(text)


@given(
    st.sampled_from(["(", "-", "not ", "abs(", "[", "1+", "a.", "{", "f(", "x if ", "'"]),
    st.integers(1, 3000),
)
@settings(max_examples=80, deadline=None)
def test_any_depth(part: str, times: int) -> None:
    read(part * times)
    read(part * times + "1" + ")" * times)
