"""Files of declarations (YAML) that people write: read into models, with errors that name file, line and key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import Message, literal, say

Model = TypeVar("Model", bound=BaseModel)
#: More values than any file of declarations holds; references that multiply would reach it (an attack).
_MOST_VALUES = 1_000_000


def read_yaml(path: Path) -> Any:
    """The content of a YAML file (mappings keep line numbers); a clear error where it is damaged."""
    try:
        content = YAML(typ="rt").load(path.read_text("utf-8-sig"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _invalid(path, literal(error.problem or ""), line) from None
    except UnicodeDecodeError:
        raise KechuangError("yaml-encoding", say("文件不是UTF-8编码"), place=Place(file=str(path))) from None
    except (YAMLError, ValueError) as error:  # a sign YAML forbids; a date that does not exist
        raise _invalid(path, literal(str(error).splitlines()[0] if str(error) else "")) from None
    except RecursionError:
        raise _invalid(path, say("嵌套层次过多")) from None
    if _too_much(content):
        raise _invalid(path, say("引用展开后内容过多"))
    return content


def validated(model: type[Model], content: Any, path: Path) -> Model:
    """``content`` as ``model``; every fault at once, each with the line of its key."""
    try:
        return model.model_validate(plain(content))
    except ValidationError as error:
        faults = [
            Fault(
                "yaml-invalid",
                say("“{key}”：{problem}", key=_key(content, fault["loc"]), problem=_problem(fault)),
                Place(file=str(path), line=line_of(content, fault["loc"])),
            )
            for fault in error.errors()
        ]
        raise KechuangError("yaml-invalid", faults[0].message, place=faults[0].place, faults=faults) from None


def plain(content: Any) -> Any:
    """ruamel's containers as ordinary ones."""
    if isinstance(content, Mapping):
        return {str(key) if key is True else key: plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [plain(value) for value in content]
    return content


def line_of(content: Any, location: tuple[Any, ...]) -> int | None:
    """The line of the deepest part of ``location`` the file has."""
    line: int | None = None
    for part in location:
        marks = getattr(content, "lc", None)
        if marks is None:
            return line
        try:
            line = (marks.key(part) if isinstance(content, Mapping) else marks.item(part))[0] + 1
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return line
    return line


def _key(content: Any, location: tuple[Any, ...]) -> str:
    """The key in words: ``targets.T3.unit``; an entry of a list by its id or name where it has one."""
    parts = []
    for part in location:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            content = None
        named = None
        if isinstance(part, int) and isinstance(content, Mapping):
            named = content.get("id") or content.get("name")
        parts.append(named if isinstance(named, str) else str(part))
    return ".".join(parts)


def _problem(fault: ErrorDetails) -> Message:
    """What is wrong with a value, in words for the person who wrote it."""
    kind, detail = fault["type"], fault.get("ctx", {})
    if kind == "missing":
        return say("缺少这一项")
    if kind == "extra_forbidden":
        return say("没有这一项，请核对拼写")
    if kind == "literal_error":
        return say("只能是{expected}", expected=str(detail.get("expected", "")).replace(" or ", ", "))
    if kind in ("float_type", "float_parsing"):
        return say("应为数字，不是“{value}”", value=fault["input"])
    if kind in ("int_type", "int_parsing", "int_from_float"):
        return say("应为整数，不是“{value}”", value=fault["input"])
    if kind == "string_type":
        return say("应为文字，不是“{value}”；可加引号", value=fault["input"])
    if kind in ("list_type", "tuple_type"):
        return say("应为列表")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return say("应为“名称: 值”的若干行")
    return literal(fault["msg"])


def _too_much(content: Any) -> bool:
    count, open_ = 0, [content]
    while open_:
        value = open_.pop()
        count += 1
        if count > _MOST_VALUES:
            return True
        if isinstance(value, Mapping):
            open_.extend(value.values())
        elif isinstance(value, list):
            open_.extend(value)
    return False


def _invalid(path: Path, problem: Message, line: int | None = None) -> KechuangError:
    return KechuangError(
        "yaml-invalid",
        say("YAML格式有误：{problem}", problem=problem),
        place=Place(file=str(path), line=line),
    )
