"""Wrong usage (exit status 2): what is wrong with the words of a command, in the language of this run."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperGroup

from kechuang.errors import listed
from kechuang.messages import Message, literal, say

WRONG_USAGE = 2
_QUOTED = re.compile(r"'([^']*)'")
_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)")
_WANTED = {int: say("应为整数"), float: say("应为数字")}


class Commands(TyperGroup):
    """A group of commands that tells an unknown one apart, with the nearest it has."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            known = self.list_commands(ctx)
            near = get_close_matches(name, known, 3, 0.5) or known
            ctx.fail(str(say("没有命令“{name}”；可用的有：{known}", name=name, known=listed(near))))
        return super().resolve_command(ctx, args)


def show_usage(error: typer.TyperException) -> int:
    """The usage of the command and what is wrong, on standard error. Gives the exit status."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # the help itself is the message
        sys.stderr.write(f"{error}\n")
        return WRONG_USAGE
    if context is not None:
        usage = context.get_usage().removeprefix("Usage:").strip()
        sys.stderr.write(f"{say('用法：{usage}', usage=usage)}\n")
    sys.stderr.write(f"{say('错误')}: {_problem(error)}\n")
    if context is not None:
        sys.stderr.write(f"{say('说明见：{command} -h', command=context.command_path)}\n")
    return int(getattr(error, "exit_code", WRONG_USAGE))


def _problem(error: typer.TyperException) -> Message:
    """The library says it in English; what it is about is in the attributes of the error."""
    name, text = _about(error), str(getattr(error, "message", error))
    extra = _EXTRA.match(text)
    if hasattr(error, "param_type"):
        return say("缺少 {name}", name=name)
    if hasattr(error, "possibilities"):
        near = error.possibilities
        unknown = say("没有选项 {name}", name=name)
        return say("{problem}；是不是：{near}", problem=unknown, near=listed(near)) if near else unknown
    if hasattr(error, "option_name"):
        return say("选项 {name} 之后要有一个值", name=name)
    if isinstance(error, typer.BadParameter):
        wanted = getattr(getattr(getattr(error, "param", None), "type_descriptor", None), "annotation", None)
        problem = _WANTED.get(wanted, literal(text)) if isinstance(wanted, type) else literal(text)
        return say("{name} 的值不对：{problem}", name=name, problem=problem) if name else problem
    if extra:
        return say("多出来的内容：{names}", names=extra[1])
    return literal(text)


def _about(error: typer.TyperException) -> str:
    """The option or argument an error is about, as it is written on the command line."""
    option = getattr(error, "option_name", None)
    param = getattr(error, "param", None)
    if option or param is None:
        return str(option or "")
    hint = str(param.get_error_hint())
    return " / ".join(_QUOTED.findall(hint)) or hint
