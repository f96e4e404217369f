"""A workspace's own regions: read with every fault at once, and used by import and figures alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.territory import joined
from kechuang.workspace import Workspace

TREE = RegionTree.national()
GOOD = """
zones:
  - {code: 3305A1, name: 示例经济开发区, within: 330500}
enclaves:
  - {code: 659002, in: 652900, counted: true, source: 约定}
changes:
  - {date: 2024-05-01, kind: merge, before: [330502, 330503], after: [330502], names: 甲→乙, source: 批复}
"""


def test_no_file_changes_nothing(tmp_path: Path) -> None:
    assert joined(tmp_path, TREE) is TREE
    (tmp_path / "regions.yaml").write_text("", "utf-8")
    assert joined(tmp_path, TREE) is TREE


def test_what_the_file_says_is_joined(tmp_path: Path) -> None:
    (tmp_path / "regions.yaml").write_text(GOOD, "utf-8")
    tree = joined(tmp_path, TREE)
    assert tree.contains("330500", "3305A1")
    assert tree.contains("652900", "659002")
    assert [change.names for change in tree.crossing("330502")] == ["甲→乙"]
    assert not tree.crossing("330500")


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("code: 3305A1", "code: 330502", 1),
        ("within: 330500", "within: 999999", 1),
        ("in: 652900", "in: 659002", 1),
        ("after: [330502]", "after: [330502, 888888]", 1),
        ("kind: merge", "kind: rename", 1),
        ("kind: merge", "kind: moved", 1),
        ("date: 2024-05-01", "date: soon", 1),
        ("counted: true, ", "", 1),
    ],
)
def test_every_fault_has_its_line(tmp_path: Path, old: str, new: str, count: int) -> None:
    text = GOOD.replace(old, new)
    (tmp_path / "regions.yaml").write_text(text, "utf-8")
    with pytest.raises(KechuangError) as caught:
        joined(tmp_path, TREE)
    assert len(caught.value.faults) == count
    line = next(number for number, one in enumerate(text.splitlines(), 1) if new in one and new) if new else 5
    assert {fault.place.line for fault in caught.value.faults} == {line}


def test_old_codes_are_read_as_new_ones_or_refused(tmp_path: Path) -> None:
    (tmp_path / "kechuang.toml").write_text(
        '[workspace]\nname = "x"\nregion = "350600"\npacks = ["st-core"]\n', encoding="utf-8"
    )
    ws = Workspace.open(tmp_path)
    path = tmp_path / "gdp.csv"
    path.write_text("region,year,gdp,release,source\n350681,2020,12,final,统计局\n", "utf-8")
    result = ws.store.import_files([path], type="accounts", who="x", reviewer=None)
    assert not [fault for fault in result.faults if fault.severity == "error"]
    assert [version.data["region"] for version in ws.store.as_of(ws.today, "accounts")] == ["350604"]
    (tmp_path / "regions.yaml").write_text(
        "changes: [{date: 2024-01-01, kind: merge, before: ['350699', '350604'], after: ['350604'], "
        "names: 某县、龙海区→龙海区, source: 批复}]\n",
        "utf-8",
    )
    path.write_text("region,year,gdp,release,source\n350699,2021,12,final,统计局\n", "utf-8")
    again = Workspace.open(tmp_path).store.import_files([path], type="accounts", who="x", reviewer=None)
    assert [fault.code for fault in again.faults if fault.severity == "error"] == ["region-replaced"]
