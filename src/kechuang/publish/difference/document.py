"""What changed, as an official table (修改对照表): number, place, old words, new words, change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kechuang.messages import Message, say
from kechuang.plan.compare import Difference, wording
from kechuang.publish.difference.paper import GETA, ComparisonPaper
from kechuang.publish.difference.rows import Row, Run, change_words, entry_rows, text_rows
from kechuang.publish.words import Ordinal

#: Widths in mm: number, old, new, change.
_WIDTHS = (11, 56, 56, 33)


def difference_document(difference: Difference, language: str = "zh") -> bytes:
    """The comparison as a docx in the layout of GB/T 9704-2012."""

    def t(message: Message) -> str:
        return message.text(language)

    paper = ComparisonPaper(language)
    paper.title(t(say("规划修改对照表")))
    name = difference.b.title or difference.a.title
    if name:
        paper.subtitle(name)
    paper.blank()
    paper.body(t(say("原稿：{name}", name=difference.a.name)))
    paper.body(t(say("新稿：{name}", name=difference.b.name)))
    paper.body(t(say("{verdict}。", verdict=wording.verdict(difference))))
    caution = wording.caution(difference)
    if caution is not None:
        paper.body(t(caution))
    at = 0
    for title, rows in (
        (say("条目的变化"), entry_rows(difference, language)),
        (say("正文的变化"), text_rows(difference, language)),
    ):
        if rows:
            at += 1
            paper.heading(t(Ordinal(at)) + t(title), 1)
            if at == 1:
                paper.note(t(say("加删除线的为删去的文字，加下划线的为新增的文字。")))
            _table(paper, rows, language)
            paper.blank()
    if paper.lost:
        paper.note(t(say("有{n}个字在所附字体中没有，以{sign}代替。", n=len(paper.lost), sign=GETA)))
    # The same comparison makes the same file: no time of writing.
    return paper.finish(t(say("规划修改对照表")), name or "", datetime(2000, 1, 1))  # noqa: DTZ001


def _table(paper: ComparisonPaper, rows: Sequence[Row], language: str) -> None:
    heads = [say("序号"), say("原文"), say("新文"), say("变化")]
    body = [
        (
            (Run(str(at)),),
            row.old or (Run("—"),),
            row.new or (Run("—"),),
            (Run(f"{change_words(row.change, language)}"), Run(_told(row))),
        )
        for at, row in enumerate(rows, start=1)
    ]
    paper.compared([head.text(language) for head in heads], body, _WIDTHS, "clll")


def _told(row: Row) -> str:
    return "".join(f"\n{line}" for line in (row.where, *row.details))
