"""Writes docs/reference from the product itself: commands, record types, indicators, rules, settings, errors.

python scripts/reference.py            write the pages
python scripts/reference.py check      exit 1 where a page is older than the product (as the tests do)
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kechuang.messages import say
from kechuang.packs import IndicatorSpec, Packs, Parameter, RecordType, built_in_packs, load_packs
from kechuang.packs.describe import describe
from kechuang.packs.load import CORE
from kechuang.packs.model import PackInfo
from kechuang.rules.describe import description, row_text
from kechuang.settings import MAIL, OIDC, PLACES

sys.path.insert(0, str(Path(__file__).parent))
import definition_pages

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "kechuang"
MKDOCS = ROOT / "mkdocs.yml"
NAV_BEGIN = "      # 由 scripts/reference.py 写成：指标定义"
NAV_END = "      # 指标定义到此"
NOTICE = "<!-- 由 scripts/reference.py 写成，请勿手改 -->\n"

#: Prints {command path: help} of the command tree, in the language of the environment.
_WALK = """
import json, sys
import typer
from kechuang.messages import language_of_environment, use_language
use_language(language_of_environment())
from kechuang.cli.app import app
found = {}
def walk(command, path, parent):
    context = typer.Context(command, info_name=path[-1], parent=parent, max_content_width=100, terminal_width=100)
    found[" ".join(path)] = command.get_help(context)
    names = command.list_commands(context) if hasattr(command, "list_commands") else []
    for name in names:
        walk(command.get_command(context, name), [*path, name], context)
walk(typer.main.get_command(app), ["kechuang"], None)
json.dump(found, sys.stdout)
"""

MAIL_SETTINGS = {
    "host": "发信服务器；写了 `[mail]` 才由网站发出催报，否则下载后自行发送 · the SMTP server; without `[mail]` reminders are downloaded and sent by hand",
    "port": "端口（缺省 587）· port (default 587)",
    "sender": "发件地址 · the address reminders come from",
    "user": "登录发信服务器的用户名；空的不登录 · user name at the server; none: no log-in",
    "password_env": "存放密码的环境变量（缺省 `KECHUANG_MAIL_PASSWORD`）；密码不写在文件里 · environment variable that holds the password, which is never in the file",
    "tls": "`starttls`（缺省）、`ssl` 或 `none` · encryption of the connection",
}
OIDC_SETTINGS = {
    "issuer": "身份提供方的地址，与它的发现文档所写的一字不差；写了才可用统一身份认证登录 · the identity provider, exactly as its discovery document writes it; without it passwords alone open the site",
    "client_id": "本站在提供方登记的编号 · what the provider calls this site",
    "secret_env": '存放客户端密钥的环境变量（缺省 `KECHUANG_OIDC_SECRET`）；密钥不写在文件里；`""` 为没有密钥的客户端 · environment variable that holds the client\'s secret, which is never in the file; `""`: a client without one',
    "label": "登录页按钮上的字 · the words on the button of the log-in page",
    "claim": "身份令牌中写着账号名的一项（缺省 `preferred_username`）· the claim of the id token that names the account (default `preferred_username`)",
}
SETTINGS = {
    "name": "规划名称，报告和页面用它作标题 · the plan's name",
    "region": "规划所属地区的六位行政区划代码 · six-digit code of the plan's region",
    "packs": '所用指标包，内置的见台账一页 · packs in use, such as `["st-core", "environment"]`; those built in are on the page of record types, a workspace\'s own stand in its `packs/`',
    "plan": "结构化规划的路径 · path of the structured plan (default `plan/plan.yaml`)",
    "language": "报告的语言 · language of reports: `zh` (default) or `en`",
    "database": "`sqlite`（缺省，工作区内的 kechuang.db）或 `postgresql://…` · where records are kept",
    "engine": "计算指标的引擎 · what computes figures: `duckdb` (default) or `spark`",
    "spark": "Spark 集群地址，如 `spark://host:7077`；缺省为本机 · address of the cluster (default: this machine)",
    "sample": "`true`：工作区含示例数据，报告处处标明 · the workspace holds sample data; reports say so",
    "example": "示例工作区的名称，由 `kechuang demo` 写入 · name of the example, written by `kechuang demo`",
    "agency": "写出 SDMX 结构时的维护机构代码（缺省 `KECHUANG`）· the agency that maintains the SDMX structures written",
    "review": '`true`：导入后须审核接收才计入；`["county", "prefecture"]`：须逐级接收 · returns count only once '
    "accepted, at each level where several are listed (default `false`)",
    "remind_days": "期限前第几个工作日催报（缺省 `[10, 3, 0]`，0 为当日）· working days before a deadline on which "
    "reminders are due",
    "evidence_mb": "一件佐证材料的大小上限，MB（缺省 20）· the largest attachment, in MB",
    "hosts": "网站的主机名 · names the site is reached by, besides localhost",
    "https": "`true`：网站在提供 HTTPS 的服务器之后 · the site stands behind a server that speaks HTTPS: cookies are "
    "secure, and what that server says of the caller's address is believed",
    "api_per_minute": "接口每个来源每分钟可读的次数（缺省 120）· calls a minute one caller of the API has, by process (default 120)",
    "webhooks_inside": "`true`：通知可以发往本机和内网地址 · notices may go to this machine and to private addresses; "
    "without it only to public ones over HTTPS (default `false`)",
    "tolerance": "“基本达到”的下限：完成率与时间进度之比 · from which ratio to the schedule a target is 基本达到 (default 0.9)",
    "method": "给出目标状态的判断方法：`schedule`（缺省）、`open-sdg`、`eurostat`、`un`、`sdsn`、`weather`；其余各法并列给出 · the method "
    "that gives targets their status; the others stand beside it",
    "licence": "开放数据的许可名称，如 `CC-BY-4.0` · the licence of open data, an SPDX identifier where it has one",
    "licence_url": "许可全文的地址 · address of the licence's text",
    "publisher": "开放数据的发布单位，缺省为规划的印发机关 · who publishes open data (default: the plan's issuer)",
    "home": "公众访问网站的地址，写入开放数据目录 · the address the public reaches the site at, for the catalogue of open data",
}


def pages() -> dict[str, str]:
    """File name → content of every page of the reference."""
    packs = load_packs(built_in_packs())
    return {
        "commands.md": commands(),
        "records.md": records(packs),
        "indicators.md": NOTICE + indicators(packs),
        "rules.md": rules(packs),
        "settings.md": settings() + warnings(packs),
        "errors.md": errors(),
        **definition_pages.pages(packs, NOTICE),
    }


def navigation(text: str) -> str:
    """``mkdocs.yml`` with the definition pages of every pack between its two marks."""
    before, _, rest = text.partition(NAV_BEGIN)
    _, _, after = rest.partition(NAV_END)
    lines = ["      - 指标定义 Definitions:"]
    for info, own in _packs(load_packs(built_in_packs())):
        lines.append(f"          - {info.label.zh} {info.label.en}:")
        lines += [
            f"              - {spec.label.zh}: reference/indicators/{spec.id}.md"
            for spec in own.indicators.values()
        ]
    return f"{before}{NAV_BEGIN}\n" + "\n".join(lines) + f"\n{NAV_END}{after}"


def commands() -> str:
    chinese, english = _helps("zh"), _helps("en")
    parts = [NOTICE, "# 命令 Commands\n", "退出码 exit status: 0 成功 · 1 用户的数据有误 · 2 用法有误。\n"]
    for path, text in chinese.items():
        parts.append(f"## `{path}`\n")
        for title, content in (("中文", text), ("English", english[path])):
            body = "\n".join(f"    {line}".rstrip() for line in content.rstrip().splitlines())
            parts.append(f'=== "{title}"\n\n    ```text\n{body}\n    ```\n')
    return "\n".join(parts)


def _helps(language: str) -> dict[str, str]:
    environment = os.environ | {"KECHUANG_LANG": language, "COLUMNS": "100"}
    run = subprocess.run(
        [sys.executable, "-c", _WALK], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(run.stdout)
    return found


def records(packs: Packs) -> str:
    """Every record type, told by its pack, in both languages."""
    parts = [NOTICE, "# 台账 Record types\n"]
    for heading, own in _by_pack(packs):
        parts.append(heading)
        parts += [_record(item) for item in own.records.values()]
    return "\n".join(parts)


def _record(item: RecordType) -> str:
    parts = [f"### `{item.id}` {item.label.zh} {item.label.en}\n"]
    for title, language in (("中文", "zh"), ("English", "en")):
        told = describe(item, language).split("\n", 2)[2]
        body = "\n".join(f"    {line}".rstrip() for line in told.strip().splitlines())
        parts.append(f'=== "{title}"\n\n{body}\n')
    return "\n".join(parts)


def indicators(packs: Packs) -> str:
    from kechuang.indicators import sentence

    parts = ["# 指标 Indicators\n"]
    for heading, own in _by_pack(packs):
        parts.append(heading)
        for spec in own.indicators.values():
            parts.append(f"### `{spec.id}` {spec.label.zh} {spec.label.en}\n")
            parts.append(_indicator(spec, sentence(packs, spec.id)))
        if own.parameters:
            parts.append(_parameters(own.parameters.values()))
    return "\n".join(parts)


def _by_pack(packs: Packs) -> Iterator[tuple[str, Packs]]:
    """Each pack: a heading with what it is for, and what it declares itself."""
    for info, own in _packs(packs):
        lines = [f"## {info.label.zh} {info.label.en} `{info.pack}`\n"]
        if info.description is not None:
            lines += [f"{info.description.zh}\n", f"{info.description.en}\n"]
        yield "\n".join(lines), own


def _packs(packs: Packs) -> Iterator[tuple[PackInfo, Packs]]:
    """Each pack and what it declares itself (packs build on the core)."""
    core = load_packs([CORE])
    for info in packs.info:
        own = load_packs(dict.fromkeys([CORE, info.pack]))
        if info.pack != CORE:
            own = Packs(
                info=[info],
                records={name: one for name, one in own.records.items() if name not in core.records},
                indicators={name: one for name, one in own.indicators.items() if name not in core.indicators},
                parameters={name: one for name, one in own.parameters.items() if name not in core.parameters},
            )
        yield info, own


def _parameters(parameters: Iterable[Parameter]) -> str:
    lines = [
        "### 参数 Parameters\n",
        "| 参数 | 名称 | 自 from | 值 value | 单位 unit | 出处 source | 已核实 verified |",
        "|---|---|---|---|---|---|---|",
    ]
    for parameter in parameters:
        lines += [
            f"| `{parameter.id}` | {parameter.label.zh} {parameter.label.en} | {value.from_} | {value.value} |"
            f" {parameter.unit or ''} | {value.source}：{value.clause} | {_verified(value.verified)} |"
            for value in parameter.values
        ]
    return "\n".join(lines) + "\n"


def _indicator(spec: IndicatorSpec, words: dict[str, str]) -> str:
    unit = f"单位 {spec.unit}" if spec.unit else "无量纲 no unit"
    lines = [f"{spec.full_label.zh if spec.full_label else spec.label.zh}，{unit}。\n", "```python"]
    lines += [f"{name} = {source}" for name, source in spec.let.items()]
    lines += [f"value = {spec.value}", "```\n", f"- {words['zh']}", f"- {words['en']}"]
    definition = spec.definition
    lines.append(
        f"- 口径 definition：{definition.source}——{definition.clause}（{_verified(definition.verified)}）"
    )
    lines.append(f"- [定义页 definition page](indicators/{spec.id}.md)")
    if spec.release_lag and spec.release_lag.note:
        lines.append(f"- 发布 release：{spec.release_lag.note.zh}；{spec.release_lag.note.en}")
    if spec.notes:
        lines.append(f"- {spec.notes.zh}\n- {spec.notes.en}")
    return "\n".join(lines) + "\n"


def rules(packs: Packs) -> str:
    """Every rule: columns, clauses, parameters and tables with dates and clauses."""
    parts = [
        NOTICE,
        "# 规则 Rules\n",
        "命令见 [commands](commands.md)，做法见[判定一家企业](../how-to/check-a-rule.md)。\n",
    ]
    parts.extend(_rule(description(packs, packs.rules[name])) for name in sorted(packs.rules))
    return "\n".join(parts)


def _rule(content: dict[str, Any]) -> str:
    regulation, both = content["regulation"], lambda label: f"{label['zh']} {label['en']}"
    lines = [f"## `{content['rule']}` {both(content['label'])}\n", content["description"]["zh"] + "\n"]
    lines += [content["description"]["en"] + "\n", f"{regulation['source']} {regulation['clause']}\n"]
    if content["validity"]:
        lines += [both(content["validity"]["note"]) + "\n"]
    lines += ["| 列 column | 名称 | 类型 type | 单位 unit | 说明 notes |", "|---|---|---|---|---|"]
    for column in content["columns"]:
        notes = [both(column["note"])] if column["note"] else []
        notes += ["可不设 may be left out"] if not column["asked"] else []
        notes += [", ".join(f"`{code}` {label['zh']}" for code, label in column["choices"].items())]
        told = "；".join(note for note in notes if note)
        lines.append(
            f"| `{column['id']}` | {both(column['label'])} | {column['type']} | {column['unit'] or ''} | {_cell(told)} |"
        )
    if content["clauses"]:
        lines += ["", "| 条 clause | 条件 condition | 出处 source |", "|---|---|---|"]
        lines += [f"| `{one['id']}` | {both(one['label'])} | {one['clause']} |" for one in content["clauses"]]
    lines += [
        "",
        "| 参数 parameter | 名称 | 自 from | 值 value | 出处 source | 已核实 verified |",
        "|---|---|---|---|---|---|",
    ]
    for item in [*content["parameters"], *content["tables"]]:
        for value in item["values"]:
            rows = value.get("rows")
            held = "<br>".join(_cell(row_text(row, "zh")) for row in rows) if rows else value["value"]
            lines.append(
                f"| `{item['id']}` | {both(item['label'])} | {value['from']} | {held}{item['unit'] or ''} |"
                f" {value['source']}：{value['clause']} | {_verified(value['verified'])} |"
            )
    return "\n".join(lines) + "\n"


def settings() -> str:
    lines = [
        NOTICE,
        "# 设置 Settings",
        "",
        "`kechuang.toml`，工作区的配置。",
        "",
        "| 设置 | 在 | 含义 |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | `[{table}]` | {SETTINGS[name]} |" for name, (table, _) in PLACES.items()]
    lines += [f"| `{name}` | `[mail]` | {MAIL_SETTINGS[name]} |" for name in MAIL]
    lines += [f"| `{name}` | `[oidc]` | {OIDC_SETTINGS[name]} |" for name in OIDC]
    lines += ["", "环境变量 `KECHUANG_LANG`：命令行的语言，`zh`（缺省）或 `en`；`--lang` 优先。"]
    lines += [
        "",
        "The environment variable `KECHUANG_LANG` chooses the language of the command line; `--lang` wins.",
    ]
    return "\n".join(lines) + "\n"


def warnings(packs: Packs) -> str:
    """The rules of early warning with their default thresholds, for ``warnings.yaml``."""
    rows = [
        f"| `{rule.id}` | {_cell(rule.label.zh)} · {_cell(rule.label.en)} | "
        + " ".join(f"{level} {'<' if rule.below else '≥'} {limit:g}" for level, limit in value.levels.items())
        + (f" {rule.unit}" if rule.unit else "")
        + f" | {value.from_} | {_cell(value.source)}：{_cell(value.clause)}（{_verified(value.verified)}） |"
        for rule in packs.warnings.values()
        for value in rule.values
    ]
    return (
        "\n## 预警规则 warnings.yaml\n\n工作区的 `warnings.yaml` 可改写：`rules` 下各规则的 `levels`、`missed`、`off`，"
        "以及 `escalate_days`、`escalate_to`。· A workspace's `warnings.yaml` may change the `levels`, `missed` and `off` "
        "of each rule, `escalate_days` and `escalate_to`.\n\n| 规则 rule | 说明 | 缺省阈值 thresholds | 自 from | 出处 source |\n"
        "|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _of_many(text: str) -> str:
    """A sentence that goes by number, as it is for more than one."""
    return re.sub(r"\{\w+:[^|{}]*\|([^{}]*)\}", r"\1", text)


def errors() -> str:
    lines = [NOTICE, "# 出错信息 Errors", ""]
    lines += ["每条出错信息都有固定的编号，供程序判断。Each error has a stable code.", ""]
    lines += ["| 编号 code | 中文 | English |", "|---|---|---|"]
    seen: dict[str, set[str]] = {}
    for code, msgid in _codes():
        seen.setdefault(code, set()).add(msgid)
    for code in sorted(seen):
        for msgid in sorted(seen[code]):
            lines.append(f"| `{code}` | {_cell(msgid)} | {_cell(_of_many(say(msgid).english_template()))} |")
    return "\n".join(lines) + "\n"


def _codes() -> Iterator[tuple[str, str]]:
    """(code, msgid) of every KechuangError and Fault that the sources make with literals."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in ("KechuangError", "Fault") or len(node.args) < 2:
                continue
            code, message = node.args[0], node.args[1]
            if (
                isinstance(code, ast.Constant)
                and isinstance(message, ast.Call)
                and isinstance(message.func, ast.Name)
                and message.func.id == "say"
                and message.args
                and isinstance(message.args[0], ast.Constant)
            ):
                yield str(code.value), str(message.args[0].value)


def _verified(verified: bool) -> str:
    return "已核实 verified" if verified else "待核实 to be verified"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    stale = []
    written = pages()
    for name, content in written.items():
        path = REFERENCE / name
        if not path.exists() or path.read_text("utf-8") != content:
            stale.append(name)
            if "check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, "utf-8")
    menu = MKDOCS.read_text("utf-8")
    if navigation(menu) != menu:
        stale.append(MKDOCS.name)
        if "check" not in sys.argv:
            MKDOCS.write_text(navigation(menu), "utf-8")
    known = {Path(name).name for name in written if name.startswith("indicators/")}
    for path in sorted((REFERENCE / "indicators").glob("*.md")):
        if path.name not in known:  # of an indicator that is no more
            stale.append(f"indicators/{path.name}")
            if "check" not in sys.argv:
                path.unlink()
    if "check" in sys.argv and stale:
        sys.exit(f"older than the product: {', '.join(stale)}; run python scripts/reference.py")


if __name__ == "__main__":
    main()
