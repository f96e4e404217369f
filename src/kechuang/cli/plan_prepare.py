"""kechuang plan confirm, amend, journal: a draft becomes the plan, and what changes later.

Importing this module hangs these commands, and those of stages and comments, below ``kechuang plan``.
"""

from __future__ import annotations

import typer

from kechuang.cli.options import AsJson
from kechuang.cli.plan import commands
from kechuang.cli.plan_folder import PlanFile, folder_of
from kechuang.cli.show import show_json, show_line, show_table
from kechuang.messages import say

from kechuang.cli import plan_comments, plan_stages  # isort: skip

__all__ = ["journal", "plan_comments", "plan_stages"]


@commands.command("journal", help=str(say("编制日志：何时、由谁登记了什么；核对日志和留存的版本")))
def journal(plan: PlanFile = None, as_json: AsJson = False) -> None:
    from kechuang.plan.preparation.folder import PlanFolder
    from kechuang.plan.preparation.telling import told

    folder: PlanFolder = folder_of(plan)
    faults = folder.verify()
    entries = folder.journal.read() if not any(f.code == "journal-broken" for f in faults) else []
    voided = folder.state().voided if entries else frozenset()
    if as_json:
        show_json(
            {
                "entries": [
                    {
                        "n": item.n,
                        "at": item.at,
                        "who": item.who,
                        "kind": item.kind,
                        "content": item.content.model_dump(mode="json", exclude_defaults=True),
                        "hash": item.hash,
                        "void": item.n in voided,
                    }
                    for item in entries
                ],
                "faults": [fault.as_dict() for fault in faults],
            }
        )
    else:
        show_table(
            say("编制日志：{n}条", n=len(entries)),
            [say("序号"), say("时间"), say("登记"), say("内容")],
            [
                [
                    item.n,
                    item.at[:16].replace("T", " "),
                    item.who,
                    say("{what}（已作废）", what=told(item)) if item.n in voided else told(item),
                ]
                for item in entries
            ],
            right=(0,),
        )
        for fault in faults:
            show_line(fault.full())
        if entries and not faults:
            show_line(
                say("日志完整，留存的版本未被改动；最后一条的校验值 {hash}", hash=entries[-1].hash[:16])
            )
    if faults:
        raise typer.Exit(1)
