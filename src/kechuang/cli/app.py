"""The tree of commands and the options all share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.usage import Commands
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.workspace import Workspace


@dataclass
class Chosen:
    """What the options before the command chose."""

    folder: Path = Path()
    opened: Workspace | None = None


chosen = Chosen()


def workspace() -> Workspace:
    """The workspace named by -C, else the current folder's or the nearest above it."""
    from kechuang.workspace import Workspace

    if chosen.opened is None:
        chosen.opened = Workspace.find(chosen.folder)
    return chosen.opened


#: The commands in the order of the road, as the help lists them.
ROAD = (
    "demo",
    "init",
    "plan",
    "records",
    "snapshot",
    "indicators",
    "progress",
    "forecast",
    "rules",
    "publish",
    "verify",
    "doctor",
)


class Road(Commands):
    """Lists commands along the road, not by name."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return sorted(self.commands, key=lambda name: ROAD.index(name) if name in ROAD else len(ROAD))


app = typer.Typer(
    name="kechuang",
    cls=Road,
    help=str(say("科创：从规划文本到实施结果，运行一个地区的科技创新规划。")),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from kechuang import __version__

        typer.echo(f"kechuang {__version__}")
        raise typer.Exit


@app.callback()
def common(
    folder: Annotated[
        Path,
        typer.Option(
            "-C",
            "--workspace",
            readable=False,
            metavar="DIR",
            help=str(say("工作区文件夹；缺省为当前文件夹或其上级")),
        ),
    ] = Path(),
    lang: Annotated[  # read before parsing, in run.py: the help itself must speak it
        str, typer.Option("--lang", metavar="zh|en", help=str(say("语言：zh（缺省）或 en")))
    ] = "zh",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=str(say("显示版本")))
    ] = False,
) -> None:
    if lang not in ("zh", "en"):
        raise typer.BadParameter(str(say("--lang 只能是 zh 或 en")))
    chosen.folder, chosen.opened = folder, None


def group(name: str, text: str, *, alone: bool = False) -> typer.Typer:
    """A named group of commands; ``alone``: it does something without one of them too."""
    made = typer.Typer(
        cls=Commands,
        help=text,
        no_args_is_help=not alone,
        invoke_without_command=alone,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.add_typer(made, name=name)
    return made


from kechuang.cli import (  # noqa: E402 (each module adds its commands to the tree above)
    demo,
    doctor,
    forecast,
    indicators,
    plan,
    plan_compare,
    plan_evidence,
    plan_prepare,
    progress,
    progress_outlook,
    publish,
    records,
    records_due,
    records_evidence,
    records_excel,
    records_sample,
    records_workflow,
    rules,
    start,
)

__all__ = [
    "app",
    "demo",
    "doctor",
    "forecast",
    "indicators",
    "plan",
    "plan_compare",
    "plan_evidence",
    "plan_prepare",
    "progress",
    "progress_outlook",
    "publish",
    "records",
    "records_due",
    "records_evidence",
    "records_excel",
    "records_sample",
    "records_workflow",
    "rules",
    "start",
]
