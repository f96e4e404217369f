"""The annex of the report: where the figure of each target comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kechuang.messages import say
from kechuang.progress.wording import number
from kechuang.publish.content import Content, TargetView
from kechuang.publish.document.measures import XIAOWU
from kechuang.publish.document.paper import Paper
from kechuang.publish.page.lineage import amount, key_of, pick, place_of, terms_of

#: Records named; how many there are is told.
NAMED = 3


def sources(content: Content, paper: Paper) -> None:
    """Write the annex: a table a target from the number to the plan's sentence."""
    t = content.t
    paper.attachment(t(say("附件")))
    paper.blank()
    paper.title(t(say("各项目标数字来源")))
    paper.blank()
    for at, view in enumerate(content.targets, 1):
        rows = _rows(content, view)
        if rows:
            paper.caption(t(say("{at}．{name}", at=at, name=view.name)))
            paper.table([t(say("项目")), t(say("内容"))], rows, [26, 130], "ll", XIAOWU + 1)
            paper.note("")
    snapshots = sorted({figure.snapshot for figure in content.material.figures if figure.snapshot})
    if snapshots:
        digests = "、".join(digest[:16] for digest in snapshots)
        paper.note(t(say("台账快照：{digests}。", digests=digests)))


def _rows(content: Content, view: TargetView) -> list[list[str]]:
    t = content.t
    given = view.explanation or {}
    rows: list[list[str]] = []
    latest = view.progress.latest
    if latest:
        shown = view.quantity(latest.value)
        exact = (
            say("{value}，{status}", value=shown, status=view.data_status)
            if number(latest.value) == view.shown(latest.value)
            else say(
                "{value}（未舍入值{exact}），{status}",
                value=shown,
                exact=number(latest.value),
                status=view.data_status,
            )
        )
        rows.append([t(say("{year}年数值", year=latest.period)), t(exact)])
    if latest and view.derived is not None:
        rows.append([t(say("算法")), t(view.derived)])
    formula = pick(content, given.get("formula"))
    if formula:
        rows.append([t(say("公式")), formula])
    terms = [
        f"{pick(content, term.get('label') or term.get('name'))}：{amount(content, term)}"
        for term in terms_of(content, given)
    ]
    if terms:
        rows.append([t(say("分项")), "；".join(terms)])
    if given.get("records"):
        rows.append([t(say("所用记录")), _records(content, given)])
    if view.spec:
        definition = view.spec.definition
        mark = "" if definition.verified else t(say("（待核实）"))
        rows.append([t(say("口径")), f"{definition.source}：{definition.clause}{mark}"])
    if view.span:
        where = say(
            "《{document}》第{start}—{end}字",
            document=view.span.document,
            start=view.span.start,
            end=view.span.end,
        )
        rows.append([t(say("规划原句")), f"“{view.quotation}”（{t(where)}）"])
    return rows


def _records(content: Content, given: Mapping[str, Any]) -> str:
    """The first records with file, sheet and cell, and how many there are in all."""
    records: Sequence[Mapping[str, Any]] = given["records"]
    shown = [f"{key_of(record.get('key'))}（{place_of(record)}）" for record in records[:NAMED]]
    # An explanation may list fewer records than it counted.
    total = max(int(given.get("records_total") or 0), len(records))
    more = content.t(say("等{n}条", n=total)) if total > len(shown) else ""
    return "；".join(shown) + more
