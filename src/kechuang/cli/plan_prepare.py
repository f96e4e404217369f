"""kechuang plan confirm, amend, journal: a draft becomes the plan, and what changes later.

Importing this module hangs these commands, and those of stages and comments, below ``kechuang plan``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.plan import commands
from kechuang.cli.plan_folder import By, PlanFile, folder_of
from kechuang.cli.show import number, show_json, show_line, show_table
from kechuang.errors import listed
from kechuang.messages import say

from kechuang.cli import plan_comments, plan_confirm, plan_stages  # isort: skip

if TYPE_CHECKING:
    from kechuang.plan.model import Target
    from kechuang.plan.preparation.amending import Amended
    from kechuang.plan.preparation.folder import PlanFolder

__all__ = ["journal", "plan_comments", "plan_confirm", "plan_stages"]


COMPARATORS = (">=", ">", "=", "<=", "<", "~", "range")
FIELDS = ("value", "comparator", "high", "unit", "year")
_NAMES = {
    "value": say("目标值"),
    "comparator": say("比较方式"),
    "high": say("上限"),
    "unit": say("单位"),
    "year": say("年份"),
}


@commands.command("journal", help=str(say("编制日志：何时、由谁登记了什么；核对日志和留存的版本")))
def journal(plan: PlanFile = None, as_json: AsJson = False) -> None:
    from kechuang.plan.preparation.telling import told

    folder = folder_of(plan)
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


@commands.command("amend", help=str(say("按文件调整目标；--list 列出已有的调整和现行目标")))
def amend(
    target: Annotated[str | None, typer.Argument(metavar="ID", help=str(say("目标编号，如 T3")))] = None,
    value: Annotated[float | None, typer.Option("--value", metavar="N", help=str(say("新的目标值")))] = None,
    comparator: Annotated[
        str | None,
        typer.Option("--comparator", metavar="SIGN", help=str(say("比较方式：>=、>、=、<=、<、~、range"))),
    ] = None,
    high: Annotated[float | None, typer.Option("--high", metavar="N", help=str(say("区间的上限")))] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="UNIT", help=str(say("新的单位")))] = None,
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help=str(say("新的目标年份")))] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help=str(say("取消这个目标的目标值")))] = False,
    document: Annotated[
        str | None, typer.Option("--document", metavar="TEXT", help=str(say("调整的文件，如《…的通知》")))
    ] = None,
    number_: Annotated[str | None, typer.Option("--number", metavar="NO", help=str(say("文号")))] = None,
    on: Annotated[str | None, typer.Option("--date", metavar="DATE", help=str(say("文件日期")))] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=str(say("理由")))] = None,
    list_: Annotated[bool, typer.Option("--list", help=str(say("列出已有的调整和某一天的现行目标")))] = False,
    as_of: AsOf = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.amending import amend as enter
    from kechuang.plan.preparation.days import day_given

    folder = folder_of(plan, by)
    if list_ or target is None:
        _amendments(folder, day(as_of) or folder.today, target, as_json)
        return
    needed = {"--document": document, "--date": on, "--reason": reason}
    missing = [name for name, given in needed.items() if not (given or "").strip()]
    if missing:
        raise typer.BadParameter(str(say("调整目标还须写明 {options}", options=listed(missing))))
    sign = {"≥": ">=", "≤": "<=", "＝": "="}.get(comparator or "", comparator)
    if sign is not None and sign not in COMPARATORS:
        raise typer.BadParameter(str(say("比较方式只能是 {signs}", signs=listed(COMPARATORS))))
    with folder.change() as change:
        done = enter(
            change,
            target,
            {"value": value, "comparator": sign, "high": high, "unit": unit, "year": year},
            document=(document or "").strip(),
            number=number_,
            on=day_given(on or "", "--date"),
            reason=(reason or "").strip(),
            withdrawn=withdraw,
        )
    if as_json:
        show_json(_amended(done))
    else:
        show_line(
            say("{id} {name} 已调整：{changes}", id=target, name=done.target.name, changes=_changes(done))
        )


def _amendments(folder: PlanFolder, on: date, only: str | None, as_json: bool) -> None:
    from kechuang.plan.preparation.amending import amendments_of, target_on
    from kechuang.plan.preparation.edit import item_named

    plan = folder.plan()
    if only is not None:
        item_named(plan, only)
    made = [one for one in amendments_of(plan) if only in (None, one.target.id)]
    targets = [(one, target_on(one, on)) for one in plan.targets if only in (None, one.id)]
    if as_json:
        show_json(
            {
                "as_of": on.isoformat(),
                "amendments": [_amended(one) for one in made],
                "targets": [
                    {
                        "id": old.id,
                        "name": old.name,
                        **{name: getattr(now, name) for name in FIELDS},
                        "promised": {name: getattr(old, name) for name in FIELDS},
                    }
                    for old, now in targets
                ],
            }
        )
        return
    show_table(
        say("目标的调整：{n}次", n=len(made)),
        [say("文件日期"), say("目标"), say("文件"), say("改动")],
        [
            [
                one.day.isoformat(),
                f"{one.target.id} {one.target.name}",
                f"《{one.amendment.document.strip('《》')}》{one.amendment.number or ''}",
                _changes(one),
            ]
            for one in made
        ],
    )
    show_table(
        say("现行目标（{day}）", day=on.isoformat()),
        [say("编号"), say("指标"), say("规划原定"), say("现行")],
        [[old.id, old.name, _goal(old), _goal(now)] for old, now in targets],
        right=(2, 3),
    )


def _goal(target: Target) -> str:
    value = (
        f"{number(target.value)}—{number(target.high)}"
        if target.comparator == "range"
        else number(target.value)
    )
    sign = "" if target.comparator == "range" else f"{target.comparator} "
    year = f" ({target.year})" if target.year else ""
    return f"{sign}{value} {target.unit}{year}"


def _changes(one: Amended) -> str:
    from kechuang.plan.preparation.items import words_of

    return "；".join(
        f"{_NAMES[name]} {words_of(old)} → {words_of(new)}" for name, (old, new) in one.changed.items()
    )


def _amended(one: Amended) -> dict[str, Any]:
    return {
        "target": one.target.id,
        "name": one.target.name,
        **one.amendment.model_dump(mode="json", exclude={"old", "new", *FIELDS}),
        "changed": {name: {"old": old, "new": new} for name, (old, new) in one.changed.items()},
    }
