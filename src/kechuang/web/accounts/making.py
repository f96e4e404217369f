"""New accounts: what is asked of them, on the page and in the terminal alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kechuang.errors import Fault, KechuangError, Place
from kechuang.language.regions import RegionTree
from kechuang.messages import Message, say
from kechuang.web.roles import ROLES, role_named

NAME = re.compile(r"[\w.@-]{2,60}")
LEAST = 10


#: How long what is asked of an account may be.
LONGEST = {"title": 120, "email": 200, "uscc": 18}


def too_long(**texts: str) -> list[Fault]:
    """A fault for every text an account has no room for."""
    return [
        Fault("account-invalid", say("最多{n}个字", n=LONGEST[name]), Place(field=name))
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    ]


def check(
    *,
    name: str,
    role: str,
    region: str,
    password: str | None,
    regions: RegionTree,
    within: str,
    texts: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The fields of an account as they are stored; KechuangError with every fault at once.

    ``password`` None is not looked at. A county's account needs a county of the workspace's region.
    """
    faults = too_long(**(texts or {}))

    def fault(field: str, message: Message) -> None:
        faults.append(Fault("account-invalid", message, Place(field=field)))

    if not NAME.fullmatch(name):
        fault("name", say("账号名用2至60个字母、汉字、数字或 . @ - _，不含空格"))
    role = role_named(role)
    chosen = ROLES.get(role)
    if chosen is None:
        fault("role", say("没有角色“{role}”；可用的有：{known}", role=role, known="、".join(ROLES)))
    elif chosen.place == "county":
        inside = {one.code for one in regions.descendants(within)}
        if not region:
            fault("region", say("这个角色要指定县市（六位代码）"))
        elif region not in inside:
            fault("region", say("{code} 不是本地区的县市", code=region))
    elif region and region != within and regions.get(region) is None:
        fault("region", say("地区代码 {code} 不存在", code=region))
    if password is not None:
        faults.extend(
            Fault("account-invalid", problem, Place(field="password")) for problem in weak(password, name)
        )
    if faults:
        raise KechuangError(
            "account-invalid",
            say("账号没有建立：{n}处需要改正", n=len(faults)),
            remedy=say("请按各条说明改正后重试。"),
            faults=faults,
        )
    return {"name": name, "role": role, "region": region}


def weak(password: str, name: str) -> list[Message]:
    """What is wrong with a password."""
    from django.contrib.auth.password_validation import CommonPasswordValidator
    from django.core.exceptions import ValidationError

    found = []
    if len(password) < LEAST:
        found.append(say("密码至少{n}个字符", n=LEAST))
    if password.isdigit():
        found.append(say("密码不能只有数字"))
    if name and len(name) >= 4 and name.lower() in password.lower():
        found.append(say("密码不能含账号名"))
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        found.append(say("这个密码太常见"))
    return found


def open_account(
    *,
    name: str,
    role: str,
    password: str,
    region: str = "",
    title: str = "",
    email: str = "",
    uscc: str = "",
    by: str,
    must_change: bool = False,
) -> None:
    """Make an account; KechuangError where it cannot be."""
    from django.db import IntegrityError, transaction

    from kechuang.web.accounts.doors import told
    from kechuang.web.models import User
    from kechuang.web.workspaces import served

    workspace = served()
    fields = check(
        name=name,
        role=role,
        region=region,
        password=password,
        texts={"title": title, "email": email, "uscc": uscc},
        regions=workspace.regions,
        within=workspace.settings.region,
    )
    try:
        with transaction.atomic(using=workspace.store.alias):
            User.objects.create(
                password=password, title=title, email=email, uscc=uscc, must_change=must_change, **fields
            )
    except IntegrityError:
        raise KechuangError(
            "account-taken",
            say("已有账号“{name}”", name=name),
            remedy=say("请换一个账号名；停用的账号也占用名字。"),
        ) from None
    told(None, "account-made", by, name=name, role=role, region=region)
