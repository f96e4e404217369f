"""kechuang plan confirm: entry by entry on a terminal, or by options for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.options import AsJson, Out
from kechuang.cli.plan import commands
from kechuang.cli.plan_folder import By, folder_of
from kechuang.cli.show import console, entry, show_error, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.plan.model import Plan
    from kechuang.plan.preparation.confirm import Standing
    from kechuang.plan.preparation.folder import PlanFolder
    from kechuang.plan.preparation.state import State
    from kechuang.plan.text import Source

_KEYS = {
    "keep": ("1", "k", "保留", "是", "y"),
    "change": ("2", "c", "改", "修改"),
    "drop": ("3", "d", "删", "删去"),
    "skip": ("4", "s", "跳过"),
    "stop": ("5", "q", "停", "停止"),
}


@commands.command("confirm", help=str(say("逐条确认草案：保留、改正、删去、补上；全部确认后规划定稿")))
def confirm(
    file: Annotated[
        Path | None, typer.Argument(readable=False, metavar="plan.yaml", help=str(say("缺省为工作区的规划")))
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="ID,…|all", help=str(say("保留这些条目；all 为其余全部"))),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", metavar="ID,…", help=str(say("删去这些条目（须有 --reason）"))),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="ID.FIELD=VALUE", help=str(say("改一个字段，如 T1.value=60；可重复"))),
    ] = None,
    add: Annotated[
        list[Path] | None,
        typer.Option(
            "--add", readable=False, metavar="FILE", help=str(say("从 YAML 片段补上机器漏读的条目"))
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=str(say("理由")))] = None,
    status: Annotated[bool, typer.Option("--status", help=str(say("只看确认到哪里了")))] = False,
    difference: Annotated[
        bool,
        typer.Option(
            "--difference", help=str(say("草案与定稿的差别：机器读错了什么（-o 写成 .csv 或 .json）"))
        ),
    ] = False,
    out: Out = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    folder = folder_of(file, by)
    if difference:
        _difference(folder, out, as_json)
    elif keep or drop or set_ or add:
        _by_options(folder, keep, drop, set_, add, reason, as_json)
    elif status or as_json:
        _status(folder, as_json)
    else:
        _ask_all(folder)


def _by_options(
    folder: PlanFolder,
    keep: list[str] | None,
    drop: list[str] | None,
    set_: list[str] | None,
    add: list[Path] | None,
    reason: str | None,
    as_json: bool,
) -> None:
    from kechuang.plan.preparation.confirm import Confirming
    from kechuang.plan.preparation.edit import assigned

    with folder.change() as change:
        sitting = Confirming(change)
        for path in add or ():
            sitting.add(path)
        if set_:
            sitting.set([assigned(text) for text in set_], reason)
        if drop:
            sitting.drop(_names(drop), reason)
        if keep:
            sitting.keep(_names(keep))
        answers = [(one.item, one.decision) for one in sitting.pending]
        left = sum(one.open for one in sitting.standings)
        became = sitting.finish()
    if as_json:
        show_json(
            {
                "answers": [{"item": item, "decision": decision} for item, decision in answers],
                "open": left,
                "confirmed": became,
            }
        )
        return
    show_line(say("已登记{n}条，还有{left}条待确认", n=len(answers), left=left))
    if became:
        _tell_confirmed(folder)


def _names(given: list[str]) -> list[str]:
    return [name.strip() for text in given for name in text.replace("，", ",").split(",") if name.strip()]


def _tell_confirmed(folder: PlanFolder) -> None:
    show_line(say("全部条目都已确认，{file} 已定稿", file=folder.plan_file.name))


def _loaded(folder: PlanFolder) -> tuple[Plan, State, list[Standing]]:
    from kechuang.plan.preparation.confirm import draft_of, standings

    plan, state = folder.plan(), folder.state()
    return plan, state, standings(plan, draft_of(folder, state), state.decisions)


def _status(folder: PlanFolder, as_json: bool) -> None:
    from kechuang.plan.preparation.confirm import OPEN
    from kechuang.plan.preparation.items import KINDS

    plan, state, found = _loaded(folder)
    unrecorded = plan.status == "confirmed" and state.begun is None
    if as_json:
        show_json(
            {
                "status": plan.status,
                "begun": state.begun is not None,
                "confirmed_on": state.completed.isoformat() if state.completed else None,
                "open": sum(one.open for one in found) if not unrecorded else 0,
                "entries": [
                    {
                        "id": one.item.id,
                        "kind": one.item.kind,
                        "label": one.item.label,
                        "answer": one.answer if not unrecorded else None,
                        "reason": one.reason,
                        "confidence": one.item.confidence,
                        "doubtful": one.item.doubtful,
                    }
                    for one in found
                ],
            }
        )
        return
    if unrecorded:
        show_line(say("规划已经确认，没有确认过程的记录。"))
        return
    rows = []
    for kind, name in KINDS.items():
        ours = [one for one in found if one.item.kind == kind]
        if ours:
            counts = [
                sum(one.answer == answer for one in ours)
                for answer in ("kept", "changed", "dropped", "added")
            ]
            rows.append([name, len(ours), *counts, sum(one.answer in OPEN for one in ours)])
    show_table(
        say("确认情况"),
        [say("种类"), say("条目"), say("保留"), say("改正"), say("删去"), say("补上"), say("待确认")],
        rows,
        right=(1, 2, 3, 4, 5, 6),
    )
    for one in found:
        if one.answer in ("stale", "gone"):
            show_line(f"  · {one.item.id} {one.item.label}：{_TOLD[one.answer]}")
    if plan.status == "confirmed":
        show_line(say("规划已定稿。"))


_TOLD = {
    "stale": say("确认后又在文件中改动过，须再确认"),
    "gone": say("已从文件中去掉，请用 --drop 说明理由或用 --keep 恢复"),
}


def _difference(folder: PlanFolder, out: Path | None, as_json: bool) -> None:
    from kechuang.plan.preparation.confirm import draft_of
    from kechuang.plan.preparation.difference import COLUMNS, draft_difference
    from kechuang.plan.preparation.items import KINDS
    from kechuang.publish.consultation import check_suffix, write

    plan, state, _ = _loaded(folder)
    draft = draft_of(folder, state)
    if draft is None:
        raise KechuangError(
            "no-draft",
            say("还没有开始确认，没有留存的草案可比"),
            remedy=say("先确认：kechuang plan confirm。"),
        )
    found = draft_difference(draft, plan, state.decisions)
    if out is not None:
        import json

        check_suffix(out, (".csv", ".json"))
        text = json.dumps(found.as_dict(), ensure_ascii=False, indent=2) + "\n"
        content = found.csv().encode("utf-8-sig") if out.suffix.lower() == ".csv" else text.encode()
        write(out, content, (".csv", ".json"))
    if as_json:
        show_json(found.as_dict())
        return
    show_table(say("机器读错和漏读的条目"), COLUMNS, found.rows(kept=False))
    rows = [[KINDS[kind], *_scored(found.score(kind))] for kind in found.kinds]
    rows.append([say("合计"), *_scored(found.score())])
    show_table(
        say("读取的准确程度"),
        [
            say("种类"),
            say("保留"),
            say("改正"),
            say("删去"),
            say("补上"),
            say("查准率"),
            say("查全率"),
            say("原样率"),
        ],
        rows,
        right=(1, 2, 3, 4, 5, 6, 7),
    )
    if out is not None:
        show_line(say("已写入 {file}", file=out))


def _scored(score: Any) -> list[object]:
    shares = (score.precision, score.recall, score.exact)
    return [
        score.kept,
        score.changed,
        score.dropped,
        score.added,
        *("—" if share is None else f"{share:.0%}" for share in shares),
    ]


def _ask_all(folder: PlanFolder) -> None:
    """Ask for every open entry; each answer is on the disk before the next question."""
    from kechuang.plan.preparation.confirm import in_order

    plan, state, found = _loaded(folder)
    if plan.status == "confirmed" and state.begun is None:
        show_line(say("规划已经确认，没有确认过程的记录。"))
        return
    waiting = in_order(found)
    if not waiting:
        show_line(say("没有待确认的条目。"))
        return
    sources = _sources(folder, plan)
    done = 0
    try:
        if not folder.who.strip():
            folder = type(folder)(
                folder.plan_file, typer.prompt(str(say("由谁确认（岗位或单位）"))), folder.clock
            )
        show_line(say("共{n}条待确认；随时可停，下次接着确认。", n=len(waiting)))
        for number, one in enumerate(waiting, start=1):
            answer = _ask(folder, one, f"{number}/{len(waiting)}", sources)
            if answer == "stop":
                break
            done += answer != "skip"
    except typer.Abort:
        show_line()
    _, _, after = _loaded(folder)
    left = sum(one.open for one in after)
    show_line(say("本次确认{n}条，还有{left}条待确认", n=done, left=left))
    if not left:
        _tell_confirmed(folder)


def _ask(folder: PlanFolder, one: Standing, place: str, sources: dict[str, Source]) -> str:
    _show_entry(one, place, sources)
    question = str(say("1保留 2改正 3删去 4跳过 5停止"))
    if one.answer == "gone":
        question = str(say("1恢复 3确认删去 4跳过 5停止"))
    while True:
        word = typer.prompt(question).strip().lower()
        answer = next((name for name, keys in _KEYS.items() if word in keys), None)
        if answer is None or (answer == "change" and one.answer == "gone"):
            show_line(say("请输入 1 至 5。"))
            continue
        if answer in ("skip", "stop"):
            return answer
        try:
            _enter(folder, one, answer)
        except KechuangError as error:
            if error.code in ("journal-broken", "file-unwritable", "draft-changed", "clock-backwards"):
                raise
            show_error(error)
            continue
        return answer


def _enter(folder: PlanFolder, one: Standing, answer: str) -> None:
    from kechuang.plan.preparation.confirm import Confirming
    from kechuang.plan.preparation.edit import assigned

    text = reason = ""
    if answer == "drop":
        reason = typer.prompt(str(say("为什么删去")))
    elif answer == "change":
        text = typer.prompt(str(say("改什么（字段=值，几处用分号隔开）")))
    with folder.change() as change:
        sitting = Confirming(change)
        item = next((now.item for now in sitting.standings if now.item.name == one.item.name), one.item)
        if answer == "keep":
            sitting.keep([item.id])
        elif answer == "drop":
            sitting.drop([item.id], reason)
        else:
            parts = [part for part in text.replace("；", ";").split(";") if part.strip()]
            if not parts:
                raise KechuangError("not-an-assignment", say("没有写要改什么"))
            single = item.kind in ("fact", "basis")
            places = [
                f"{item.id}={p}" if single and "=" not in p else f"{item.id}.{p.strip()}" for p in parts
            ]
            sitting.set([assigned(place) for place in places])
        sitting.finish()


def _show_entry(one: Standing, place: str, sources: dict[str, Source]) -> None:
    from rich.text import Text

    from kechuang.plan.preparation.confirm import where_said
    from kechuang.plan.preparation.edit import fields_of
    from kechuang.plan.preparation.items import KINDS, words_of
    from kechuang.plan.preparation.locate import sentence_around

    item = one.item
    mark: Message | str = say("（拿不准，请细看）") if item.doubtful else _TOLD.get(one.answer, "")
    out = console()
    out.print()
    out.print(Text(f"[{place}] {KINDS[item.kind]} {item.id}  {mark}", style="bold"))
    if isinstance(item.value, dict):
        for name, value in item.value.items():
            show_line(f"  {entry(name, words_of(value))}")
        lacking = [
            name for name in fields_of(item) if name not in item.value and name not in ("span", "confidence")
        ]
        show_line(f"  {say('未填：{names}', names=', '.join(lacking))}")
    else:
        value = "—".join(map(str, item.value)) if item.id == "period" and item.value else words_of(item.value)
        show_line(f"  {entry(item.label, value) if item.kind == 'fact' else item.label}")
    for source in sources.values():
        span = where_said(item, source)
        if span is not None:
            first, last = sentence_around(source, *span)
            raw = source.document.text
            said = Text("  … ")
            said.append(_one_line(raw[first : span[0]]))
            words = raw[span[0] : span[1]]
            said.append(words if out.is_terminal else f"【{words}】", style="reverse")
            said.append(_one_line(raw[span[1] : last]).rstrip())
            out.print(said, soft_wrap=not out.is_terminal)
            return
    if item.span is not None:
        show_line(f"  {say('原文：{text}', text=item.span.text)}")


def _one_line(text: str) -> str:
    return " ".join(text.replace("\t", " ").splitlines())


def _sources(folder: PlanFolder, plan: Plan) -> dict[str, Source]:
    """The documents entries point into, as far as they are there and can be read."""
    from kechuang.plan.preparation.confirm import document_of
    from kechuang.plan.text import Source

    found = {}
    for name in plan.documents:
        try:
            document = document_of(folder, name)
        except KechuangError as error:
            show_error(error)
            continue
        if document is not None:
            found[name] = Source(document)
    return found
