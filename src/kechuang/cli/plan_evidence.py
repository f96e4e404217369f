"""kechuang plan evidence: which records prove each task and measure of the plan, and where none do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.plan import commands
from kechuang.cli.show import pick, show_json, show_line, show_table
from kechuang.errors import listed
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.progress.evidence import ActionEvidence, Proof


@commands.command("evidence", help=str(say("各项任务和措施有哪些台账记录可以佐证，哪些还没有")))
def evidence(as_of: AsOf = None, as_json: AsJson = False) -> None:
    ws = workspace()
    when = ws.day(day(as_of))
    found = ws.evidence(when)
    if as_json:
        show_json({"as_of": when.isoformat(), **found.as_dict()})
    else:
        show_table(
            say("任务和措施的佐证（截至{day}）", day=when.isoformat()),
            [
                say("编号"),
                say("任务或措施"),
                say("台账"),
                say("记录"),
                say("其中示例"),
                say("未接收"),
                say("最近登记"),
            ],
            [row for action in found.actions for row in _rows(action)],
            right=(3, 4, 5),
        )
        for fault in found.faults:
            show_line(f"  · {fault.full()}")
        unlinked = [action.id for action in found.actions if not action.proofs]
        unproved = [action.id for action in found.unproved if action.proofs]
        proved = len(found.actions) - len(found.unproved)
        show_line(say("{n}项任务和措施中，有记录可佐证的{proved}项", n=len(found.actions), proved=proved))
        if unlinked:
            show_line(say("没有指定佐证台账：{ids}", ids=listed(unlinked)))
        if unproved:
            show_line(say("指定了台账而没有记录：{ids}", ids=listed(unproved)))
    if found.faults:
        raise typer.Exit(1)


def _rows(action: ActionEvidence) -> Iterator[list[object]]:
    """A line a record type; number and title on the first."""
    if not action.proofs:
        yield [action.id, action.title, "—", "", "", "", ""]
    for number, proof in enumerate(action.proofs):
        yield [*((action.id, action.title) if number == 0 else ("", "")), *_cells(proof)]


def _cells(proof: Proof) -> list[object]:
    held = proof.held
    return [
        pick(proof.label),
        held.records or "—",
        held.sample or "",
        sum(held.states.values()) or "",
        held.last[1].isoformat() if held.last else "",
    ]
