"""Which entries answer the plans above, as an official table (docx), plain text and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kechuang.messages import Message, say
from kechuang.plan.compare import Alignment, wording
from kechuang.publish.difference.paper import GETA, ComparisonPaper
from kechuang.publish.difference.plain import harmless
from kechuang.publish.difference.rows import Run
from kechuang.publish.words import Ordinal

#: Widths in mm: number, what is asked above, what answers it, why.
_WIDTHS = (11, 50, 50, 45)


@dataclass(frozen=True)
class Answer:
    """What one entry above asks for and one entry that answers it; ``own`` is empty where nothing does."""

    asked: str
    own: str
    strength: str
    score: float | None
    reason: str


def answers(alignment: Alignment, plan: int, language: str) -> Iterator[list[Answer]]:
    """For each entry of a plan above, in its order, what answers it, the surest first."""
    for ask in alignment.uppers[plan].asks:
        words = wording.asked(ask).text(language)
        links = alignment.answers(plan, ask)
        yield [
            Answer(
                words,
                wording.asked(link.own).text(language),
                wording.STRENGTH[link.level].text(language),
                link.score,
                link.reason.text(language),
            )
            for link in links
        ] or [Answer(words, "", say("没有对应").text(language), None, "")]


def heading(alignment: Alignment, plan: int, language: str) -> str:
    """A plan above with its level."""
    upper = alignment.uppers[plan]
    level = wording.LEVEL[upper.level]
    return say("{title}（{level}）", title=upper.title or upper.name, level=level).text(language)


def alignment_document(alignment: Alignment, language: str = "zh") -> bytes:
    """The alignment as a docx in the layout of GB/T 9704-2012."""

    def t(message: Message) -> str:
        return message.text(language)

    paper = ComparisonPaper(language)
    title = t(say("与上级规划对照表"))
    paper.title(title)
    if alignment.own.title:
        paper.subtitle(alignment.own.title)
    paper.blank()
    paper.body(t(say("{verdict}。", verdict=wording.answered(alignment))))
    number = 0
    for plan, upper in enumerate(alignment.uppers):
        number += 1
        paper.heading(t(Ordinal(number)) + heading(alignment, plan, language), 1)
        if not upper.asks:
            paper.body(t(say("这份规划里没有可对照的目标、任务或措施。")))
            continue
        rows: list[tuple[tuple[Run, ...], ...]] = []
        for at, found in enumerate(answers(alignment, plan, language), start=1):
            for n, answer in enumerate(found):
                first = (Run(str(at)),) if n == 0 else (Run(""),)
                asked = (Run(answer.asked),) if n == 0 else (Run(""),)
                told = "；".join(filter(None, (answer.strength, answer.reason)))
                rows.append((first, asked, (Run(answer.own or "—"),), (Run(told),)))
        heads = [say("序号"), say("上级要求"), say("本规划"), say("依据")]
        paper.compared([t(head) for head in heads], rows, _WIDTHS, "clll", merge=2)
        paper.blank()
    if alignment.unfounded and any(upper.asks for upper in alignment.uppers):
        number += 1
        paper.heading(t(Ordinal(number)) + t(say("在上级规划中找不到出处的条目")), 1)
        entries = [wording.asked(ask).text(language) for ask in alignment.unfounded]
        half = -(-len(entries) // 2)
        beside = [*entries[half:], ""]
        rows = [((Run(left),), (Run(right),)) for left, right in zip(entries[:half], beside, strict=False)]
        paper.compared([t(say("条目")), t(say("条目"))], rows, (78, 78), "ll")
    if paper.lost:
        paper.note(t(say("有{n}个字在所附字体中没有，以{sign}代替。", n=len(paper.lost), sign=GETA)))
    return paper.finish(title, alignment.own.title or "", datetime(2000, 1, 1))  # noqa: DTZ001


def alignment_text(alignment: Alignment, language: str = "zh") -> bytes:
    """The alignment as plain text."""
    lines = [
        say("与上级规划对照表").text(language),
        alignment.own.title or alignment.own.name,
        wording.answered(alignment).text(language),
    ]
    for plan, upper in enumerate(alignment.uppers):
        lines += ["", heading(alignment, plan, language)]
        if not upper.asks:
            lines.append(say("这份规划里没有可对照的目标、任务或措施").text(language))
        for at, found in enumerate(answers(alignment, plan, language), start=1):
            lines.append(f"{at}. {found[0].asked}")
            lines += [
                f"    {answer.strength}  {answer.own}\n        {answer.reason}"
                if answer.own
                else f"    {answer.strength}"
                for answer in found
            ]
    if alignment.unfounded and any(upper.asks for upper in alignment.uppers):
        lines += ["", say("在上级规划中找不到出处的条目").text(language)]
        lines += [f"    {wording.asked(ask).text(language)}" for ask in alignment.unfounded]
    return ("\n".join(lines) + "\n").encode("utf-8")


def alignment_csv(alignment: Alignment, language: str = "zh") -> bytes:
    """One row a link; what has no answer, and what answers nothing, has a row with one side empty."""
    heads = [say("上级规划"), say("上级要求"), say("本规划"), say("对应"), say("分数"), say("依据")]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([head.text(language) for head in heads])
    for plan, upper in enumerate(alignment.uppers):
        for found in answers(alignment, plan, language):
            for answer in found:
                score = "" if answer.score is None else f"{answer.score:.3f}"
                words = (upper.title or upper.name, answer.asked, answer.own, answer.strength)
                writer.writerow([*map(harmless, words), score, harmless(answer.reason)])
    none = say("找不到出处").text(language)
    for ask in alignment.unfounded:
        writer.writerow(["", "", harmless(wording.asked(ask).text(language)), none, "", ""])
    return ("\ufeff" + stream.getvalue()).encode("utf-8")
