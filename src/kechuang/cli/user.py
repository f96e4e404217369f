"""kechuang user: the accounts of the site, for whoever sets it up from a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.app import group, workspace
from kechuang.cli.options import AsJson
from kechuang.cli.show import show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.web.models import User

commands = group("user")

Name = Annotated[str, typer.Argument(metavar="NAME", help=str(say("账号名")))]
#: Who an entry of the audit chain names for what is done from a terminal.
TERMINAL = "terminal"


@commands.command("add", help=str(say("建立账号；密码从提示或标准输入读取")))
def add(
    name: Name,
    role: Annotated[
        str,
        typer.Option(
            "--role",
            metavar="ROLE",
            help=str(
                say("角色：administrator、officer、leader、evaluator、county、commissioner 或 enterprise")
            ),
        ),
    ],
    region: Annotated[str, typer.Option("--region", metavar="CODE", help=str(say("县市的六位代码")))] = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=str(say("岗位或单位")))] = "",
    uscc: Annotated[
        str, typer.Option("--uscc", metavar="CODE", help=str(say("企业的统一社会信用代码")))
    ] = "",
    email: Annotated[str, typer.Option("--email", metavar="ADDRESS", help=str(say("催报用的邮箱")))] = "",
    as_json: AsJson = False,
) -> None:
    from kechuang.web.site import open_site

    open_site(workspace().folder)
    from kechuang.web.accounts.making import open_account

    password = _password()
    open_account(
        name=name,
        role=role,
        password=password,
        region=region,
        title=title,
        uscc=uscc,
        email=email,
        by=TERMINAL,
    )
    if as_json:
        show_json({"name": name, "role": role, "region": region})
        return
    show_line(say("已建立账号 {name}", name=name))


@commands.command("list", help=str(say("列出账号")))
def list_(as_json: AsJson = False) -> None:
    from kechuang.web.site import open_site

    ws = open_site(workspace().folder)
    from kechuang.web.models import User

    users = list(User.objects.all())
    if as_json:
        show_json(
            [
                {
                    "name": user.name,
                    "title": user.title,
                    "role": user.role,
                    "region": user.region,
                    "active": user.is_active,
                }
                for user in users
            ]
        )
        return
    show_table(
        say("账号"),
        [say("账号名"), say("角色"), say("范围"), say("状态")],
        [
            [
                user.name,
                str(user.office.label),
                ws.name_of(user.region) if user.region else "",
                str(say("使用中") if user.is_active else say("已停用")),
            ]
            for user in users
        ],
    )


@commands.command("password", help=str(say("重设密码；从提示或标准输入读取")))
def password(name: Name) -> None:
    from kechuang.web.site import open_site

    open_site(workspace().folder)
    from kechuang.web.accounts import doors
    from kechuang.web.accounts.making import weak

    user, given = _account(name), _password()
    problems = weak(given, name)
    if problems:
        raise KechuangError("account-invalid", problems[0], remedy=say("请换一个密码。"))
    user.set_password(given)
    user.save()
    doors.end_sessions(user)
    doors.told(None, "account-password", TERMINAL, name=name)
    show_line(say("已重设 {name} 的密码", name=name))


@commands.command("close", help=str(say("停用账号；记录保留")))
def close(name: Name) -> None:
    from kechuang.web.site import open_site

    open_site(workspace().folder)
    from kechuang.web.accounts import doors

    user = _account(name)
    user.is_active = False
    user.save()
    doors.end_sessions(user)
    doors.told(None, "account-changed", TERMINAL, name=name, active=False)
    show_line(say("已停用账号 {name}", name=name))


def _account(name: str) -> User:
    from kechuang.web.models import User

    user = User.objects.filter(name=name).first()
    if user is None:
        raise KechuangError(
            "account-unknown", say("没有账号“{name}”", name=name), remedy=say("用 kechuang user list 查看。")
        )
    return user


def _password() -> str:
    """From a prompt, twice; from standard input where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(str(say("密码")), hide_input=True, confirmation_prompt=True))
