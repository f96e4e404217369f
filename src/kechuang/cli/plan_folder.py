"""What the commands of a plan's preparation share: which plan, who enters, and how days are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.plan import commands
from kechuang.cli.show import show_line
from kechuang.cli.usage import Commands
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.plan.preparation.folder import PlanFolder

PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", readable=False, metavar="plan.yaml", help=str(say("缺省为工作区的规划"))),
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help=str(say("由谁登记：岗位或单位，不写姓名"))),
]
Known = Annotated[
    str | None,
    typer.Option("--known", metavar="DATE", help=str(say("只看到这一天为止的登记；缺省为全部"))),
]


def subgroup(name: str, text: str) -> typer.Typer:
    """A group of commands below ``kechuang plan``; called alone, it shows."""
    made = typer.Typer(
        cls=Commands,
        help=text,
        invoke_without_command=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    commands.add_typer(made, name=name)
    return made


def folder_of(plan: Path | None, by: str | None = None) -> PlanFolder:
    """The folder of the plan that was named, else of the workspace's."""
    from kechuang.plan.preparation.folder import PlanFolder

    if plan is not None:
        return PlanFolder(plan, by or "")
    from kechuang.cli.app import workspace

    ws = workspace()
    return PlanFolder(ws.folder / ws.settings.plan, by or "", ws.clock)


def shown(day: date | None) -> str:
    """A day for a table; a dash where there is none."""
    return day.isoformat() if day else "—"


def tell(notices: Sequence[Message]) -> None:
    """Notices, one a line."""
    for notice in notices:
        show_line(f"  · {notice}")
