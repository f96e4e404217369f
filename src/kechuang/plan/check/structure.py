"""Checks on the text: durations, numbering, counts that disagree, remains of the word processor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

from kechuang.language.dates import months_of_duration
from kechuang.language.numerals import CHINESE, chinese, parse_number
from kechuang.messages import say
from kechuang.plan.check.finding import Finding
from kechuang.plan.documents import Document
from kechuang.plan.model import Plan, PlanSpan, Stage
from kechuang.plan.outline import Section, sections_of
from kechuang.plan.text import Source

_STATED = re.compile(
    r"(?:历时|用时|共计?|总计|前后)(?:约|近|共)?\s*(?P<length>(?:[\d一二三四五六七八九十]+年)?(?:零)?(?:[\d一二三四五六七八九十]+个月)?)"
)
_RESIDUE = re.compile(
    r"\[bookmark:[^\]]*\]|_GoBack|错误！未(?:找到|定义)[^。\n]{0,12}|Error! (?:Reference|Bookmark)[^.\n]{0,30}|"
    r"\{\s*(?:PAGE|TOC|HYPERLINK|REF)\b[^}]*\}|HYPERLINK\s+\"|&(?:nbsp|lt|gt|amp);|\ufffd|×{2,}|X{3,}|【(?:待|此处)[^】]{0,20}】"
)
_COUNTED = re.compile(rf"(?P<number>\d{{1,3}}|[{CHINESE}]{{1,4}})大(?P<what>[\u4e00-\u9fff]{{2,8}})")
_STAGES = re.compile(rf"(?P<number>\d|[{CHINESE}]{{1,2}})个阶段")
#: Where a counted thing ends: 七大产业体系的建设 counts 产业体系.
_AFTER = re.compile(r"(?:为|的|和|与|及|等|在|上|中|进行|实施|推进|开展).*$")


def structure(plan: Plan, document: Document) -> Iterator[Finding]:
    """All findings on the text of ``document``, from which ``plan`` was read."""
    source = Source(document)
    yield from _duration(plan, source)
    yield from _gap(plan, source)
    yield from _numbering(source, sections_of(document))
    yield from _counts(plan, source)
    yield from _residue(source)


def _duration(plan: Plan, source: Source) -> Iterator[Finding]:
    """The stages' months against the whole that is stated right after them."""
    stages = [stage for stage in plan.stages if stage.months is not None and stage.span is not None]
    if len(stages) < 2:
        return
    last = max(stage.span.end for stage in stages if stage.span)
    first = min(stage.span.start for stage in stages if stage.span)
    match = _STATED.search(source.text, max(0, first - 60), min(len(source.text), last + 60))
    stated = months_of_duration(match["length"]) if match and match["length"] else None
    if match is None or stated is None:
        return
    total = sum(stage.months or 0 for stage in stages)
    whole = _months_between(stages[0], stages[-1])
    if stated in (total, whole):
        return
    spans = [stage.span for stage in stages if stage.span]
    yield Finding(
        "duration-sum",
        "error",
        say(
            "各阶段合计{total}个月（{words}），文中写的是{stated}（{months}个月）",
            total=total,
            words=_in_words(total),
            stated=match["length"],
            months=stated,
        ),
        (*spans, source.span(match.start(), match.end())),
        _in_words(total),
    )


def _months_between(first: Stage, last: Stage) -> int | None:
    if not (first.start and last.end):
        return None
    (from_year, from_month), (to_year, to_month) = (
        (int(part) for part in text.split("-")) for text in (first.start, last.end)
    )
    return (to_year - from_year) * 12 + to_month - from_month + 1


def _in_words(months: int) -> str:
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def _gap(plan: Plan, source: Source) -> Iterator[Finding]:
    """Whole months between the last stage and the day of issue that no stage accounts for."""
    ends = [stage.end for stage in plan.stages if stage.end]
    if not ends or not plan.issued:
        return
    issued, end = date.fromisoformat(plan.issued), max(ends)
    year, month = (int(part) for part in end.split("-"))
    gap = (issued.year - year) * 12 + issued.month - month - 1
    if gap < 1:
        return
    span = next(stage.span for stage in plan.stages if stage.end == end)
    at = re.search(rf"{issued.year}年{issued.month}月{issued.day}日", source.text)
    spans = [span] if span else []
    spans += [source.span(at.start(), at.end())] if at else []
    message = say(
        "最后一个阶段结束（{end}）到印发（{issued}）之间有{gap}个月不在任何阶段内",
        end=end,
        issued=plan.issued,
        gap=gap,
    )
    yield Finding("issue-gap", "warning", message, tuple(spans))


def _numbering(source: Source, root: Section) -> Iterator[Finding]:
    """Chinese-numbered headings of one level: each a Chinese numeral, one after another."""
    for section in root.walk():
        for level in (1, 2):
            marked = [
                (child, child.line, child.line.mark)
                for child in section.sections
                if child.level == level and child.line and child.line.mark
            ]
            for (_, _, before), (child, line, mark) in pairwise(marked):
                right = (
                    f"（{chinese(before.number + 1)}）" if level == 2 else f"{chinese(before.number + 1)}、"
                )
                span = source.span(line.start, child.end)
                if mark.arabic and not before.arabic:
                    yield Finding(
                        "heading-number",
                        "error",
                        say("同级标题用了阿拉伯数字，应为“{right}”", right=right),
                        (span,),
                        right,
                    )
                elif mark.number != before.number + 1 and mark.arabic == before.arabic:
                    yield Finding(
                        "heading-number",
                        "error",
                        say("标题编号不连续，应为“{right}”", right=right),
                        (span,),
                        right,
                    )


def _counts(plan: Plan, source: Source) -> Iterator[Finding]:
    """A number named against the list given, or against another number for the same thing."""
    found: list[tuple[int, str, PlanSpan]] = []
    for match in _COUNTED.finditer(source.text):
        number = parse_number(match["number"])
        what = _AFTER.sub("", match["what"])
        if number is not None and len(what) >= 2:
            found.append((int(number), what, source.span(match.start(), match.start("what") + len(what))))
    reported: set[tuple[str, str]] = set()
    for (number, what, span), (other, name, where) in combinations(found, 2):
        pair = (min(what, name), max(what, name))
        if number != other and pair[1].startswith(pair[0]) and pair not in reported:
            reported.add(pair)
            message = say("同一事物前后数目不一：“{one}”与“{two}”", one=span.text, two=where.text)
            yield Finding("count-mismatch", "error", message, (span, where))
    titles = [programme.title for programme in plan.programmes]
    for number, what, span in found:
        kind = what[:2]
        listed = kind in ("工程", "行动") and bool(titles) and all(title.endswith(kind) for title in titles)
        if listed and number != len(titles):
            yield _listed(number, len(titles), span)
    for match in _STAGES.finditer(source.text):
        number = int(parse_number(match["number"]) or 0)
        if plan.stages and number != len(plan.stages):
            yield _listed(number, len(plan.stages), source.span(match.start(), match.end()))


def _listed(number: int, listed: int, span: PlanSpan) -> Finding:
    message = say("文中说有{number}个，列出的是{listed}个", number=number, listed=listed)
    return Finding("count-mismatch", "error", message, (span,), str(listed))


def _residue(source: Source) -> Iterator[Finding]:
    for match in _RESIDUE.finditer(source.document.text):
        span = source.span(match.start(), match.end())
        yield Finding("residue", "error", say("文字处理软件的残留：“{text}”", text=span.text), (span,), "")
