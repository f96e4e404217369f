"""为什么是这个数: from the number to formula, terms, records with their cells, clause, plan sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kechuang.messages import say
from kechuang.progress.wording import number, quantity
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.parts import Cell, fold, grid, tag, text

#: Records shown without folding, and shown at all.
FEW = 3
MOST = 40


def lineage(content: Content, view: TargetView) -> str:
    """An ordered list, one layer a row; without an explanation, only clause and plan sentence."""
    t = content.t
    given = view.explanation or {}
    layers = [
        (t(say("这个数")), _value(content, view)),
        (t(say("算法")), "" if view.derived is None else tag("p", text(t(view.derived)))),
        (t(say("公式")), _formula(content, given)),
        (t(say("分项")), _terms(content, given)),
        (t(say("参数")), _parameters(content, given)),
        (t(say("记录")), _records(content, view, given)),
        (t(say("口径")), _definition(content, view)),
        (t(say("规划原句")), _sentence(content, view)),
    ]
    rows = "".join(f"<li><h4>{text(name)}</h4><div>{inner}</div></li>" for name, inner in layers if inner)
    title = text(t(say("为什么是这个数")))
    note = text(t(say("从数字一直查到单元格和规划原句")))
    head = f"<header><h3>{title}</h3><p>{note}</p></header>"
    return f'<section class="sub why-number">{head}<ol class="line">{rows}</ol></section>'


def pick(content: Content, given: object) -> str:
    """A label that may be a pair ``{"zh", "en"}`` or plain text."""
    if isinstance(given, Mapping):
        return str(given.get("en" if content.language == "en" else "zh") or "")
    return "" if given is None else str(given)


def _value(content: Content, view: TargetView) -> str:
    latest = view.progress.latest
    if latest is None:
        return text(content.t(say("暂无数据")))
    said = say(
        "{year}年，{status}；未舍入值{value}",
        year=latest.period,
        status=view.data_status,
        value=number(latest.value),
    )
    mark = (
        tag("p", text(content.t(say("指纹 {mark}", mark=latest.fingerprint[:16]))), cls="cap")
        if latest.fingerprint
        else ""
    )
    shown = tag("b", text(content.t(view.quantity(latest.value))), cls="fig")
    return shown + tag("p", text(content.t(said)), cls="cap") + mark


def _formula(content: Content, given: Mapping[str, Any]) -> str:
    said = pick(content, given.get("formula"))
    return tag("p", text(said), cls="formula") if said else ""


def _terms(content: Content, given: Mapping[str, Any]) -> str:
    terms = terms_of(content, given)
    rows = "".join(
        f"<li><span>{text(pick(content, term.get('label') or term.get('name')))}</span>"
        f"<b>{text(amount(content, term))}</b>"
        f'<span class="cap">{text(_count(content, term.get("records")))}</span></li>'
        for term in terms
    )
    return tag("ul", rows, cls="terms") if rows else ""


def terms_of(content: Content, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The terms of an explanation; a single one that only repeats the formula is left out."""
    terms: Sequence[Mapping[str, Any]] = given.get("terms") or ()
    if len(terms) == 1 and pick(content, terms[0].get("label")) == pick(content, given.get("formula")):
        return ()
    return terms


def amount(content: Content, term: Mapping[str, Any]) -> str:
    value, unit = term.get("value"), str(term.get("unit") or "")
    if not isinstance(value, (int, float)):
        return "—" if value is None else str(value)
    return content.t(
        quantity(float(value), unit, None if abs(value) < 100 else min(2, _digits(float(value))))
    )


def _digits(value: float) -> int:
    return 0 if value == int(value) else 2


def _count(content: Content, records: object) -> str:
    return content.t(say("{n}条记录", n=records)) if isinstance(records, int) else ""


def _parameters(content: Content, given: Mapping[str, Any]) -> str:
    found = given.get("parameters") or ()
    rows = "".join(
        f"<li>{text(pick(content, item.get('label') or item.get('id') or item.get('name')))}＝"
        f"<b>{text(amount(content, item))}</b>"
        f'<span class="cap">{text(_clause(item))}{_unverified(content, item)}</span></li>'
        for item in found
        if isinstance(item, Mapping)
    )
    return tag("ul", rows, cls="terms") if rows else ""


def _clause(item: Mapping[str, Any]) -> str:
    return " ".join(str(item.get(key) or "") for key in ("source", "clause")).strip()


def _unverified(content: Content, item: Mapping[str, Any]) -> str:
    if item.get("verified", True):
        return ""
    return tag("span", text(content.t(say("待核实"))), cls="sample")


def _records(content: Content, view: TargetView, given: Mapping[str, Any]) -> str:
    t = content.t
    found: Sequence[Mapping[str, Any]] = given.get("records") or ()
    if not found:
        return ""
    heads = [
        ("", t(say("记录"))),
        ("", t(say("台账"))),
        ("", t(say("字段"))),
        ("num", t(say("数值"))),
        ("", t(say("文件 › 工作表 › 单元格"))),
        ("", t(say("审核"))),
    ]
    rows = [_record(content, record) for record in found[:MOST]]
    total = given.get("records_total") or sum(
        term["records"] for term in given.get("terms") or () if isinstance(term.get("records"), int)
    )
    total = max(int(total or 0), len(found))
    shown = grid(heads, rows, "tbl xs stack cells", t(say("所用记录")))
    note = ""
    if total > len(rows):
        command = f"kechuang indicators explain {view.progress.indicator}"
        more = say(
            "共{n}条，此处列{shown}条；全部可用命令 {command} 查看", n=total, shown=len(rows), command=command
        )
        note = tag("p", text(t(more)), cls="cap")
    if total <= FEW:
        return shown + note
    first = say(
        "{n}条记录，如{key}，见{place}", n=total, key=key_of(found[0].get("key")), place=place_of(found[0])
    )
    return (
        tag("p", text(t(first)), cls="small")
        + fold(t(say("逐条看{n}条记录的单元格", n=len(rows))), shown)
        + note
    )


def place_of(record: Mapping[str, Any]) -> str:
    """File, sheet and cell of a record."""
    return " › ".join(str(record[key]) for key in ("file", "sheet", "cell") if record.get(key))


def _record(content: Content, record: Mapping[str, Any]) -> list[Cell]:
    value = record.get("value")
    shown = (
        number(float(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else str(value or "—")
    )
    kind = content.record_name(str(record.get("type") or ""))
    label = content.field_name(str(record.get("type") or ""), str(record.get("field") or ""))
    return [
        Cell(text(key_of(record.get("key")))),
        Cell(text(kind)),
        Cell(text(label)),
        Cell(text(shown), "num"),
        Cell(text(place_of(record)), "place"),
        Cell(text(str(record.get("reviewed_by") or "—"))),
    ]


def key_of(key: object) -> str:
    """A record's key as words."""
    if isinstance(key, Mapping):
        return " ".join(str(value) for value in key.values())
    if isinstance(key, (list, tuple)):
        return " ".join(str(value) for value in key)
    return str(key or "").replace("|", " ")


def _definition(content: Content, view: TargetView) -> str:
    if view.spec is None:
        return ""
    definition = view.spec.definition
    mark = "" if definition.verified else tag("span", text(content.t(say("待核实"))), cls="sample")
    note = tag("p", text(view.spec.notes.text(content.language)), cls="cap") if view.spec.notes else ""
    source = tag("p", text(definition.source), mark, cls="cap")
    return tag("blockquote", text(definition.clause)) + source + note


def _sentence(content: Content, view: TargetView) -> str:
    span = view.span
    if span is None:
        return text(content.t(say("规划文本中没有记下原句位置")))
    place = say("《{document}》第{start}—{end}字", document=span.document, start=span.start, end=span.end)
    return (
        f'<blockquote class="big">“<mark>{text(view.quotation)}</mark>”</blockquote>'
        f'<p class="cap">{text(content.t(place))}</p>'
    )
