"""kechuang.toml: what a workspace says of itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kechuang.errors import Fault, KechuangError, Place, listed
from kechuang.messages import Message, say

FILE = "kechuang.toml"


@dataclass(frozen=True)
class Mail:
    """How reminders go out by e-mail: the keys of ``[mail]``. The password is never in the file: it is read from
    the environment variable ``password_env`` names. ``tls``: ``starttls``, ``ssl`` or ``none``."""

    host: str
    sender: str
    port: int = 587
    user: str = ""
    password_env: str = "KECHUANG_MAIL_PASSWORD"
    tls: str = "starttls"


@dataclass(frozen=True)
class Oidc:
    """Logging in through the office's own identity provider: the keys of ``[oidc]``. The secret is never in the
    file: it is read from the environment variable ``secret_env`` names ("" for a client without one). ``claim``
    names the account, which an administrator has opened before; ``label`` stands on the button."""

    issuer: str
    client_id: str
    secret_env: str = "KECHUANG_OIDC_SECRET"
    label: str = ""
    claim: str = "preferred_username"


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace; each is a key of kechuang.toml, described in docs/reference.

    ``region`` is the six-digit code of the plan's region, ``plan`` the path of the structured plan,
    ``database`` is ``sqlite`` (kechuang.db in the folder) or a ``postgresql://`` address, ``sample``
    says that the workspace holds sample data, ``review`` that a return counts only once accepted (at
    each of the levels, where it names several), ``remind_days`` how many working days before a
    deadline reminders are due, ``evidence_mb`` how large an attachment may be,
    ``engine`` computes figures (``duckdb``, or ``spark`` with ``spark`` the address of a cluster; None:
    this machine), ``tolerance`` is the share of the scheduled progress that still counts as 基本达到, ``method``
    the status method that gives targets their status, ``example`` names the example a demo folder was made from,
    ``agency`` maintains the structures of exchanged data, ``hosts`` the names the site is reached by, ``https``
    that it stands behind a server that speaks HTTPS, ``api_per_minute`` how many calls a minute one caller of the
    API has, ``webhooks_inside`` that notices may go to addresses of the office's own network, ``mail`` how reminders
    are sent (None: by hand), ``oidc`` the identity provider (None: passwords alone), ``home`` the address the public reaches the site at; ``licence`` and ``licence_url``
    are the terms of open data, ``publisher`` who publishes it.
    """

    name: str
    region: str
    packs: tuple[str, ...]
    plan: str = "plan/plan.yaml"
    language: str = "zh"
    database: str = "sqlite"
    sample: bool = False
    review: bool | tuple[str, ...] = False
    remind_days: tuple[int, ...] = (10, 3, 0)
    evidence_mb: int = 20
    tolerance: float = 0.9
    method: str = "schedule"
    engine: str = "duckdb"
    spark: str | None = None
    example: str | None = None
    hosts: tuple[str, ...] = ()
    https: bool = False
    api_per_minute: int = 120
    webhooks_inside: bool = False
    agency: str = "KECHUANG"
    mail: Mail | None = None
    oidc: Oidc | None = None
    licence: str = ""
    licence_url: str = ""
    publisher: str = ""
    home: str = ""


#: Where each setting stands in the file, and the type a person is to give.
PLACES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "name": ("workspace", str),
    "region": ("workspace", str),
    "packs": ("workspace", list),
    "plan": ("workspace", str),
    "language": ("workspace", str),
    "database": ("workspace", str),
    "engine": ("workspace", str),
    "spark": ("workspace", str),
    "sample": ("workspace", bool),
    "example": ("workspace", str),
    "agency": ("workspace", str),
    "review": ("records", (bool, list)),
    "remind_days": ("records", (list,)),
    "evidence_mb": ("records", int),
    "tolerance": ("progress", (float, int)),
    "hosts": ("web", list),
    "https": ("web", bool),
    "api_per_minute": ("web", int),
    "webhooks_inside": ("web", bool),
    "home": ("web", str),
    "method": ("progress", str),
    "licence": ("publish", str),
    "licence_url": ("publish", str),
    "publisher": ("publish", str),
}
#: The keys of [mail].
MAIL: dict[str, type] = {
    "host": str,
    "port": int,
    "sender": str,
    "user": str,
    "password_env": str,
    "tls": str,
}
#: The keys of [oidc].
OIDC: dict[str, type] = {"issuer": str, "client_id": str, "secret_env": str, "label": str, "claim": str}
#: Where the parser says which line it did not understand.
_URL = re.compile(r"https?://[^\s\"'<>]+")
_LOOPBACK = re.compile(r"127(\.\d{1,3}){3}")
_HOST = re.compile(r"[A-Za-z0-9.-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_LINE = re.compile(r"at line (\d+)")
_WANTED: dict[Any, Message] = {
    str: say("文字"),
    list: say('文字的列表，如 ["st-core"]'),
    bool: say("true 或 false"),
    (float, int): say("数字"),
    (bool, list): say('true、false 或级别的列表，如 ["county", "prefecture"]'),
    (list,): say("整数的列表，如 [10, 3, 0]"),
    int: say("整数"),
}
#: Levels at which returns may be reviewed, from below.
REVIEW_LEVELS = ("county", "prefecture", "province")


def read_settings(folder: Path) -> Settings:
    """The settings in ``folder/kechuang.toml``; all faults of the file at once."""
    path = folder / FILE
    if not path.is_file():
        raise KechuangError(
            "no-workspace",
            say("{folder} 不是科创工作区：没有 {file}", folder=folder, file=FILE),
            remedy=say("请用 -C 指定工作区文件夹，或用 kechuang init 新建一个，或用 kechuang demo 看示例。"),
        )
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise _unread(path, say("文件不是UTF-8编码")) from None
    except tomllib.TOMLDecodeError as error:
        at = _LINE.search(str(error))
        raise _unread(path, say("不合TOML格式"), int(at[1]) if at else None) from None
    return _settings(content, path)


def _unread(path: Path, problem: Message, line: int | None = None) -> KechuangError:
    return KechuangError(
        "settings-invalid",
        say("工作区配置读不懂：{problem}", problem=problem),
        place=Place(file=str(path), line=line),
        remedy=say("请按 TOML 格式改正后重试。"),
    )


def _settings(content: dict[str, Any], path: Path) -> Settings:
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    given: set[str] = set()

    def fault(message: Message) -> None:
        faults.append(Fault("settings-invalid", message, Place(file=str(path))))

    tables = {table for table, _ in PLACES.values()} | {"mail", "oidc"}
    for table, entries in content.items():
        if table == "mail" and isinstance(entries, dict):
            values["mail"] = _mail(entries, fault)
            continue
        if table == "oidc" and isinstance(entries, dict):
            values["oidc"] = _oidc(entries, fault)
            continue
        if table not in tables or not isinstance(entries, dict):
            fault(say("不认识的部分 [{table}]，可用的有：{known}", table=table, known=listed(sorted(tables))))
            continue
        given.update(entries)
        for key, value in entries.items():
            place = PLACES.get(key)
            if place is None or place[0] != table:
                known = listed([name for name, (where, _) in PLACES.items() if where == table])
                fault(
                    say(
                        "[{table}] 中不认识的设置 {key}，可用的有：{known}", table=table, key=key, known=known
                    )
                )
            elif not isinstance(value, place[1]) or (isinstance(value, bool) and not _takes_bool(place[1])):
                fault(say("设置 {key} 应为{wanted}", key=key, wanted=_WANTED[place[1]]))
            else:
                values[key] = tuple(value) if isinstance(value, list) else value
    for required in (field.name for field in fields(Settings) if field.default is field.default_factory):
        if required not in given:
            fault(say("缺少设置 {key}（在 [{table}] 中）", key=required, table=PLACES[required][0]))
    if values.get("language", "zh") not in ("zh", "en"):
        fault(say("设置 language 应为 zh 或 en"))
    if values.get("engine", "duckdb") not in ("duckdb", "spark"):
        fault(say("设置 engine 应为 duckdb 或 spark"))
    if not 0 < values.get("tolerance", 0.9) <= 1:
        fault(say("设置 tolerance 应在 0 与 1 之间"))
    for problem in _workflow(values):
        fault(problem)
    if any(not isinstance(host, str) or not _HOST.fullmatch(host) for host in values.get("hosts", ())):
        fault(say('设置 hosts 应为主机名的列表，如 ["kjj.example.cn"]'))
    if not 1 <= values.get("api_per_minute", 1) <= 100_000:
        fault(say("设置 api_per_minute 应在 1 与 100000 之间"))
    for key in ("home", "licence_url"):
        if values.get(key, "") and not _URL.fullmatch(values[key]):
            fault(say("设置 {key} 应为 http:// 或 https:// 开头的地址", key=key))
    if faults:
        raise KechuangError(
            "settings-invalid",
            say("工作区配置有{n}处错误", n=len(faults)),
            place=Place(file=str(path)),
            faults=faults,
        )
    return Settings(**values)


def _mail(entries: dict[str, Any], fault: Callable[[Message], None]) -> Mail | None:
    """The settings of [mail]; every fault is told, and gives None."""
    wrong = _misfits("mail", entries, MAIL, ("host", "sender"))
    if not wrong:
        if entries.get("tls", "starttls") not in ("starttls", "ssl", "none"):
            wrong.append(say("设置 mail.tls 应为 starttls、ssl 或 none"))
        if not 0 < entries.get("port", 587) < 65536:
            wrong.append(say("设置 mail.port 应在 1 与 65535 之间"))
        if not _ADDRESS.fullmatch(entries["sender"]):
            wrong.append(say("设置 mail.sender 应为一个邮箱地址"))
    for one in wrong:
        fault(one)
    return None if wrong else Mail(**entries)


def _oidc(entries: dict[str, Any], fault: Callable[[Message], None]) -> Oidc | None:
    """The settings of [oidc]; None where they name no issuer, and where something is wrong, which is told."""
    wrong = _misfits("oidc", entries, OIDC, ("client_id",) if entries.get("issuer") else ())
    if not wrong:
        if entries.get("issuer") and not guarded(entries["issuer"], bare=True):
            wrong.append(say("设置 oidc.issuer 应为 https:// 开头的地址，不带参数（本机的可用 http://）"))
        if entries.get("secret_env") and not _VARIABLE.fullmatch(entries["secret_env"]):
            wrong.append(say("设置 oidc.secret_env 应为环境变量的名字，密钥本身不写在文件里"))
        if not entries.get("claim", "sub"):
            wrong.append(say("设置 oidc.claim 不能为空"))
    for one in wrong:
        fault(one)
    return None if wrong or not entries.get("issuer") else Oidc(**entries)


def _misfits(
    table: str, entries: dict[str, Any], kinds: dict[str, type], needed: tuple[str, ...]
) -> list[Message]:
    """What a part with keys of its own has that it may not have, or has not."""
    wrong: list[Message] = []
    for key, value in entries.items():
        if key not in kinds:
            known = listed(list(kinds))
            wrong.append(
                say("[{table}] 中不认识的设置 {key}，可用的有：{known}", table=table, key=key, known=known)
            )
        elif not isinstance(value, kinds[key]) or isinstance(value, bool):
            wrong.append(say("设置 {key} 应为{wanted}", key=f"{table}.{key}", wanted=_WANTED[kinds[key]]))
    missing = [key for key in needed if not entries.get(key)]
    wrong.extend(say("缺少设置 {key}（在 [{table}] 中）", key=key, table=table) for key in missing)
    return wrong


def guarded(url: str, *, bare: bool = False) -> bool:
    """Whether nobody on the way can read or change what goes to an address: HTTPS, or this machine itself.
    ``bare``: without a query.

    >>> guarded("https://id.example.cn/realms/a"), guarded("http://127.0.0.1:9/"), guarded("http://id.example.cn/")
    (True, True, False)
    """
    try:
        found = urlsplit(url)
        host, _ = found.hostname or "", found.port
    except ValueError:
        return False
    strange = any(ord(one) <= 32 or ord(one) > 126 or one == "\\" for one in url)
    if not host or strange or "@" in found.netloc or found.fragment or (bare and "?" in url):
        return False
    if found.scheme == "http":
        return host in ("localhost", "::1") or bool(_LOOPBACK.fullmatch(host))
    return found.scheme == "https"


def _takes_bool(kind: Any) -> bool:
    return kind is bool or (isinstance(kind, tuple) and bool in kind)


def _workflow(values: dict[str, Any]) -> Iterator[Message]:
    """What is wrong with the settings of review, reminders and evidence."""
    review = values.get("review", False)
    if not isinstance(review, bool):
        order = [REVIEW_LEVELS.index(one) for one in review if one in REVIEW_LEVELS]
        if not review or len(order) < len(review) or order != sorted(set(order)):
            known = listed(REVIEW_LEVELS)
            yield say("设置 review 中的级别应自下而上列出，各一次，可用的有：{known}", known=known)
    days = values.get("remind_days", ())
    if any(not isinstance(day, int) or isinstance(day, bool) or not 0 <= day <= 60 for day in days):
        yield say("设置 remind_days 应为 0 到 60 的整数的列表")
    if not 1 <= values.get("evidence_mb", 1) <= 1024:
        yield say("设置 evidence_mb 应在 1 与 1024 之间")
