"""What may be held against the plan: its versions, other plans and documents of the workspace, files brought along.

Each has a short name an address can carry: ``now``, ``draft``, ``v3``, ``file:basis/national.yaml``, ``up:TOKEN``.
A file brought along is bound to the account that brought it, and cleared away after some days.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import Message, dated, literal, say
from kechuang.plan.compare import Side, open_side
from kechuang.plan.file import load_plan
from kechuang.plan.preparation.amending import target_on
from kechuang.plan.preparation.folder import sha256_of
from kechuang.plan.preparation.versions import Version, versions_of
from kechuang.web.access import Hidden
from kechuang.web.models import User
from kechuang.web.rooms import plan_known
from kechuang.web.workspaces import served

PLANS, TEXTS = (".yaml", ".yml"), (".docx", ".pdf", ".txt", ".html", ".htm")
SUFFIXES = (*TEXTS, *PLANS)
#: A file brought along is cleared away after so many seconds.
KEPT = 3 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')


@dataclass(frozen=True)
class Source:
    """Something to compare; ``own``: a state of the office's own plan; ``title``: the label in short."""

    name: str
    label: Message
    path: Path
    own: bool
    title: Message

    @property
    def digest(self) -> str:
        return sha256_of(self.path.read_bytes())

    def side(self, *, bare: bool) -> Side:
        """The plan in it. ``bare``: without the text, which both sides share."""
        if not self.own:
            found = open_side(self.path)
            return Side(str(self.label), found.plan, found.documents, found.draft)
        plan = load_plan(self.path)
        # Held against each other are the targets in force, not what the plan once promised.
        plan = plan.model_copy(update={"targets": [target_on(one, date.max) for one in plan.targets]})
        documents = (
            () if bare else tuple(plan_known.document(one) for one in plan_known.sources(plan).values())
        )
        return Side(str(self.label), plan, documents)


def sources_of(user: User) -> list[Source]:
    """Everything this account may hold against something."""
    known = plan_known.known()
    folder = plan_known.folder_of()
    now = say("现行规划（草案）") if known.draft else say("现行规划")
    found = [Source("now", now, folder.plan_file, True, now)]
    versions = [] if known.trouble else versions_of(folder, known.entries)
    found += [
        Source(f"v{one.number}", version_label(one), one.path, True, version_label(one))
        for one in reversed(versions)
        if not one.current
    ]
    draft = folder.folder / folder.draft_name
    if known.state.begun is not None and draft.is_file():
        found.append(Source("draft", say("机器读出的草案"), draft, True, say("机器读出的草案")))
    found += [
        Source(f"file:{name}", literal(_labelled(name, title)), path, False, literal(title))
        for name, title, path in _others()
    ]
    found += _brought(user)
    return found


def version_label(one: Version) -> Message:
    if not one.made:
        return say("第{n}版（登记以前）", n=one.number)
    return say("第{n}版（{day}）", n=one.number, day=dated(one.made[-1].day))


def named(user: User, name: str) -> Source:
    """The source called so; 404 for what is not there or somebody else's."""
    found = next((one for one in sources_of(user) if one.name == name), None)
    if found is None:
        raise Hidden
    return found


def _others() -> list[tuple[str, str, Path]]:
    """Other plans and documents below the plan's folder: name, title, path."""
    folder = plan_known.folder_of()
    root = folder.folder
    aside = {folder.versions, folder.consultation}
    own = {folder.plan_file, root / folder.draft_name}
    found = []
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        hidden = any(part.startswith(".") or part.endswith("versions") for part in place.parts)
        if path.suffix.lower() not in SUFFIXES or hidden or path in own or not path.is_file():
            continue
        if any(one in path.parents for one in aside) or path.suffix.lower() not in (*PLANS, *TEXTS):
            continue
        title = _title(path, path.stat().st_mtime_ns) if path.suffix.lower() in PLANS else path.stem
        if title is not None:
            found.append((place.as_posix(), title, path))
    return found


@lru_cache(maxsize=64)
def _title(path: Path, _: int) -> str | None:
    """What a plan file calls itself; None where it is no plan."""
    try:
        plan = load_plan(path)
    except KechuangError:
        return None
    return plan.plan_title or plan.title or path.stem


def _labelled(name: str, title: str) -> str:
    """A plan by its title and file, a document by its file alone: that mostly is its title."""
    return f"{title}（{name}）" if name.endswith(PLANS) else name.rpartition("/")[2]


# -- files brought along


def bring(user: User, file: Any) -> str:
    """Keep a file somebody brought to compare with; its name among the sources. KechuangError for another kind."""
    from kechuang.web.site import UPLOAD

    name = _UNSAFE.sub("_", Path(str(file.name)).name)[-120:] or "upload"
    if Path(name).suffix.lower() not in SUFFIXES:
        raise KechuangError(
            "upload-suffix",
            say("“{name}”不是规划文本：要 docx、pdf、txt、html 或 plan.yaml", name=name),
            remedy=say("旧的 .doc 请在文字处理软件中另存为 .docx。"),
        )
    if not file.size:
        raise KechuangError("upload-empty", say("文件是空的"), remedy=say("请选有内容的文件。"))
    if file.size > UPLOAD:
        raise KechuangError("upload-size", say("文件超过{n}MB，没有上传", n=UPLOAD // 1024 // 1024))
    clear()
    token = secrets.token_urlsafe(18)
    folder = _place() / token
    folder.mkdir(parents=True)
    with (folder / name).open("wb") as stream:
        for chunk in file.chunks():
            stream.write(chunk)
    (folder / "brought.json").write_text(json.dumps({"user": user.pk, "name": name}), "utf-8")
    return f"up:{token}"


def clear(now: float | None = None) -> None:
    """Clear away what was brought long ago."""
    before = (now or time.time()) - KEPT
    for folder in _place().glob("*/"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def _brought(user: User) -> list[Source]:
    found = []
    for folder in sorted(_place().glob("*/"), key=lambda one: -one.stat().st_mtime):
        try:
            note = json.loads((folder / "brought.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        path = folder / str(note.get("name", ""))
        if note.get("user") == user.pk and _TOKEN.fullmatch(folder.name) and path.is_file():
            label = say("上传的文件：{name}", name=path.name)
            found.append(Source(f"up:{folder.name}", label, path, False, literal(path.name)))
    return found


def _place() -> Path:
    folder = served().folder / "cache" / "compared"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
