"""What became of a plan: entries matched by what they say, changes told apart, both ways the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.plan.compare import Difference, EntryChange, Side, compare, open_side, wording
from kechuang.plan.model import Action, Plan, Programme, Safeguard, Target, Task

Make = Callable[..., Side]

TEXT = """\
青禾县“十四五”科技创新规划

一、发展目标

到2025年，全县高新技术企业达到60家，科技型中小企业达到120家，技术合同成交额突破3亿元。

二、重点任务

（一）实施企业培育工程

1. 建立高新技术企业培育库。完善入库标准，实行动态管理。

2. 支持龙头企业牵头组建创新联合体。

（二）实施农业科技提升工程

1. 推广节水灌溉技术。

2. 建设设施蔬菜示范基地。

三、保障措施

（一）加强组织领导

1. 成立县科技创新委员会。

2. 建立部门联席会议制度。
"""


def only(difference: Difference, kind: str) -> list[EntryChange]:
    return [e for e in difference.entries if e.item.kind == kind and e.change != ("kept",)]


def test_the_same_plan_twice_gives_no_difference(side: Make) -> None:
    found = compare(side(TEXT, "a.txt"), side(TEXT, "b.txt"))
    assert found.same
    assert found.as_dict()["text"] == []
    assert set(found.summary()["target"]) == {"kept"}
    assert found.summary()["text"] == {"kept": 14}


def test_forms_of_writing_make_no_difference(side: Make) -> None:
    other = TEXT.replace("60家", "６０ 家").replace("县", "縣").replace("，", ",")
    assert not compare(side(TEXT, "a.txt"), side(other, "b.txt")).changed_text


def test_a_value_made_higher_is_a_changed_field_with_spans_on_both_sides(side: Make) -> None:
    found = compare(side(TEXT, "a.txt"), side(TEXT.replace("60家", "80家"), "b.txt"))
    (entry,) = only(found, "target")
    assert entry.change == ("value",)
    assert [(f.field, f.old, f.new) for f in entry.fields] == [("value", 60, 80)]
    data = entry.as_dict()
    assert "60家" in data["a"]["span"]["text"] and "80家" in data["b"]["span"]["text"]
    (text,) = found.changed_text
    assert [(p.old, p.new) for p in text.words if not p.same] == [("60", "80")]


def test_a_target_put_in_front_does_not_make_the_others_new(side: Make) -> None:
    """Ids only count: T1 is another target now, and nothing else changed."""
    other = TEXT.replace("全县高新技术企业", "研发人员达到500人，高新技术企业").replace("全县高", "高")
    found = compare(side(TEXT.replace("全县高", "高"), "a.txt"), side(other, "b.txt"))
    (entry,) = only(found, "target")
    assert entry.change == ("added",) and entry.b is not None and entry.b.name.startswith("研发人员")
    kept = [(e.a.id, e.b.id) for e in found.entries if e.a and e.b and e.item.kind == "target"]
    assert kept == [("T1", "T2"), ("T2", "T3"), ("T3", "T4")]


def test_a_task_under_another_programme_moved_and_may_be_reworded_too(side: Make) -> None:
    line = "2. 支持龙头企业牵头组建创新联合体。\n\n"
    new = "3. 支持骨干企业牵头组建创新联合体。\n\n"
    other = TEXT.replace(line, "").replace("三、保障措施", new + "三、保障措施")
    found = compare(side(TEXT, "a.txt"), side(other, "b.txt"))
    (entry,) = only(found, "task")
    assert entry.change == ("moved", "reworded")
    assert entry.a is not None and entry.b is not None
    assert (entry.a.id, entry.b.id) == ("P1.2", "P2.3")
    assert [(p.old, p.new) for p in entry.words if not p.same] == [("龙头", "骨干")]
    data = entry.as_dict()
    assert [f["field"] for f in data["fields"]] == ["title"]
    assert data["b"]["title"] == "支持骨干企业牵头组建创新联合体"
    (text,) = found.changed_text
    assert text.change == ("moved", "reworded")


def test_what_moved_is_told_from_what_was_removed_and_added(side: Make) -> None:
    lines = TEXT.split("\n\n")
    lines.append(lines.pop(2))
    found = compare(side(TEXT, "a.txt"), side("\n\n".join(lines), "b.txt"))
    assert Counter(c for change in found.changed_text for c in change.change) == {"moved": 1}


def test_a_renamed_programme_is_known_by_its_tasks(side: Make) -> None:
    found = compare(
        side(TEXT, "a.txt"), side(TEXT.replace("实施农业科技提升工程", "办好田间地头的事"), "b.txt")
    )
    (entry,) = only(found, "programme")
    assert entry.change == ("reworded",)
    assert not only(found, "task")


def test_an_indicator_under_another_name_is_the_same_indicator() -> None:
    one = Target(id="T1", name="研发经费投入强度", value=2.0, unit="%", year=2025)
    other = Target(id="T1", name="R&D经费支出占地区生产总值比重", value=2.2, unit="%", year=2025)
    found = compare(Side("a", Plan(title=None, targets=[one])), Side("b", Plan(title=None, targets=[other])))
    (entry,) = found.entries[1:]  # after the status
    assert entry.change == ("reworded", "value")


def test_fields_of_an_office_are_compared_between_plan_files_only() -> None:
    one = Target(id="T1", name="研发人员", value=2, unit="人", year=2025)
    other = one.model_copy(update={"indicator": "rd_fte", "lead": ["科技局"]})
    a, b = Plan(title="甲", targets=[one]), Plan(title="甲", targets=[other])
    both = compare(Side("a", a), Side("b", b)).entries[-1]
    assert {f.field for f in both.fields} == {"indicator", "lead"}
    drafted = compare(Side("a", a, draft=True), Side("b", b)).entries[-1]
    assert {f.field for f in drafted.fields} == {"lead"}


def test_without_a_text_on_one_side_the_text_is_not_compared(side: Make) -> None:
    found = compare(side(TEXT), Side("b", side(TEXT).plan))
    assert found.text is None and found.as_dict()["text"] is None
    assert "text" not in found.summary()


WORDS = ["建设", "科技", "创新", "企业", "平台", "培育", "节水", "示范", "人才", "引进", "推广", "基地"]
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    def action(kind: type, id_: str) -> Any:
        return kind(
            id=id_, title=draw(titles), lead=draw(st.lists(st.sampled_from(["甲局", "乙局"]), max_size=2))
        )

    return Plan(
        title=draw(st.one_of(st.none(), titles)),
        basis=draw(st.lists(titles, max_size=3)),
        targets=[
            Target(
                id=f"T{n}",
                name=draw(titles),
                value=draw(st.sampled_from([1, 2, 60])),
                unit=draw(st.sampled_from(["家", "%"])),
                year=draw(st.sampled_from([2025, 2030])),
            )
            for n in range(draw(st.integers(0, 5)))
        ],
        programmes=[
            Programme(
                id=f"P{p}",
                title=draw(titles),
                tasks=[action(Task, f"P{p}.{n}") for n in range(draw(st.integers(0, 4)))],
            )
            for p in range(draw(st.integers(0, 3)))
        ],
        safeguards=[
            Safeguard(id="S1", title=draw(titles), measures=[action(Action, "S1.1")])
            for _ in range(draw(st.integers(0, 2)))
        ],
    )


texts = st.lists(st.lists(titles, min_size=1, max_size=6).map("，".join), max_size=8).map("\n".join)


def _told(entry: Any) -> tuple[Any, ...]:
    return entry.change, entry.a, entry.b, entry.fields, entry.words


def _told_back(entry: Any) -> tuple[Any, ...]:
    turned = entry.mirrored()
    return turned.change, turned.a, turned.b, turned.fields, turned.words


@settings(max_examples=80, deadline=None)
@given(plans(), plans())
def test_the_other_way_round_says_the_same_of_entries(a: Plan, b: Plan) -> None:
    there, back = compare(Side("a", a), Side("b", b)), compare(Side("b", b), Side("a", a))
    assert sorted(map(repr, map(_told, there.entries))) == sorted(map(repr, map(_told_back, back.entries)))
    # Each entry stands once on each side, and the new side in its own order.
    assert Counter(e.place_a for e in there.entries if e.a)[0] <= 1
    news = [e.place_b for e in there.entries if e.place_b is not None]
    assert news == sorted(set(news))


@pytest.mark.parametrize("draft", [True, False])
@settings(max_examples=30, deadline=None)
@given(plan=plans())
def test_a_plan_never_differs_from_itself(plan: Plan, draft: bool) -> None:
    assert compare(Side("a", plan, draft=draft), Side("b", plan)).same


def test_texts_with_nothing_in_common_are_pointed_out(side: Make) -> None:
    other = "\n".join(f"第{n}项 甲乙丙丁戊己庚辛壬癸" for n in range(20))
    found = compare(side(TEXT, "a.txt"), side(other, "b.txt"))
    warned = wording.caution(found)
    assert warned is not None and "核对文件" in warned.zh
    assert wording.caution(compare(side(TEXT, "a.txt"), side(TEXT.replace("企业", "单位"), "c.txt"))) is None


def test_what_is_left_between_the_same_neighbours_needs_less_in_common(side: Make) -> None:
    other = TEXT.replace("2. 建设设施蔬菜示范基地。", "2. 把蔬菜基地办成示范。")
    (entry,) = only(compare(side(TEXT, "a.txt"), side(other, "b.txt")), "task")
    assert entry.change == ("reworded",)
    elsewhere = other.replace("2. 把蔬菜基地办成示范。\n", "").replace(
        "1. 建立", "1. 把蔬菜基地办成示范。\n\n2. 建立"
    )
    found = {e.change for e in only(compare(side(TEXT, "a.txt"), side(elsewhere, "c.txt")), "task")}
    assert found == {("removed",), ("added",)}


@pytest.mark.shared
def test_a_plan_told_in_other_words_throughout_is_still_the_same_plan(root: Path, shared: Path) -> None:
    """The example's document tells the entries of the public one in its own words, in the same order."""
    public = shared / "data" / "plans" / "kashgar_145_interpretation.txt"
    (own,) = (root / "examples" / "kashgar" / "plan" / "source").glob("*.docx")
    found = compare(open_side(public), open_side(own))
    actions = [
        e for e in found.entries if e.item.kind in ("target", "programme", "task", "safeguard", "measure")
    ]
    same = [e for e in actions if e.a and e.b and e.a.id == e.b.id]
    assert len(same) >= 0.95 * len(actions)
