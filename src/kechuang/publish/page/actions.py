"""The parts of the page on tasks, measures and warnings that are judged by evidence."""

from __future__ import annotations

from kechuang.messages import literal, say
from kechuang.progress import ProgrammeProgress, SafeguardProgress, TaskProgress
from kechuang.progress.actions.words import LABELS, MARKS
from kechuang.progress.warnings.model import LEVEL_LABELS, SIGNS, Warned
from kechuang.progress.warnings.model import MARKS as LEVEL_MARKS
from kechuang.publish import actions, words
from kechuang.publish.content import Content
from kechuang.publish.page.parts import Cell, fold, grid, section, status, tag, text

#: Warnings shown before the rest is folded.
SHOWN = 10


def standing_cell(content: Content, told: TaskProgress) -> Cell:
    """The status of a task with its mark, and the share proven under it."""
    if told.standing is None:
        return Cell("—", "a-st")
    mark = status(told.standing.mark, content.t(told.standing.label))
    share = ""
    if told.standing.score is not None and told.standing.status != "completed":
        said = say("已证明{share}", share=f"{told.standing.score:.0%}")
        share = tag("span", text(content.t(said)), cls="cap")
    return Cell(mark + share, "a-st")


def basis_cell(content: Content, told: TaskProgress) -> Cell:
    """The evidence of a task in numbers."""
    if told.standing is None:
        return Cell("—", "a-proof")
    return Cell(text(content.t(actions.basis(told.standing))), "a-proof")


def sample_note(content: Content, *groups: ProgrammeProgress | SafeguardProgress) -> str:
    """The mark of sample data, where any record behind a status is made up."""
    made_up = any(one.standing and one.standing.sample for group in groups for one in actions.members(group))
    return " " + tag("span", text(content.t(words.DATA_STATUS["sample"])), cls="sample") if made_up else ""


def group_line(content: Content, group: ProgrammeProgress | SafeguardProgress) -> str:
    """The status of a group, and the worst in it where that is another."""
    standing = group.standing
    if standing is None:
        return ""
    shown = status(standing.mark, content.t(actions.status(standing)))
    if standing.worst != standing.status:
        said = content.t(say("最差：{status}", status=LABELS[standing.worst]))
        shown += " " + tag("span", text(said), cls="apart")
    return shown


def measure_items(content: Content, group: SafeguardProgress) -> str:
    """The measures of a group, each with status and evidence."""
    return "".join(
        f'<li><span class="quiet">{text(one.id)}</span> <span>{text(one.title)}'
        + (
            f'<span class="cap">{status(MARKS[one.standing.status], content.t(one.standing.label))} '
            f"{text(content.t(actions.basis(one.standing)))}</span>"
            if one.standing
            else ""
        )
        + "</span></li>"
        for one in group.measures
    )


def alerts(content: Content) -> str:
    """All warnings: level in word and sign, subject, reasons, since when, what became of it, who leads."""
    t, warnings = content.t, content.material.warnings
    if warnings is None or not warnings.items:
        return ""
    heads = [
        ("w-level", t(say("级别"))),
        ("w-name", t(say("预警对象"))),
        ("w-why", t(say("原因与建议"))),
        ("w-since", t(say("起始"))),
        ("w-state", t(say("处置"))),
        ("w-lead", t(say("牵头单位"))),
    ]
    rows = [_alert(content, one) for one in warnings.items]
    shown = grid(heads, rows[:SHOWN], "tbl small stack alerts", t(say("预警清单")), head_at=1)
    if len(rows) > SHOWN:
        more = t(say("其余{n}条", n=len(rows) - SHOWN))
        shown += fold(
            more, grid(heads, rows[SHOWN:], "tbl small stack alerts", t(say("预警清单（续）")), head_at=1)
        )
    note = t(say("阈值见 kechuang.toml 旁的 warnings.yaml，未改写的为缺省值"))
    return section("alerts", text(t(actions.alerts(warnings))), text(note), shown)


def _alert(content: Content, one: Warned) -> list[Cell]:
    t, found = content.t, one.finding
    level = (
        f'<span class="st st--{LEVEL_MARKS[found.level]}"><span aria-hidden="true">{SIGNS[found.level]}</span>'
        f"{text(t(LEVEL_LABELS[found.level]))}</span>"
    )
    why = text(t(words.sentence(actions.because(one)))) + tag(
        "span", text(t(words.sentence(found.advice))), cls="cap"
    )
    name = text(t(found.name))
    named = one.id if found.kind != "return" else ""
    return [
        Cell(level, "w-level"),
        Cell((tag("span", text(named), cls="quiet") + " " if named else "") + name, "w-name"),
        Cell(why, "w-why"),
        Cell(text(one.since.isoformat() if one.since else "—"), "w-since num"),
        Cell(text(t(actions.dealt(one))), "w-state"),
        Cell(text(t(literal("、".join(found.lead) or "—"))), "w-lead"),
    ]
