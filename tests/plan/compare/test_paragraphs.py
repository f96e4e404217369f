"""Texts paragraph by paragraph, and words within one."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.plan.compare import Side, compare
from kechuang.plan.compare.words import words_changed
from kechuang.plan.documents import Block, Document
from kechuang.plan.model import Plan

Make = Callable[..., Side]

signs = st.text("建设科技创新平台企业60.5%，。 R&Da\t（", max_size=40)
lines = st.lists(signs.map(str.split).map(" ".join), max_size=9)


def document(paragraphs: list[str]) -> Document:
    blocks, position = [], 0
    for words in paragraphs:
        if words.strip():
            blocks.append(Block(position, position + len(words)))
        position += len(words) + 1
    return Document("d.txt", "\n".join(paragraphs), tuple(blocks))


def side(paragraphs: list[str]) -> Side:
    return Side("x", Plan(title=None), (document(paragraphs),))


@given(signs, signs)
def test_the_pieces_make_up_both_texts_sign_for_sign(old: str, new: str) -> None:
    pieces = words_changed(old, new)
    assert "".join(piece.old for piece in pieces) == old
    assert "".join(piece.new for piece in pieces) == new
    for piece in pieces:
        assert not piece.same or "".join(piece.old.split()) == "".join(piece.new.split())


@given(signs)
def test_words_do_not_differ_from_themselves(words: str) -> None:
    assert all(piece.same for piece in words_changed(words, words))


def test_numbers_and_words_are_whole() -> None:
    changed = [
        (p.old, p.new)
        for p in words_changed("投入2,168.5万元，加强培育", "投入2,268.5万元，加快培育")
        if not p.same
    ]
    assert changed == [("2,168.5", "2,268.5"), ("加强", "加快")]


def test_what_is_put_before_or_after_a_word_leaves_the_word() -> None:
    changed = [(p.old, p.new) for p in words_changed("攻克一批技术", "攻克一批关键技术") if not p.same]
    assert changed == [("", "关键")]


@settings(max_examples=80, deadline=None)
@given(lines, lines)
def test_every_paragraph_of_both_is_told_once_and_both_ways_alike(a: list[str], b: list[str]) -> None:
    there, back = compare(side(a), side(b)), compare(side(b), side(a))
    assert there.text is not None and back.text is not None
    assert sorted(c.a.number for c in there.text if c.a) == list(
        range(1, 1 + sum(bool(p.strip()) for p in a))
    )
    assert [c.b.number for c in there.text if c.b] == list(range(1, 1 + sum(bool(p.strip()) for p in b)))
    assert sorted(map(repr, there.text)) == sorted(repr(change.mirrored()) for change in back.text)


def test_a_table_is_compared_row_by_row(side: Make) -> None:
    page = "<html><body><p>青禾县“十四五”规划</p><table><tr><td>指标</td><td>2025年</td></tr>{}</table></body></html>"
    row = "<tr><td>高新技术企业（家）</td><td>{}</td></tr>"
    found = compare(side(page.format(row.format(60)), "a.html"), side(page.format(row.format(80)), "b.html"))
    (change,) = found.changed_text
    assert change.a is not None and change.a.kind == "row"
    assert [(p.old, p.new) for p in change.words if not p.same] == [("60", "80")]


def test_a_paragraph_says_what_heading_it_stands_under(side: Make) -> None:
    text = "青禾县“十四五”规划\n一、总体要求\n坚持创新。\n二、重点任务\n（一）培育企业\n{}\n"
    found = compare(side(text.format("支持企业。"), "a.txt"), side(text.format("支持企业研发。"), "b.txt"))
    (change,) = found.changed_text
    assert change.b is not None and change.b.under == "（一）培育企业" and change.b.number == 6
