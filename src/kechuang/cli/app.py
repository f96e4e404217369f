"""The tree of commands and the options all share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
import typer.main

from kechuang.cli.usage import Commands
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


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


@dataclass(frozen=True)
class Stop:
    """A command or group on the road: its help, and the modules that hang their commands on it."""

    help: Message
    modules: tuple[str, ...]


#: The road in its order, as the help lists it. A stop's modules are read when somebody goes there: to read
#: and build all of them costs more than most commands take.
ROAD = {
    "demo": Stop(say("建好示例工作区，从规划走到进度报告"), ("demo",)),
    "init": Stop(say("新建工作区"), ("start",)),
    "plan": Stop(
        say("规划：读取文本，成为结构化规划"),
        ("plan", "plan_allocate", "plan_compare", "plan_evidence", "plan_prepare"),
    ),
    "records": Stop(
        say("台账：模板、导入、审核、历史、导出"),
        (
            "records",
            "records_due",
            "records_evidence",
            "records_excel",
            "records_sample",
            "records_used",
            "records_workflow",
        ),
    ),
    "snapshot": Stop(say("把某一天已接收的记录冻结为快照"), ("start",)),
    "indicators": Stop(
        say("指标：定义、计算、追溯"),
        (
            "indicators",
            "indicators_decompose",
            "indicators_exchange",
            "indicators_series",
            "indicators_vintages",
        ),
    ),
    "progress": Stop(
        say("进度：每项目标的最新值、完成率、预期进度状态；任务与预警见子命令"),
        ("progress", "progress_assess", "progress_outlook", "progress_tasks", "progress_warnings"),
    ),
    "forecast": Stop(say("预测：未来各年的中位数和50%、80%、95%区间，从4年数据起"), ("forecast",)),
    "rules": Stop(say("规则：按规定判定资格、评分，逐条说明理由"), ("rules",)),
    "publish": Stop(say("发布：报告、已发布的数"), ("publish", "publish_open")),
    "serve": Stop(say("启动网站：办公和公众页面"), ("serve",)),
    "user": Stop(say("账号：建立、停用、重设密码"), ("user",)),
    "verify": Stop(
        say("核验：审计链是否完整，快照是否一致，已发布的数能否原样重算、有无因更正而变化"), ("start",)
    ),
    "backup": Stop(say("备份：整个工作区写成一个文件，办公不必停"), ("keeping",)),
    "restore": Stop(say("恢复：由备份做出新的工作区，逐个文件核对"), ("keeping",)),
    "doctor": Stop(say("检查本机缺少什么、如何补上"), ("doctor",)),
}
_HELP = {"help_option_names": ["-h", "--help"]}
_built: dict[str, typer.Typer] = {}


class Road(Commands):
    """The stops of the road: listed without being built, built when named."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return list(ROAD)

    def get_command(self, ctx: typer.Context, name: str) -> Any:  # type: ignore[override]
        if name in ROAD and name not in self.commands:
            for module in ROAD[name].modules:
                import_module(f"kechuang.cli.{module}")
            command = typer.main.get_command(_built[name])
            command.name = name
            self.commands[name] = command
        return super().get_command(ctx, name)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        with formatter.section("Commands"):
            formatter.write_dl([(name, str(stop.help)) for name, stop in ROAD.items()])


app = typer.Typer(
    name="kechuang",
    cls=Road,
    help=str(say("科创：从规划文本到实施结果，运行一个地区的科技创新规划。")),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_HELP,
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


def group(name: str, *, alone: bool = False) -> typer.Typer:
    """The group of commands called ``name`` on the road; ``alone`` it may be called without a command."""
    made = typer.Typer(
        cls=Commands,
        help=str(ROAD[name].help),
        no_args_is_help=not alone,
        invoke_without_command=alone,
        add_completion=False,
        rich_markup_mode=None,
        context_settings=_HELP,
    )
    made.callback()(_nothing)
    _built[name] = made
    return made


def _nothing() -> None:
    """A group of one command stays a group."""


def command(name: str) -> Callable[[F], F]:
    """Makes a function the command called ``name`` on the road."""
    made = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=_HELP)
    _built[name] = made
    return made.command(name, help=str(ROAD[name].help), context_settings=_HELP)
