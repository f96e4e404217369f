"""plan.yaml: the structured plan as a file a person can read, correct and confirm."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from kechuang.declared import line_of, read_yaml, validated
from kechuang.errors import Fault, KechuangError, Place, listed, system_trouble
from kechuang.messages import say
from kechuang.plan.model import FrameworkPart, Milestone, Output, Plan, PlanSpan, Weights
from kechuang.plan.paths import path_problems

#: Entries and lists that stand on one line.
_COMPACT = (PlanSpan, FrameworkPart, Weights, Milestone, Output)
_SHORT_LISTS = frozenset({"period", "lead", "partners", "serves", "evidence", "after"})
_WHOLE = 1e15  # up to here a number without fraction is written as a whole one
#: Signs with a meaning in YAML: a text with one of them is quoted, wherever it stands.
_SIGNS = re.compile(r"[:,\[\]{}#&*!|>'\"%@`?\\]|^[-=~<\s]|\s$")


def load_plan(path: str | Path) -> Plan:
    """The plan in a plan.yaml.

    Raises KechuangError (file-missing, not-a-file, file-unreadable, file-empty, yaml-invalid,
    yaml-encoding, plan-inconsistent) with every fault at once, each with its line and the id of its entry.
    """
    path = Path(path)
    try:
        content = read_yaml(path)
    except IsADirectoryError:
        raise KechuangError(
            "not-a-file", say("这是一个文件夹，不是文件"), place=Place(file=str(path))
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise KechuangError(
            "file-missing",
            say("找不到规划文件"),
            place=Place(file=str(path)),
            remedy=say("先由规划文本生成：kechuang plan read 规划文本 -o {file}", file=path.name),
        ) from None
    except OSError as error:
        raise KechuangError(
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    if content is None:
        raise KechuangError("file-empty", say("文件是空的"), place=Place(file=str(path)))
    content = _dates_as_text(content)
    plan = validated(Plan, content, path)
    faults = list(_crossed(plan, content, path))
    if faults:
        raise KechuangError("plan-inconsistent", faults[0].message, place=faults[0].place, faults=faults)
    return plan


def check_consistent(plan: Plan, path: Path) -> None:
    """KechuangError (plan-inconsistent) where :func:`load_plan` would refuse ``plan`` once it is written."""
    faults = list(_crossed(plan, plan.model_dump(mode="json"), path))
    if faults:
        raise KechuangError("plan-inconsistent", faults[0].message, faults=faults)


def _crossed(plan: Plan, content: Any, path: Path) -> Iterator[Fault]:
    """What entries say of each other and cannot: an id given twice, a task that serves no target of the plan."""
    targets = {target.id for target in plan.targets}
    seen: set[str] = set()
    for location, entry in _entries(plan):
        place = Place(file=str(path), line=line_of(content, location))
        if entry.id in seen:
            yield Fault(
                "plan-inconsistent",
                say("编号“{id}”出现了两次；请改成没有用过的编号", id=entry.id),
                place,
            )
        seen.add(entry.id)
        for name in getattr(entry, "serves", ()):
            if name not in targets:
                yield Fault(
                    "plan-inconsistent",
                    say(
                        "“{id}”服务的目标“{name}”不在规划中；规划的目标编号为：{ids}",
                        id=entry.id,
                        name=name,
                        ids=listed(sorted(targets)),
                    ),
                    place,
                )
        yield from _dates(entry, content, location[:-1], path)
    for number, target in enumerate(plan.targets):
        for problem in path_problems(target):
            key = "path" if target.path else "interim"
            place = Place(file=str(path), line=line_of(content, ("targets", number, key)))
            yield Fault("plan-inconsistent", problem, place)
    if plan.period and plan.period[0] > plan.period[1]:
        yield Fault(
            "plan-inconsistent",
            say("规划期的起始年（{first}）晚于结束年（{last}）", first=plan.period[0], last=plan.period[1]),
            Place(file=str(path), line=line_of(content, ("period",))),
        )


def _dates(entry: Any, content: Any, location: tuple[str | int, ...], path: Path) -> Iterator[Fault]:
    """Milestones due on a day that does not exist."""
    for number, milestone in enumerate(getattr(entry, "milestones", ())):
        try:
            date.fromisoformat(milestone.due)
        except ValueError:
            yield Fault(
                "plan-inconsistent",
                say(
                    "“{id}”的节点“{name}”的日期{day}不存在",
                    id=entry.id,
                    name=milestone.name,
                    day=milestone.due,
                ),
                Place(file=str(path), line=line_of(content, (*location, "milestones", number, "due"))),
            )


def _entries(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every entry that has an id, with its place in the file."""
    for number, target in enumerate(plan.targets):
        yield ("targets", number, "id"), target
    for number, programme in enumerate(plan.programmes):
        yield ("programmes", number, "id"), programme
        for place, task in enumerate(programme.tasks):
            yield ("programmes", number, "tasks", place, "id"), task
            for part, subtask in enumerate(task.subtasks):
                yield ("programmes", number, "tasks", place, "subtasks", part, "id"), subtask
    for number, group in enumerate(plan.safeguards):
        yield ("safeguards", number, "id"), group
        for place, measure in enumerate(group.measures):
            yield ("safeguards", number, "measures", place, "id"), measure


def save_plan(plan: Plan, path: str | Path) -> None:
    """Write ``plan`` to ``path``, whole or not at all; folders are made. What is default is left out.

    ``load_plan`` gives back an equal plan. Raises KechuangError (file-unwritable).
    """
    path = Path(path)
    text = plan_text(plan)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as stream:
            stream.write(text)
        temporary = Path(stream.name)
        try:
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        except OSError:
            temporary.unlink()
            raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Trouble with the disk while ``path`` is written, told as KechuangError (file-unwritable)."""
    try:
        yield
    except OSError as error:
        raise KechuangError(
            "file-unwritable",
            say("写不了文件：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
            remedy=say("请核对文件夹的写入权限和磁盘空间。"),
        ) from None


def plan_text(plan: Plan) -> str:
    """``plan`` as the YAML of plan.yaml."""
    content = _entry(plan)
    header = (
        say("这是规划定稿：已经人工确认。修改后请再核对。")
        if plan.status == "confirmed"
        else say("这是规划草案：由机器读出，须逐条核对原文，确认后把 status 改为 confirmed。")
    )
    span = say("span 是原文位置：document 文件中第 start 至 end 个字（从0数起，不含 end），text 是原文。")
    content.yaml_set_start_comment(f"{header}\n{span}")
    yaml = YAML(typ="rt")
    yaml.width = 2**31
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


def _entry(model: BaseModel) -> CommentedMap:
    """An entry with its fields in the model's order, without those that only say the default."""
    content = CommentedMap()
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if not field.is_required() and not value and value == field.get_default(call_default_factory=True):
            continue
        content[name] = _value(value, flow=name in _SHORT_LISTS)
    if isinstance(model, _COMPACT):
        content.fa.set_flow_style()
    return content


def _value(value: Any, flow: bool = False) -> Any:
    if isinstance(value, BaseModel):
        return _entry(value)
    if isinstance(value, (list, tuple)):
        items = CommentedSeq(_value(item) for item in value)
        if flow:
            items.fa.set_flow_style()
        return items
    if isinstance(value, dict):
        return CommentedMap((key, _value(item)) for key, item in value.items())
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return int(value)
    if isinstance(value, str) and not value.isprintable():
        return DoubleQuotedScalarString(value)
    if isinstance(value, str) and _SIGNS.search(value):
        return SingleQuotedScalarString(value)
    return value


def _dates_as_text(content: Any) -> Any:
    """Dates written without quotes (issued: 2022-04-07) are text in a plan. Keeps line numbers."""
    keys: list[Any] = []
    if isinstance(content, CommentedMap):
        keys = list(content)
    elif isinstance(content, CommentedSeq):
        keys = list(range(len(content)))
    for key in keys:
        value = content[key]
        if isinstance(value, date):
            content[key] = value.isoformat()
        else:
            _dates_as_text(value)
    return content


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
