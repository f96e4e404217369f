"""kechuang doctor: what this machine lacks, and how to mend it."""

from __future__ import annotations

import typer

from kechuang.cli.app import command
from kechuang.cli.options import AsJson
from kechuang.cli.show import show_json, show_line, show_table
from kechuang.messages import say


@command("doctor")
def doctor(as_json: AsJson = False) -> None:
    from kechuang.doctor import examine

    checks = examine()
    if as_json:
        show_json([check.as_dict() for check in checks])
    else:
        words = {"ok": say("正常"), "missing": say("缺少"), "optional": say("可选，未装")}
        show_table(
            say("本机检查"),
            [say("项目"), say("结果"), say("详情"), say("如何补上")],
            [[check.name, words[check.result], check.detail, check.remedy or ""] for check in checks],
        )
    if any(check.result == "missing" for check in checks):
        if not as_json:
            show_line(say("有必需的部分缺失。"))
        raise typer.Exit(1)
