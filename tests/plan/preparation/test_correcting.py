"""One entry corrected or amended from a form: what was typed, by whom, and never over what somebody else wrote."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.check import check_plan
from kechuang.plan.preparation import correcting, findings
from kechuang.plan.preparation.confirm import document_of
from kechuang.plan.preparation.folder import PlanFolder, sha256_of
from kechuang.plan.preparation.items import items_of
from kechuang.plan.preparation.versions import history_of, versions_of

Refused = Callable[[str], AbstractContextManager[object]]


def opened(folder: PlanFolder, name: str) -> tuple[dict[str, str], str]:
    texts = correcting.texts_of(folder.plan(), name)
    return texts, correcting.mark_of(texts)


def correct(folder: PlanFolder, entry: str, mark: str, /, **typed: str) -> bool:
    with folder.change() as change:
        return correcting.correct(change, entry, typed, opened=mark, reason="与原文核对")


def confirm_all(folder: PlanFolder) -> bool:
    with folder.change() as change:
        return correcting.confirm_all(change, sha256_of(folder.plan_file.read_bytes()))


def test_a_correction_is_a_version_with_who_and_why(folder: PlanFolder) -> None:
    texts, mark = opened(folder, "T1")
    assert texts["value"] == "60" and texts["quote"]
    assert not correct(folder, "T1", mark, value="65", nature="约束性", lead="市科技局、市财政局")
    target = folder.plan().targets[0]
    assert (target.value, target.nature, target.lead) == (65, "binding", ["市科技局", "市财政局"])
    versions = versions_of(folder)
    assert [one.current for one in versions] == [False, True]
    assert versions[0].made == ()
    entry = versions[1].made[0]
    assert entry.who == "科技局规划科" and entry.content.reason == "与原文核对"  # type: ignore[attr-defined]
    item = next(one for one in items_of(folder.plan()) if one.id == "T1")
    assert [one.n for one in history_of(item, folder.journal.read())] == [entry.n]


def test_whoever_comes_second_is_told_and_nothing_is_written(folder: PlanFolder) -> None:
    _, mark = opened(folder, "T1")
    correct(folder, "T1", mark, value="65")
    before = folder.plan_file.read_bytes()
    with pytest.raises(correcting.Overtaken) as caught:
        correct(folder, "T1", mark, value="70")
    assert caught.value.now["value"] == "65"
    assert folder.plan_file.read_bytes() == before
    with pytest.raises(correcting.Overtaken), folder.change() as change:
        correcting.confirm(change, "T1", mark)
    with pytest.raises(correcting.Overtaken), folder.change() as change:
        correcting.drop(change, "T1", "不是目标", mark)
    assert correct(folder, "T1", opened(folder, "T1")[1], value="70") is False


def test_the_words_an_entry_stands_for_can_be_named(folder: PlanFolder) -> None:
    _, mark = opened(folder, "T1")
    correct(folder, "T1", mark, quote="企业达到60家", unit="户")
    target = folder.plan().targets[0]
    assert target.span is not None and target.span.text == "企业达到60家"
    decided = folder.journal.read()[-1].content
    assert decided.new["span"] == "企业达到60家" and decided.new["unit"] == "户"  # type: ignore[attr-defined]
    _, mark = opened(folder, "T1")
    correct(folder, "T1", mark, quote="")
    assert folder.plan().targets[0].span is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"value": "很多"}, "yaml-invalid"),
        ({"quote": "原文里没有这一句话"}, "no-place"),
        ({"value": "60"}, "entry-unchanged"),
        ({"baseline.value": "5"}, "yaml-invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_not_written(
    folder: PlanFolder, refused: Refused, typed: dict[str, str], code: str
) -> None:
    before = folder.plan_file.read_bytes()
    with refused(code):
        correct(folder, "T1", opened(folder, "T1")[1], **typed)
    assert folder.plan_file.read_bytes() == before and not folder.journal.read()


def test_a_plan_that_could_not_be_read_again_is_never_written(folder: PlanFolder, refused: Refused) -> None:
    before = folder.plan_file.read_bytes()
    with refused("plan-inconsistent"):
        correct(folder, "P1.1", opened(folder, "P1.1")[1], serves="T99")
    assert folder.plan_file.read_bytes() == before and not folder.journal.read()
    correct(folder, "P1.1", opened(folder, "P1.1")[1], serves="T1")
    assert folder.plan().programmes[0].tasks[0].serves == ["T1"]


def test_a_baseline_comes_and_goes_as_one(folder: PlanFolder) -> None:
    correct(folder, "T1", opened(folder, "T1")[1], **{"baseline.value": "12", "baseline.year": "2020"})
    baseline = folder.plan().targets[0].baseline
    assert baseline is not None and (baseline.value, baseline.year) == (12, 2020)
    correct(folder, "T1", opened(folder, "T1")[1], **{"baseline.value": "", "baseline.year": ""})
    assert folder.plan().targets[0].baseline is None


def test_every_entry_has_a_form_that_changes_nothing_by_itself(folder: PlanFolder) -> None:
    for item in items_of(folder.plan()):
        texts, mark = opened(folder, item.id)
        with pytest.raises(KechuangError) as caught:
            correct(folder, item.id, mark, **texts)
        assert caught.value.code == "entry-unchanged", (item.id, caught.value)


def test_dropped_entries_come_back(folder: PlanFolder) -> None:
    _, mark = opened(folder, "T2")
    with folder.change() as change:
        correcting.drop(change, "T2", "是上级的目标", mark)
    assert [one.id for one in folder.plan().targets] == ["T1", "T3"]
    with folder.change() as change:
        correcting.restore(change, "T2")
    assert [one.id for one in folder.plan().targets] == ["T1", "T2", "T3"]


def test_the_whole_is_confirmed_only_as_it_was_seen(folder: PlanFolder, refused: Refused) -> None:
    seen = sha256_of(folder.plan_file.read_bytes())
    correct(folder, "T1", opened(folder, "T1")[1], value="65")
    with refused("plan-overtaken"), folder.change() as change:
        correcting.confirm_all(change, seen)
    assert confirm_all(folder)
    assert folder.plan().status == "confirmed"
    with refused("plan-confirmed"):
        correct(folder, "T1", opened(folder, "T1")[1], value="66")


def test_an_amendment_keeps_what_was_promised(folder: PlanFolder, clock: object, refused: Refused) -> None:
    correct(folder, "issued", opened(folder, "issued")[1], value="2021-01-02")
    given = {"document": "关于调整目标的通知", "on": date(2021, 1, 4), "reason": "上级调整", "number": "1号"}
    mark = correcting.mark_of(correcting.goal_texts(folder.plan(), "T1"))
    with refused("plan-draft"), folder.change() as change:
        correcting.amend_as_typed(change, "T1", {"value": "80"}, opened=mark, **given)  # type: ignore[arg-type]
    confirm_all(folder)
    with folder.change() as change:
        correcting.amend_as_typed(change, "T1", {"value": "80", "unit": "家"}, opened=mark, **given)  # type: ignore[arg-type]
    target = folder.plan().targets[0]
    assert target.value == 60 and target.amendments[0].new == 80 and target.amendments[0].number == "1号"
    assert correcting.goal_texts(folder.plan(), "T1")["value"] == "80"
    with pytest.raises(correcting.Overtaken), folder.change() as change:
        correcting.amend_as_typed(change, "T1", {"value": "90"}, opened=mark, **given)  # type: ignore[arg-type]
    mark = correcting.mark_of(correcting.goal_texts(folder.plan(), "T1"))
    with refused("not-a-number"), folder.change() as change:
        correcting.amend_as_typed(change, "T1", {"value": "多"}, opened=mark, **given)  # type: ignore[arg-type]
    assert len(folder.plan().targets[0].amendments) == 1


def test_a_finding_is_accepted_with_a_reason_and_reopened(folder: PlanFolder, refused: Refused) -> None:
    plan = folder.plan()
    found = check_plan(plan, document_of(folder, plan.documents[0]))
    one = found[0]
    with refused("reason-missing"), folder.change() as change:
        findings.accept(change, found, one.mark, " ")
    with folder.change() as change:
        findings.accept(change, found, one.mark, "原文如此，不影响目标")
    judged = findings.judged(found, folder.state())
    assert [now.open for now in judged] == [True] * (len(found) - 1) + [False]
    assert judged[-1].accepted is not None and judged[-1].accepted.who == "科技局规划科"
    with refused("already-accepted"), folder.change() as change:
        findings.accept(change, found, one.mark, "再来一次")
    with folder.change() as change:
        findings.reopen(change, one.mark[:10], "要改")
    assert all(now.open for now in findings.judged(found, folder.state()))
    with refused("no-finding"), folder.change() as change:
        findings.accept(change, found, "0" * 64, "没有这一处")
