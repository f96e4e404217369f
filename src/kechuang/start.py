"""Makes a new workspace folder: settings, folders and, if documents are given, the draft plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kechuang.errors import KechuangError, listed
from kechuang.language.regions import Region, RegionTree
from kechuang.messages import say
from kechuang.settings import FILE
from kechuang.workspace import Workspace

FOLDERS = ("plan/source", "records/inbox", "out")


def new_workspace(folder: Path, *, region: str, name: str, plan_files: Sequence[Path] = ()) -> Workspace:
    """A workspace in ``folder``, which must be new or empty; nothing is left behind on an error."""
    folder, name = folder.expanduser(), name.strip()
    if not name:
        raise KechuangError("empty-name", say("规划名称是空的"), remedy=say("请用 --name 给出规划名称。"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KechuangError(
            "folder-not-empty",
            say("{folder} 已存在且不是空文件夹", folder=folder),
            remedy=say("请另给一个文件夹。"),
        )
    tree = RegionTree.national()
    found = tree.find(region)
    alike = tree.all_called(region.strip())
    if found is None and alike:
        raise KechuangError(
            "ambiguous-region",
            say("叫“{region}”的地区不止一个", region=region),
            remedy=say("请给其中一个的代码：{codes}", codes=listed([_full(tree, one) for one in alike])),
        )
    if found is None:
        raise KechuangError(
            "unknown-region",
            say("没有名为或代码为“{region}”的地区", region=region),
            remedy=say("请给六位行政区划代码，或省、市、县的全称。"),
        )
    plan = None
    if plan_files:
        from kechuang.plan.read import read_plan

        plan = read_plan(plan_files)
    for part in FOLDERS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    if plan is not None:
        from kechuang.plan.file import save_plan

        save_plan(plan, folder / "plan" / "plan.yaml")
        for file in plan_files:
            (folder / "plan" / "source" / file.name).write_bytes(file.read_bytes())
    (folder / FILE).write_text(
        "[workspace]\n"
        f"name = {_toml(name)}\n"
        f"region = {_toml(found.code)}\n"
        'language = "zh"\n'
        'plan = "plan/plan.yaml"\n'
        'packs = ["st-core"]\n'
        'database = "sqlite"\n'
        "sample = false\n"
        "\n[records]\n"
        "review = false\n"
        "\n[progress]\n"
        "tolerance = 0.9\n",
        "utf-8",
    )
    return Workspace.open(folder)


def _full(tree: RegionTree, region: Region) -> str:
    """A region's code and its name with those above it."""
    above = "".join(one.name for one in reversed(tree.ancestors(region.code)))
    return f"{region.code} {above}{region.name}"


def _toml(text: str) -> str:
    """``text`` as a TOML basic string."""
    import json

    return json.dumps(text, ensure_ascii=False)
