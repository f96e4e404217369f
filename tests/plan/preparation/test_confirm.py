"""Confirming: every entry gets an answer that holds only as long as the entry stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.file import load_plan, save_plan
from kechuang.plan.preparation.confirm import Confirming, Standing, draft_of, in_order, standings
from kechuang.plan.preparation.difference import draft_difference
from kechuang.plan.preparation.edit import assigned
from kechuang.plan.preparation.folder import PlanFolder, sha256_of
from kechuang.plan.preparation.items import items_of

Refused = Callable[[str], AbstractContextManager[object]]


def sit(folder: PlanFolder, act: Callable[[Confirming], object]) -> bool:
    with folder.change() as change:
        sitting = Confirming(change)
        act(sitting)
        return sitting.finish()


def answers(folder: PlanFolder) -> dict[str, Standing]:
    state = folder.state()
    return {one.item.id: one for one in standings(folder.plan(), draft_of(folder, state), state.decisions)}


def test_every_entry_of_the_plan_is_asked_for(folder: PlanFolder) -> None:
    plan = folder.plan()
    ids = {item.id for item in items_of(plan)}
    assert {"title", "period", "issuer", "T1", "T2", "T3", "P1", "P1.1", "S1", "S1.1", "stages.4"} <= ids
    assert len(plan.targets) == 3 and len(plan.stages) == 4
    assert all(one.open for one in standings(plan, None, {}))


def test_doubtful_entries_come_first(folder: PlanFolder) -> None:
    plan = folder.plan()
    plan.targets[2].confidence = 0.4
    first = in_order(standings(plan, None, {}))[0]
    assert first.item.id == "T3"
    assert first.item.doubtful


def test_answers_are_kept_and_the_last_one_confirms_the_plan(folder: PlanFolder) -> None:
    draft = folder.plan_file.read_bytes()
    assert not sit(folder, lambda sitting: sitting.keep(["T1", "title"]))
    assert (folder.folder / "draft.yaml").read_bytes() == draft
    assert folder.plan_file.read_bytes() == draft
    assert {name for name, one in answers(folder).items() if not one.open} == {"T1", "title"}
    assert sit(folder, lambda sitting: sitting.keep(["all"]))
    assert load_plan(folder.plan_file).status == "confirmed"
    assert all(item.confidence is None for item in items_of(folder.plan()))
    assert folder.state().completed == folder.today
    assert not any(one.open for one in answers(folder).values())
    assert (folder.folder / "draft.yaml").read_bytes() == draft


def test_the_version_before_a_change_is_kept_and_named_by_the_journal(folder: PlanFolder) -> None:
    before = folder.plan_file.read_bytes()
    sit(folder, lambda sitting: sitting.set([("T1.value", "66")]))
    entry = folder.journal.read()[-1]
    change = entry.content.plan  # type: ignore[attr-defined]
    assert (folder.versions / "0001.yaml").read_bytes() == before
    assert (folder.versions / "0002.yaml").read_bytes() == folder.plan_file.read_bytes()
    assert change.before == sha256_of(before)
    assert change.after == sha256_of(folder.plan_file.read_bytes())
    assert change.version == 2


def test_a_field_is_set_in_the_words_an_officer_writes(folder: PlanFolder) -> None:
    texts = [
        "T1.value=1,260", "T1.comparator=≤", "T1.nature=约束性", "T1.direction=下降", "T1.unit=个",
        "T1.lead=科技局、工信局", "T1.baseline.value=30", "T1.baseline.year=2020", "T1.interim.2023=45",
        "period=2021—2025年", "issuer=临水市人民政府办公室", "P1.1.title=培育科技企业", "stages.1.end=2020-07",
    ]  # fmt: skip
    sit(folder, lambda sitting: sitting.set([assigned(text) for text in texts]))
    plan = folder.plan()
    target = plan.targets[0]
    assert (target.value, target.comparator, target.nature) == (1260, "<=", "binding")
    assert (target.direction, target.unit, target.lead) == ("down", "个", ["科技局", "工信局"])
    assert target.baseline is not None
    assert (target.baseline.value, target.baseline.year) == (30, 2020)
    assert target.interim == {2023: 45}
    assert plan.period == (2021, 2025)
    assert plan.issuer == "临水市人民政府办公室"
    assert plan.programmes[0].tasks[0].title == "培育科技企业"
    assert plan.stages[0].end == "2020-07"
    assert answers(folder)["T1"].answer == "changed"
    sit(folder, lambda sitting: sitting.set([("T1.baseline", "无"), ("T1.interim.2023", "")]))
    assert folder.plan().targets[0].baseline is None
    assert folder.plan().targets[0].interim == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("T1.value=六十", "yaml-invalid"),
        ("T1.nature=也许", "yaml-invalid"),
        ("T1.worth=60", "no-field"),
        ("T1.id=T9", "no-field"),
        ("T1.span.start=3", "no-field"),
        ("T1.baseline=30", "no-field"),
        ("T1=60", "no-field"),
        ("T99.value=60", "no-item"),
        ("period=明年", "not-a-period"),
        ("T1.value", "not-an-assignment"),
        ("title.words=x", "no-field"),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_changes(
    folder: PlanFolder, refused: Refused, text: str, code: str
) -> None:
    before = folder.plan_file.read_bytes()
    with refused(code):
        sit(folder, lambda sitting: sitting.set([assigned("T2.value=3"), assigned(text)]))
    assert folder.plan_file.read_bytes() == before
    assert not folder.journal.exists
    assert not (folder.folder / "draft.yaml").exists()


def test_a_dropped_entry_needs_a_reason_and_can_come_back_to_its_place(
    folder: PlanFolder, refused: Refused
) -> None:
    with refused("reason-missing"):
        sit(folder, lambda sitting: sitting.drop(["T2"], " "))
    plan = folder.plan()
    plan.programmes[0].tasks[0].serves = ["T2", "T3"]
    save_plan(plan, folder.plan_file)
    sit(folder, lambda sitting: sitting.drop(["T2"], "是已达到的数"))
    assert [target.id for target in folder.plan().targets] == ["T1", "T3"]
    assert folder.plan().programmes[0].tasks[0].serves == ["T3"]
    assert answers(folder)["T2"].answer == "dropped"
    assert answers(folder)["T2"].reason == "是已达到的数"
    sit(folder, lambda sitting: sitting.keep(["T2"]))
    assert [target.id for target in folder.plan().targets] == ["T1", "T2", "T3"]
    assert answers(folder)["T2"].answer == "kept"


def test_dropping_a_programme_drops_its_tasks(folder: PlanFolder, refused: Refused) -> None:
    sit(folder, lambda sitting: sitting.drop(["P1"], "不是工程"))
    assert folder.plan().programmes == []
    found = answers(folder)
    assert {name for name, one in found.items() if one.answer == "dropped"} == {"P1", "P1.1", "P1.2"}
    with refused("parent-dropped"):
        sit(folder, lambda sitting: sitting.keep(["P1.2"]))
    sit(folder, lambda sitting: sitting.keep(["P1", "P1.2"]))
    assert [task.id for task in folder.plan().programmes[0].tasks] == ["P1.2"]


def test_an_entry_changed_by_hand_asks_again_and_is_noted(folder: PlanFolder) -> None:
    sit(folder, lambda sitting: sitting.keep(["all"]))
    plan = folder.plan()
    plan.targets[0].value = 61
    plan.targets[1].indicator = "rd_intensity"  # the office's own work needs no new answer
    del plan.targets[2]
    save_plan(plan, folder.plan_file)
    found = answers(folder)
    assert [found[name].answer for name in ("T1", "T2", "T3")] == ["stale", "kept", "gone"]
    sit(folder, lambda sitting: (sitting.keep(["T1"]), sitting.drop(["T3"], "重复")))
    assert not any(one.open for one in answers(folder).values())
    kinds = [entry.kind for entry in folder.journal.read()]
    assert kinds.count("plan.edited") == 1
    assert folder.verify() == []


def test_what_the_machine_missed_is_added_from_a_snippet_with_its_place(
    folder: PlanFolder, tmp_path: Path, refused: Refused
) -> None:
    snippet = tmp_path / "add.yaml"
    snippet.write_text(
        "targets:\n  - {name: 研发机构数, value: 20, unit: 家, year: 2025, quote: 支持企业建立研发机构}\n"
        "tasks:\n  - {in: P1, title: 引进人才}\nbasis: [《临水市国民经济和社会发展第十四个五年规划纲要》]\n",
        "utf-8",
    )
    made: list[str] = []
    sit(folder, lambda sitting: made.extend(sitting.add(snippet)))
    assert made == ["basis.1", "T4", "P1.3"]
    target = folder.plan().targets[3]
    assert target.span is not None
    text = (folder.folder / "source" / "规划.txt").read_text("utf-8")
    assert text[target.span.start : target.span.end] == target.span.text == "支持企业建立研发机构"
    sit(folder, lambda sitting: sitting.drop(["T4"], "不是目标"))
    snippet.write_text("{name: 另一个, value: 1, unit: 家, year: 2025}", "utf-8")
    sit(folder, lambda sitting: sitting.add(snippet))
    assert folder.plan().targets[3].id == "T5"  # an id is never given twice
    for text_, code in (
        ("{value: 3}", "snippet-invalid"),
        ("tasks: [{in: P9, title: x}]", "no-item"),
        ("targets: [{name: x, value: 很多}]", "yaml-invalid"),
        ("targets: [{name: x, value: 1, quote: 文中没有这样的话语}]", "no-place"),
        ("targets: [{id: T1, name: x, value: 1}]", "id-taken"),
    ):
        snippet.write_text(text_, "utf-8")
        with refused(code):
            sit(folder, lambda sitting: sitting.add(snippet))


def test_the_difference_tells_what_was_misread(folder: PlanFolder, tmp_path: Path) -> None:
    snippet = tmp_path / "add.yaml"
    snippet.write_text("{name: 研发机构数, value: 20, unit: 家, year: 2025}", "utf-8")

    def answer(sitting: Confirming) -> None:
        sitting.set([("T1.value", "66"), ("T1.unit", "个"), ("stages.1.name", "研究阶段")])
        sitting.drop(["T2"], "不是目标")
        sitting.add(snippet)
        sitting.keep(["all"])

    assert sit(folder, answer)
    state = folder.state()
    draft = draft_of(folder, state)
    assert draft is not None
    found = draft_difference(draft, folder.plan(), state.decisions)
    targets = found.score("target")
    assert (targets.kept, targets.changed, targets.dropped, targets.added) == (1, 1, 1, 1)
    assert (targets.precision, targets.recall, targets.exact) == (2 / 3, 2 / 3, 1 / 3)
    stages = found.score("stage")
    assert (stages.kept, stages.changed, stages.dropped, stages.added) == (3, 1, 0, 0)
    changed = {one.item.id: one.fields for one in found.entries if one.outcome == "changed"}
    assert changed["T1"] == {"value": (60.0, 66.0), "unit": ("家", "个")}
    assert changed["stages.1"] == {"name": ("调研阶段", "研究阶段")}
    dropped = [(one.item.id, one.reason) for one in found.entries if one.outcome == "dropped"]
    assert dropped == [("T2", "不是目标")]
    sure = {one.item.id: one.confidence for one in found.entries}
    assert sure["T1"] == draft.targets[0].confidence is not None  # the draft's word, for measuring it
    assert "T1,目标,高新技术企业,改正,value,60,66," in found.csv()


def test_a_confirmed_plan_without_record_is_not_confirmed_again(folder: PlanFolder, refused: Refused) -> None:
    plan = folder.plan()
    plan.status = "confirmed"
    save_plan(plan, folder.plan_file)
    with refused("plan-confirmed"):
        sit(folder, lambda sitting: sitting.keep(["T1"]))


def test_a_draft_tampered_with_is_refused_and_found(folder: PlanFolder, refused: Refused) -> None:
    sit(folder, lambda sitting: sitting.keep(["T1"]))
    path = folder.folder / "draft.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 60", "value: 61"), "utf-8")
    with refused("draft-changed"):
        sit(folder, lambda sitting: sitting.keep(["T2"]))
    assert [fault.code for fault in folder.verify()] == ["kept-changed"]


def test_who_confirms_must_be_said(folder: PlanFolder) -> None:
    nobody = PlanFolder(folder.plan_file, " ")
    with pytest.raises(KechuangError) as caught, nobody.change():
        pass
    assert caught.value.code == "who-missing"
    assert not folder.journal.exists
