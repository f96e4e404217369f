"""Review level by level, by others than the sender, and that there is no way round it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.records.database import close, connect
from kechuang.records.models import Batch
from kechuang.records.store import Store
from kechuang.records.workflow.levels import levels_of

TWO = ("county", "prefecture")
DAY = date(2026, 1, 5)
SENDER, COUNTY, PREFECTURE = "县填报岗", "县审核岗", "市审核岗"


def counted(office: Any) -> int:
    return len(office.store.as_of(date(2026, 12, 31), "rd_survey"))


def refused(code: str, act: Callable[..., Any], *args: Any, **options: Any) -> KechuangError:
    with pytest.raises(KechuangError) as caught:
        act(*args, **options)
    assert caught.value.code == code
    return caught.value


def brought(office: Any, *numbers: int, **options: Any) -> str:
    path = office.write(f"in{'-'.join(map(str, numbers))}.csv", *(office.survey(n) for n in numbers))
    return str(office.bring(path, **{"who": SENDER, **options}).outcomes[0].batch)


def state(office: Any, batch: str) -> tuple[str, str | None]:
    found = next(one for one in office.store.batches() if one.id == batch)
    return found.state, found.level


def test_a_batch_counts_once_every_level_has_accepted_it(make: Callable[..., Any]) -> None:
    office = make(review=TWO)
    batch = brought(office, 1)
    assert state(office, batch) == ("submitted", "county")
    office.store.accept(batch, COUNTY, "county")
    assert (state(office, batch), counted(office)) == (("submitted", "prefecture"), 0)
    office.at(datetime(2026, 2, 1, 9)).store.accept(batch, PREFECTURE, "prefecture")
    assert (state(office, batch), counted(office)) == (("accepted", None), 1)
    (version,) = office.store.as_of(date(2026, 12, 31), "rd_survey")
    assert version.reviewed_by == PREFECTURE and version.reviewed_at.date() == date(2026, 2, 1)
    assert office.store.as_of(date(2026, 1, 31), "rd_survey") == []
    refused("not-waiting", office.store.accept, batch, PREFECTURE, "prefecture")
    refused("not-waiting", office.store.send_back, batch, PREFECTURE, "迟了")
    refused("not-discardable", office.store.workflow.discard, batch, SENDER, "迟了")
    assert office.store.verify() == []


def test_the_history_of_a_record_tells_every_step(make: Callable[..., Any]) -> None:
    office = make(review=TWO)
    first = brought(office, 1, draft=True)
    office.store.workflow.submit(first, SENDER)
    office.store.accept(first, COUNTY, "county")
    office.store.send_back(first, PREFECTURE, "请核对金额", "prefecture")
    office.store.workflow.resubmit(first, SENDER, "金额无误，见凭证")
    assert state(office, first) == ("resubmitted", "county"), "sent again, it starts from below"
    office.store.send_back(first, COUNTY, "仍须改正")
    again = office.bring(
        office.write("b.csv", office.survey(1, amount=9)), who=SENDER, replaces=first
    ).outcomes[0]
    office.store.accept(again.batch, COUNTY, "county")
    office.store.accept(again.batch, PREFECTURE, "prefecture")
    returned, accepted = office.store.history("rd_survey", f"{office.code(1)}|2024")
    told = [(step["action"], step["level"], step["who"]) for step in returned.as_dict()["steps"]]
    assert told == [
        ("imported", None, SENDER),
        ("submitted", None, SENDER),
        ("accepted", "county", COUNTY),
        ("returned", "prefecture", PREFECTURE),
        ("resubmitted", None, SENDER),
        ("returned", "county", COUNTY),
    ]
    assert [step["reason"] for step in returned.as_dict()["steps"]][3:] == [
        "请核对金额",
        "金额无误，见凭证",
        "仍须改正",
    ]
    told = [(step["action"], step["level"]) for step in accepted.as_dict()["steps"]]
    assert told == [
        ("imported", None),
        ("resubmitted", None),
        ("accepted", "county"),
        ("accepted", "prefecture"),
        ("counted", None),
    ]
    assert office.store.verify() == []


def test_without_review_a_record_counts_at_once_and_its_history_says_so(office: Any) -> None:
    office.bring(office.write("a.csv", office.survey(1)))
    (version,) = office.store.history("rd_survey", f"{office.code(1)}|2024")
    assert [step.action for step in version.steps] == ["imported", "counted"]


# -- four eyes


@pytest.mark.parametrize("name", [SENDER, f" {SENDER}\t", "县 填 报 岗", "县填报岗\u200b"])
def test_whoever_sent_a_batch_may_not_accept_it_at_any_level(make: Callable[..., Any], name: str) -> None:
    office = make(review=TWO)
    batch = brought(office, 1)
    refused("own-batch", office.store.accept, batch, name, "county")
    office.store.accept(batch, COUNTY, "county")
    refused("own-batch", office.store.accept, batch, name, "prefecture")
    assert counted(office) == 0


def test_whoever_had_a_hand_in_sending_counts_as_sender(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    batch = office.bring(output(安吉县=2000), who="甲", draft=True).outcomes[0].batch
    office.store.workflow.explain(batch, None, "新厂投产", "乙")
    office.store.workflow.submit(batch, "丙")
    for name in ("甲", "乙", "丙"):
        refused("own-batch", office.store.accept, batch, name)
    office.store.send_back(batch, "审核岗", "再核")
    again = office.bring(output(安吉县=900), who="丁", replaces=batch).outcomes[0].batch
    refused("own-batch", office.store.accept, again, "甲")
    office.store.accept(again, "审核岗")


def test_nobody_accepts_at_two_levels(make: Callable[..., Any]) -> None:
    office = make(review=TWO)
    batch = brought(office, 1)
    office.store.accept(batch, COUNTY, "county")
    refused("same-reviewer", office.store.accept, batch, f"{COUNTY} ", "prefecture")
    assert counted(office) == 0


def test_nobody_acts_without_a_name_or_a_reason(make: Callable[..., Any]) -> None:
    office = make(review=True)
    refused("nobody-named", brought, office, 1, who=" ")
    batch = brought(office, 1)
    refused("nobody-named", office.store.accept, batch, "  ")
    refused("no-reason", office.store.send_back, batch, COUNTY, " ")
    office.store.send_back(batch, COUNTY, "再核")
    refused("no-reason", office.store.workflow.resubmit, batch, SENDER, "")
    refused("no-reason", office.store.workflow.discard, batch, SENDER, "")


def test_the_level_must_be_said_and_must_be_the_one_it_waits_at(make: Callable[..., Any]) -> None:
    office = make(review=TWO)
    batch = brought(office, 1)
    refused("level-needed", office.store.accept, batch, PREFECTURE)
    refused("other-level", office.store.accept, batch, PREFECTURE, "prefecture")
    refused("other-level", office.store.send_back, batch, PREFECTURE, "再核", "prefecture")
    assert state(office, batch) == ("submitted", "county")


# -- ways round review


def other(office: Any, packs: Packs, *, review: Any) -> Any:
    """The same database with another setting."""
    store = Store(
        office.store.alias,
        packs,
        RegionTree.national(),
        clock=lambda: office.now[0],
        files=office.folder / "files",
        region="330500",
        review=review,
    )
    return type(office)(store, office.folder, packs, office.now)


@pytest.mark.parametrize("weaker", [False, ["prefecture"], ["county"]])
def test_less_review_takes_a_recorded_decision(make: Callable[..., Any], packs: Packs, weaker: Any) -> None:
    office = make(review=TWO)
    brought(office, 1)
    changed = other(office, packs, review=weaker)
    before = office.stored()
    refused("review-weakened", brought, changed, 2)
    refused("review-weakened", brought, changed, 2, draft=True)
    assert office.stored() == before and office.store.verify() == []
    refused("no-reason", changed.store.workflow.change_review, "科技局", " ")
    changed.store.workflow.change_review("科技局", "试点结束")
    batch = brought(changed, 2)
    assert (counted(changed) == 1) == (weaker is False), batch
    refused("review-unchanged", changed.store.workflow.change_review, "科技局", "再试")


def test_a_withdrawal_is_no_way_round_either(make: Callable[..., Any], packs: Packs) -> None:
    office = make(review=True)
    office.store.accept(brought(office, 1), COUNTY)
    changed = other(office, packs, review=False)
    key = f"{office.code(1)}|2024"
    refused("review-weakened", changed.store.withdraw, "rd_survey", key, SENDER, "误报")
    batch = office.store.withdraw("rd_survey", key, SENDER, "误报")
    refused("own-batch", office.store.accept, batch, SENDER)
    assert counted(office) == 1


def test_what_was_submitted_under_review_stays_under_it(make: Callable[..., Any], packs: Packs) -> None:
    office = make(review=TWO)
    waiting, returned, draft = brought(office, 1), brought(office, 2), brought(office, 3, draft=True)
    office.store.send_back(returned, COUNTY, "再核")
    changed = other(office, packs, review=False)
    refused("level-needed", changed.store.accept, waiting, "某人")
    changed.store.workflow.change_review("科技局", "试点结束")
    refused("level-needed", changed.store.accept, waiting, "某人")
    changed.store.workflow.resubmit(returned, SENDER, "无误")
    assert state(office, returned) == ("resubmitted", "county")
    assert counted(office) == 0
    changed.store.workflow.submit(draft, SENDER)
    assert counted(office) == 1, "a draft was never sent: it follows the rules of the day it is"


def test_more_review_holds_for_what_already_waits(make: Callable[..., Any], packs: Packs) -> None:
    office = make(review=True)
    batch = brought(office, 1)
    stricter = other(office, packs, review=TWO)
    brought(stricter, 2)
    refused("level-needed", office.store.accept, batch, PREFECTURE)
    stricter.store.accept(batch, PREFECTURE, "prefecture")
    assert counted(office) == 0 and state(office, batch) == ("submitted", "county")
    stricter.store.accept(batch, COUNTY, "county")
    assert counted(office) == 1


def test_the_same_file_again_changes_nothing(make: Callable[..., Any]) -> None:
    office = make(review=TWO)
    path = office.write("a.csv", office.survey(1))
    first = office.bring(path, who=SENDER).outcomes[0]
    office.store.accept(first.batch, COUNTY, "county")
    for options in ({}, {"draft": True}, {"reviewer": SENDER}, {"explain": "无误"}):
        again = office.bring(path, **{"who": "另一岗", **options})
        assert again.repeated and again.outcomes[0].batch == first.batch
    assert state(office, first.batch) == ("submitted", "prefecture") and counted(office) == 0


def test_a_reviewer_named_at_the_import_reviews_nothing(make: Callable[..., Any]) -> None:
    office = make(review=True)
    brought(office, 1, reviewer="市领导")
    assert counted(office) == 0


def test_rows_that_stand_already_do_not_carry_others_along(make: Callable[..., Any]) -> None:
    office = make(review=True)
    office.store.accept(brought(office, 1), COUNTY)
    mixed = office.bring(office.write("m.csv", office.survey(1), office.survey(2)), who=SENDER).outcomes[0]
    assert (mixed.unchanged, mixed.new, mixed.state) == (1, 1, "submitted")
    assert counted(office) == 1


def test_a_returned_batch_is_mended_once(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    first = brought(office, 1)
    refused("not-returned", brought, office, 2, replaces=first)
    office.store.send_back(first, COUNTY, "再核")
    error = refused("replaces-other-type", office.bring, output(安吉县=1), who=SENDER, replaces=first)
    assert "rd_survey" in str(error)
    second = brought(office, 1, 2, replaces=first)
    refused("already-replaced", brought, office, 1, 3, replaces=first)
    refused("already-replaced", office.store.workflow.resubmit, first, SENDER, "无误")
    office.store.send_back(second, COUNTY, "再核")
    third = brought(office, 1, 2, 3, replaces=first)
    office.store.accept(third, COUNTY)
    assert counted(office) == 3


def test_two_drafts_of_one_mending_cannot_both_be_sent(make: Callable[..., Any]) -> None:
    office = make(review=True)
    first = brought(office, 1)
    office.store.send_back(first, COUNTY, "再核")
    draft = brought(office, 1, 2, replaces=first, draft=True)
    refused("already-replaced", brought, office, 1, 3, replaces=first)
    office.store.workflow.discard(draft, SENDER, "重填")
    other_ = brought(office, 1, 3, replaces=first)
    refused("not-draft", office.store.workflow.submit, draft, SENDER)
    assert state(office, other_)[0] == "resubmitted"


def test_a_draft_counts_for_nothing_and_can_be_dropped(make: Callable[..., Any]) -> None:
    office = make()
    path = office.write("a.csv", office.survey(1))
    batch = office.bring(path, draft=True).outcomes[0]
    assert (batch.state, counted(office)) == ("draft", 0)
    refused("not-waiting", office.store.accept, batch.batch, COUNTY)
    office.store.workflow.discard(batch.batch, SENDER, "重填")
    refused("not-draft", office.store.workflow.submit, batch.batch, SENDER)
    refused("not-discardable", office.store.workflow.discard, batch.batch, SENDER, "再弃")
    assert office.store.imported_files() == set()
    again = office.bring(path).outcomes[0]
    assert again.state == "accepted" and not again.repeated
    first, second = office.store.history("rd_survey", f"{office.code(1)}|2024")
    assert [step.action for step in first.steps] == ["imported", "discarded"]
    assert first.steps[-1].reason == "重填" and second.state == "accepted"
    assert office.store.verify() == []


def test_without_review_a_draft_counts_once_submitted(office: Any) -> None:
    batch = office.bring(office.write("a.csv", office.survey(1)), draft=True).outcomes[0].batch
    office.at(datetime(2026, 1, 9)).store.workflow.submit(batch, "统计科")
    assert counted(office) == 1
    assert office.store.as_of(date(2026, 1, 8), "rd_survey") == []


@pytest.mark.parametrize("turn", range(3))
def test_two_reviewers_at_the_same_moment(make: Callable[..., Any], turn: int) -> None:
    """Of accept and return, or two accepts, only one is done; the other is told."""
    office = make(review=TWO)
    batch = brought(office, 1)
    store, told = office.store, []
    started = threading.Barrier(4)

    def act(name: str) -> None:
        started.wait()
        try:
            if name.startswith("退"):
                store.send_back(batch, name, "再核", "county")
            else:
                store.accept(batch, name, "county")
            told.append("done")
        except KechuangError as error:
            told.append(error.code)
        finally:
            close(store.alias)

    threads = [threading.Thread(target=act, args=(name,)) for name in ("甲", "乙", "退丙", "退丁")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told).count("done") == 1, told
    assert set(told) <= {"done", "other-level", "not-waiting"}
    assert state(office, batch) in {("submitted", "prefecture"), ("returned", None)}
    assert counted(office) == 0 and store.verify() == []


def test_a_state_written_past_the_door_shows(make: Callable[..., Any]) -> None:
    office = make(review=TWO)
    batch = brought(office, 1)
    from django.db import connections

    with connections[office.store.alias].cursor() as cursor:
        cursor.execute("UPDATE records_batch SET level = 'prefecture'")
    assert [fault.code for fault in office.store.verify()] == ["audit-batch-changed"]
    row = Batch.objects.using(office.store.alias).get(id=batch)
    assert row.levels == list(TWO)


def test_levels_are_those_known() -> None:
    assert levels_of(["prefecture", "county"]) == TWO
    with pytest.raises(ValueError, match="village"):
        levels_of(["village"])


# -- a model of review

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["import", "draft", "submit", "accept", "return", "resubmit", "discard"]),
        st.integers(0, 3),
        st.sampled_from([SENDER, COUNTY, PREFECTURE, "省审核岗"]),
        st.sampled_from([None, *TWO]),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_tried_nothing_counts_unless_two_others_accepted_it(
    acts: list[Any], packs: Packs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from kechuang.records.templates import write_table

    folder: Path = tmp_path_factory.mktemp("model")
    store = Store(connect(folder / "k.db"), packs, RegionTree.national(), clock=lambda: DAY, review=TWO)
    batches: list[str] = []
    for number, (what, which, who, level) in enumerate(acts):
        batch = batches[which % len(batches)] if batches else "B0"
        try:
            if what in ("import", "draft"):
                path = folder / f"{number}.csv"
                row = {"county": "330523", "year": 2020 + which, "amount": number}
                write_table(packs.records["output"], [row], path)
                result = store.import_files([path], who=who, draft=what == "draft")
                batches.append(result.outcomes[0].batch)
            elif what == "submit":
                store.workflow.submit(batch, who)
            elif what == "accept":
                store.accept(batch, who, level)
            elif what == "return":
                store.send_back(batch, who, "再核", level)
            elif what == "resubmit":
                store.workflow.resubmit(batch, who, "无误")
            else:
                store.workflow.discard(batch, who, "重填")
        except KechuangError:
            continue
    accepted = {batch.id for batch in store.batches() if batch.state == "accepted"}
    assert {record.batch for record in store.as_of(DAY, "output")} <= accepted
    for name in accepted:
        steps = store.workflow.steps(name)
        last = max(n for n, step in enumerate(steps) if step.action in ("submitted", "resubmitted"))
        judges = {step.level: step.who for step in steps[last:] if step.action == "accepted"}
        senders = {step.who for step in steps if step.action in ("imported", "submitted", "resubmitted")}
        assert set(judges) == set(TWO) and len(set(judges.values())) == 2
        assert not senders & set(judges.values())
    assert store.verify() == []
