"""The sections below the targets: returns, programmes, safeguards, method."""

from __future__ import annotations

from kechuang.messages import Message, dated, say
from kechuang.progress import ProgrammeProgress, SafeguardProgress, Status, TaskProgress
from kechuang.progress.status import MARKS, label
from kechuang.progress.wording import percent
from kechuang.publish import actions as by_evidence
from kechuang.publish import words
from kechuang.publish.content import Content
from kechuang.publish.document.outlook import how
from kechuang.publish.page import actions
from kechuang.publish.page.parts import Cell, fold, grid, section, status, tag, text

#: Returns shown before the rest is folded.
SHOWN = 12


def returns(content: Content) -> str:
    """Returns that came late or not at all."""
    t = content.t
    if not content.material.returns:
        return ""
    short = content.short_returns
    if not short:
        title = text(t(say("应报台账均按期到齐")))
        return section("returns", title, "")
    missing, late = sum(item.missing for item in short), sum(item.late for item in short)
    title = text(t(say("缺报{missing}份，迟报{late}份", missing=missing, late=late)))
    heads = [
        ("", t(say("台账"))),
        ("", t(say("县市"))),
        ("num", t(say("年度"))),
        ("num", t(say("应报"))),
        ("num", t(say("已报"))),
        ("num", t(say("迟报"))),
        ("num", t(say("缺报"))),
        ("num", t(say("期限"))),
    ]
    rows = [
        [
            Cell(text(item.type)),
            Cell(text(item.region)),
            *(
                Cell(text(str(cell)), "num")
                for cell in (item.year, item.expected, item.arrived, item.late, item.missing, item.deadline)
            ),
        ]
        for item in short
    ]
    shown = grid(heads, rows[:SHOWN], "tbl small stack", t(say("缺报和迟报的台账")))
    if len(rows) > SHOWN:
        more = t(say("其余{n}行", n=len(rows) - SHOWN))
        rest = grid(heads, rows[SHOWN:], "tbl small stack", t(say("缺报和迟报的台账（续）")))
        shown += fold(more, rest)
    return section("returns", title, text(t(say("缺报影响到表率，不作补数"))), shown)


def programmes(content: Content) -> str:
    """Programmes with their tasks, leads, the targets they serve and the registers that prove them."""
    t, found = content.t, content.material.progress.programmes
    if not found:
        return ""
    tasks = sum(len(programme.tasks) for programme in found)
    title = text(t(say("{n}项工程，{tasks}项任务", n=words.Count(len(found)), tasks=tasks)))
    note = text(t(say("任务进展须凭佐证判断，这里列其所服务目标的状态")))
    if by_evidence.judged(found):
        title = text(
            t(
                say(
                    "{n}项工程，{tasks}项任务：{counts}",
                    n=words.Count(len(found)),
                    tasks=tasks,
                    counts=by_evidence.summary(found),
                )
            )
        )
        note = text(t(say("状态由佐证记录得出，没有手填的百分比"))) + actions.sample_note(content, *found)
    # Programmes of which only the names of tasks are known stand side by side, after the others.
    plain = [programme for programme in found if not any(_columns(content, programme))]
    full = [programme for programme in found if programme not in plain]
    shown = [_programme(content, programme) for programme in full]
    if plain:
        shown.append(tag("div", *(_tasks(content, programme) for programme in plain), cls="groups"))
    return section("programmes", title, note, *shown)


def _columns(content: Content, programme: ProgrammeProgress) -> list[tuple[tuple[str, str], list[Cell]]]:
    """The columns beside number and title in which anything stands."""
    t, tasks = content.t, programme.tasks
    columns = []
    if any(task.standing for task in tasks):
        columns.append((("a-st", t(say("状态"))), [actions.standing_cell(content, task) for task in tasks]))
        cells = [actions.basis_cell(content, task) for task in tasks]
        columns.append((("a-proof", t(say("依据"))), cells))
    if any(task.lead for task in tasks):
        cells = [Cell(text("、".join(task.lead)) or "—", "a-lead") for task in tasks]
        columns.append((("a-lead", t(say("牵头单位"))), cells))
    if any(task.serves for task in tasks):
        cells = [Cell(_served(content, task), "a-serves") for task in tasks]
        columns.append((("a-serves", t(say("所服务的目标及状态"))), cells))
    if any(task.evidence for task in tasks) and not any(task.standing for task in tasks):
        proofs = ("、".join(content.record_name(kind) for kind in task.evidence) for task in tasks)
        cells = [Cell(text(proof) or "—", "a-proof") for proof in proofs]
        columns.append((("a-proof", t(say("佐证台账"))), cells))
    return columns


def _heading(content: Content, programme: ProgrammeProgress) -> str:
    lead = text(content.t(say("牵头单位：{lead}", lead="、".join(programme.lead)))) if programme.lead else ""
    said = actions.group_line(content, programme) or _counts(content, programme)
    return f"<header><h3>{text(programme.title)}</h3><p>{lead} {said}</p></header>"


def _programme(content: Content, programme: ProgrammeProgress) -> str:
    """One programme as a table of its tasks."""
    tasks, columns = programme.tasks, _columns(content, programme)
    heads = [("a-id", content.t(say("编号"))), ("", content.t(say("任务")))] + [head for head, _ in columns]
    rows = [
        [Cell(text(task.id), "a-id quiet"), Cell(text(task.title)), *(cells[at] for _, cells in columns)]
        for at, task in enumerate(tasks)
    ]
    shown = grid(heads, rows, "tbl small acts", programme.title, head_at=1)
    return tag("section", _heading(content, programme), shown, cls="sub", id=programme.id)


def _tasks(content: Content, programme: ProgrammeProgress) -> str:
    """One programme as a plain list."""
    items = "".join(
        f'<li><span class="quiet">{text(task.id)}</span> {text(task.title)}</li>' for task in programme.tasks
    )
    shown = tag("ol", items, cls="measures")
    return tag("section", _heading(content, programme), shown, cls="sub", id=programme.id)


def _counts(content: Content, group: ProgrammeProgress | SafeguardProgress) -> str:
    """How many of the targets served have which status, as marks."""
    if not group.targets:
        return tag("span", text(content.t(say("未与目标建立联系"))), cls="apart")
    return " ".join(_mark(content, name, f"{count}") for name, count in group.targets.items())


def _mark(content: Content, name: Status, count: str) -> str:
    return status(MARKS[name], f"{content.t(label(name))}{count}")


def _served(content: Content, task: TaskProgress) -> str:
    served = "".join(
        f"<li>{status(MARKS[name], '')}{text(content.t(content.by_id[target].name))}"
        f'<span class="vh">{text(content.t(label(name)))}</span></li>'
        for target, name in task.serves
        if target in content.by_id
    )
    return f"<ul>{served}</ul>" if served else "—"


def safeguards(content: Content) -> str:
    """Groups of safeguards with their measures."""
    t, found = content.t, content.material.progress.safeguards
    if not found:
        return ""
    measures = sum(len(group.measures) for group in found)
    title = text(t(say("保障措施{n}类{measures}条", n=words.Count(len(found)), measures=measures)))
    if by_evidence.judged(found):
        title = text(
            t(
                say(
                    "保障措施{n}类{measures}条：{counts}",
                    n=words.Count(len(found)),
                    measures=measures,
                    counts=by_evidence.summary(found),
                )
            )
        )
    groups = "".join(
        f'<section class="sub" id="{group.id}"><header><h3>{text(group.title)}</h3>'
        f"<p>{actions.group_line(content, group)}</p></header>"
        f'<ol class="measures">{actions.measure_items(content, group)}</ol></section>'
        for group in found
    )
    note = actions.sample_note(content, *found)
    return section("safeguards", title, note, f'<div class="groups">{groups}</div>')


def _weighing(content: Content) -> list[Message]:
    """How the evidence of tasks is weighed, where tasks were judged."""
    progress = content.material.progress
    said = by_evidence.weighing(progress.programmes) or by_evidence.weighing(progress.safeguards)
    if said is None:
        return []
    rule = say(
        "任务状态按“应完成的已证明多少”判断：到期节点凭文件、项目、经费、产出数量和所服务目标，按权重平均"
    )
    return [rule, said]


def method(content: Content) -> str:
    """How statuses are judged, and where everything comes from."""
    t, progress = content.t, content.material.progress
    lines: list[Message] = [
        say(
            "判断采用预期进度法：完成率与同期应完成的比例比较。应完成的比例按最新数据所属年度末计算，如2024年的数据与2024年末比较，不与今天比较"
        ),
        say("路径取基期值到目标值的直线，规划给出年度值的按年度值；直线是假定，成批增长的数量会先低后高"),
        say(
            "达到应完成比例的为“达到进度”，达到其{share}以上的为“基本达到”，不足的为“滞后”",
            share=percent(progress.tolerance),
        ),
        say("规划未给基期值、目标又未达到的，不假定基期为零，状态为“无法判断”"),
        *_weighing(content),
        *how(),
        say("标“待核实”的口径条款尚未与原文件核对"),
    ]
    items = "".join(tag("li", text(t(words.sentence(line)))) for line in lines)
    documents = content.material.plan.documents or [content.material.plan.title or content.material.title]
    snapshots = sorted({figure.snapshot for figure in content.material.figures if figure.snapshot})
    facts = [
        (t(say("规划文本")), "、".join(documents)),
        (t(say("台账快照")), "、".join(digest[:16] for digest in snapshots) or "—"),
        (t(say("数据截至")), t(dated(progress.as_of))),
    ]
    sources = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in facts)
    return section(
        "method",
        text(t(say("判断方法与资料来源"))),
        "",
        tag("ol", items, cls="prose notes"),
        tag("dl", sources, cls="sources"),
    )
