"""How changes of figures are told on a terminal: old and new, by which reason, by which record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kechuang.cli.show import entry, number, pick, show_line
from kechuang.errors import Joined, listed
from kechuang.messages import Message, language, literal, say

if TYPE_CHECKING:
    from kechuang.indicators.vintages import DefinitionChange, FigureChange, RecordChange, TermChange
    from kechuang.publish.register import Carried, Correction, Redefined, Verification
    from kechuang.workspace import Workspace

KINDS: dict[str, Message] = {
    "progress": say("进度监测报告"),
    "interpretation": say("规划解读"),
    "opendata": say("开放数据"),
    "portal": say("公众网站"),
}
STATUS: dict[str, Message] = {
    "final": say("正式"),
    "provisional": say("初步"),
    "estimated": say("估算"),
    "sample": say("示例数据"),
}
REASONS: dict[str, Message] = {
    "records": say("记录"),
    "day": say("截止日"),
    "parameter": say("参数"),
    "definition": say("口径"),
    "boundary": say("区划"),
}
DEFINITION_KINDS: dict[str, Message] = {
    "label": say("只改名称、说明或出处，不影响数值"),
    "formula": say("公式"),
    "unit": say("单位"),
    "records": say("记录的归期、归地或应报名录"),
    "parents": say("所引用的指标"),
    "parameter": say("参数"),
    "boundary": say("区划"),
    "removed": say("指标已不再声明"),
}
RECORD_CHANGES: dict[str, Message] = {
    "added": say("新增"),
    "corrected": say("更正"),
    "withdrawn": say("撤回"),
}
Versions = Mapping[tuple[str, str], list[dict[str, Any]]]
#: Digits beyond those published that are shown where two figures are the same without them.
MORE_DIGITS = 6
FIGURES_SHOWN = 30
RECORDS_SHOWN = 5


def show_verification(ws: Workspace, found: Verification) -> None:
    """What was found, for whoever has to act on it."""
    if found.ok:
        show_line(say("核验通过：审计链完整，快照与内容一致。"))
        if found.publications:
            show_line(
                say(
                    "已发布{n}次、{figures}个数，均可按当时的快照和口径原样重算。",
                    n=found.publications,
                    figures=found.figures,
                )
            )
    outstanding = found.outstanding
    values = [
        one for one in outstanding if one.change.what != "status" and one.change.old.status != "provisional"
    ]
    revised = [
        one for one in outstanding if one.change.what != "status" and one.change.old.status == "provisional"
    ]
    marks = [one for one in outstanding if one.change.what == "status"]
    if values:
        show_line()
        hidden = sum(not one.visible for one in values)
        show_line(
            say("已发布的数中有{n}个按现在的记录已不同，需发更正说明：", n=len(values))
            if not hidden
            else say(
                "已发布的数中有{n}个按现在的记录已不同，需发更正说明（其中{hidden}个按公布的位数不变）：",
                n=len(values),
                hidden=hidden,
            )
        )
        show_corrections(ws, values)
    if revised:
        show_line()
        show_line(say("另有{n}个公布时已注明为初步数，现在的记录使它有变：", n=len(revised)))
        show_corrections(ws, revised)
    if marks:
        show_line()
        show_line(say("另有{n}个数值未变，只是数据状态或覆盖率有变：", n=len(marks)))
        show_corrections(ws, marks)
    told = len(found.corrections) - len(outstanding)
    if told:
        show_line()
        show_line(say("另有{n}个早先发布的数已在后来的发布中更新。", n=told))
    if found.redefined:
        show_line()
        show_redefined(ws, found.redefined)


def show_corrections(ws: Workspace, found: Sequence[Correction]) -> None:
    """Each figure with its publications and the records responsible."""
    for one in found[:FIGURES_SHOWN]:
        show_line(f"• {_told(ws, one.change)}")
        show_line(
            f"    {entry(say('见于'), listed([_carried(item) for item in one.carried if not item.holds]))}"
        )
        show_why(ws, one.change, indent="    ", versions=one.versions)
    if len(found) > FIGURES_SHOWN:
        show_line(say("……另有{n}个，--json 可得全部", n=len(found) - FIGURES_SHOWN))


def show_changes(ws: Workspace, found: Sequence[FigureChange]) -> None:
    """Each figure that changed, with its reasons."""
    for one in found[:FIGURES_SHOWN]:
        show_line(f"• {_told(ws, one)}")
        show_why(ws, one, indent="    ")
    if len(found) > FIGURES_SHOWN:
        show_line(say("……另有{n}个，--json 可得全部", n=len(found) - FIGURES_SHOWN))


def show_redefined(ws: Workspace, found: Sequence[Redefined]) -> None:
    """Definitions that are not as last published, and what they would change."""
    show_line(say("有{n}个指标的口径与上次发布时不同：", n=len(found)))
    for one in found:
        show_definition(one.change, say("见于{number}", number=one.publication))
        if not one.change.recomputes or "removed" in one.change.kinds:
            continue
        if not one.computable:
            show_line(f"    {say('新口径要用的字段，当时的快照没有，不能在旧记录上重算')}")
        elif not one.figures:
            show_line(f"    {say('按新口径重算，已发布的数都不变')}")
        for change in one.figures[:FIGURES_SHOWN]:
            show_line(f"    {_told(ws, change)}")
        if len(one.figures) > FIGURES_SHOWN:
            show_line(f"    {say('……另有{n}个，--json 可得全部', n=len(one.figures) - FIGURES_SHOWN)}")


def show_definition(change: DefinitionChange, note: Message | None = None) -> None:
    """A definition: what kind of change, old and new sentence, parameters."""
    kinds = listed([DEFINITION_KINDS[kind] for kind in change.kinds])
    told = entry(pick(change.label), kinds)
    show_line(f"• {say('{text}（{note}）', text=told, note=note) if note else told}")
    if change.recomputes and change.old and change.old != change.new:
        show_line(f"    {entry(say('原来'), pick(change.old))}")
        if change.new:
            show_line(f"    {entry(say('现在'), pick(change.new))}")
    for one in change.parameters:
        values = f"{_value(one.old)} → {_value(one.new)}"
        show_line(
            f"    {entry(say('参数“{name}”自{day}起', name=pick(one.label), day=one.from_day), values)}"
        )


def show_why(ws: Workspace, change: FigureChange, indent: str, versions: Versions | None = None) -> None:
    """The reasons of a change, and under them the records; ``versions`` tell who withdrew one."""
    known = versions or {}
    if len(change.steps) > 1:
        parts = [entry(REASONS[step.reason], _difference(step.change)) for step in change.steps]
        show_line(f"{indent}{entry(say('原因'), Joined(parts, ('；', '; ')))}")
    elif change.reasons and change.reasons != ("records",):
        show_line(f"{indent}{entry(say('原因'), listed([REASONS[one] for one in change.reasons]))}")
    for term in change.attribution.terms:
        show_line(f"{indent}{_term(ws, change, term)}")
        for share in term.records[:RECORDS_SHOWN]:
            brought = f"{_value(share.old)} → {_value(share.new)}"
            show_line(f"{indent}  {_record(ws, share.record, brought, known)}")
        if len(term.records) > RECORDS_SHOWN:
            show_line(f"{indent}  {say('……另有{n}条', n=len(term.records) - RECORDS_SHOWN)}")
    for record in change.attribution.whole[:RECORDS_SHOWN]:
        show_line(f"{indent}  {_record(ws, record, '', known)}")
    if len(change.attribution.whole) > RECORDS_SHOWN:
        show_line(f"{indent}  {say('……另有{n}条', n=len(change.attribution.whole) - RECORDS_SHOWN)}")


def _told(ws: Workspace, change: FigureChange) -> Message:
    """A figure, old and new."""
    spec = ws.packs.indicators.get(change.old.indicator)
    decimals = spec.decimals if spec else None
    name = spec.label.text(language()) if spec else change.old.indicator
    shown = _apart(change, decimals)
    values = f"{shown[0]} → {shown[1]}"
    if change.what == "status":
        values = f"{shown[0]}  {_marks(change.old)} → {_marks(change.new)}"
    about = say(
        "{region}{year}年 {name}", region=ws.name_of(change.old.region), year=change.old.period, name=name
    )
    return entry(about, values)


def _apart(change: FigureChange, decimals: int | None) -> list[str]:
    """Old and new with the digits published, and as many more as it takes to tell them apart."""
    pair = change.old, change.new
    shown: list[str] = []
    for digits in [decimals] if decimals is None else [*range(decimals, decimals + MORE_DIGITS), None]:
        shown = ["—" if one.value is None else f"{number(one.value, digits)}{one.unit}" for one in pair]
        if shown[0] != shown[1] or change.what != "changed":
            break
    return shown


def _marks(figure: Any) -> str:
    coverage = "" if figure.coverage is None else f" {figure.coverage:.1%}"
    return f"{STATUS[figure.status]}{coverage}"


def _term(ws: Workspace, change: FigureChange, term: TermChange) -> Message:
    """A term, old and new; where it is of another place or year, which."""
    values = f"{number(term.old)} → {number(term.new)}"
    name: Message = literal(pick(term.label))
    if term.period != change.old.period:
        name = say("{year}年{name}", year=term.period, name=name)
    if term.region != change.old.region:
        name = say("{region}{name}", region=ws.name_of(term.region), name=name)
    return entry(name, values)


def _record(ws: Workspace, record: RecordChange, brought: str, versions: Versions) -> Message:
    """A record: what was done to it, which fields, from which cell, by whom and when."""
    kind = ws.packs.records.get(record.type)
    label = kind.label.text(language()) if kind else record.type
    fields = [
        f"{kind.fields[name].label.text(language()) if kind and name in kind.fields else name} "
        f"{_value(old)} → {_value(new)}"
        for name, (old, new) in record.fields.items()
    ]
    where = " ".join(
        str(part)
        for part in (record.file, record.sheet, ",".join(_cells(record)) or (record.row and f"#{record.row}"))
        if part
    )
    batch, who, when, reason = record.batch, record.who, record.recorded_at, ""
    if record.what == "withdrawn":  # the record tells who brought it, not who took it out
        last = (versions.get((record.type, record.key)) or [{}])[-1]
        batch, who, when = (last.get(name) for name in ("batch", "who", "recorded_at"))
        reason = last.get("reason") or ""
    when = (when or "")[:16].replace("T", " ")
    parts: list[str] = [f"{label} {record.key}"]
    parts += ["; ".join(fields)] if fields else [brought] if brought else []
    parts += [f"← {where}"] if where and record.what != "withdrawn" else []
    parts += [" ".join(part for part in (batch, who, when) if part), reason]
    return entry(RECORD_CHANGES[record.what], " · ".join(part for part in parts if part))


def _cells(record: RecordChange) -> Iterable[str]:
    return record.cells.values() if record.what == "corrected" else ()


def _carried(one: Carried) -> Message:
    return say(
        "{number}（{note}）",
        number=one.number,
        note=Joined([literal(one.day.isoformat()), KINDS.get(one.kind, literal(one.kind))]),
    )


def _difference(value: float | None) -> str:
    if value is None:
        return "—"
    return f"+{number(value)}" if value > 0 else number(value)


def _value(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return number(value)
