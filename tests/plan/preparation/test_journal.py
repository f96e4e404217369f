"""The journal: whole or not at all, every change of a byte shows, and a replay gives the same state."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.preparation import events
from kechuang.plan.preparation.days import BEIJING, now
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.journal import START, Journal, New

AT = datetime(2021, 1, 4, 9, 0, tzinfo=BEIJING)
Refused = Callable[[str], AbstractContextManager[object]]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1).filter(str.strip)


def step(name: str, number: int) -> New:
    return New("stage.step", events.StepAdded(stage="调研阶段", step=f"1.{number}", name=name))


def written(folder: Path, names: list[str]) -> Journal:
    journal = Journal(folder / "journal.jsonl")
    with journal.locked():
        entries = journal.read()
        for number, name in enumerate(names, start=1):
            entries = journal.append(entries, [step(name, number)], "科技局", AT)
    return journal


@given(names=st.lists(TEXTS, min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_what_was_entered_is_read_back(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    journal = written(tmp_path_factory.mktemp("j"), names)
    entries = journal.read()
    assert [entry.content.name for entry in entries] == [step(name, 1).content.name for name in names]  # type: ignore[attr-defined]
    assert [entry.n for entry in entries] == list(range(1, len(names) + 1))
    assert entries[0].previous == START
    assert all(later.previous == earlier.hash for earlier, later in pairwise(entries))
    assert journal.path.read_bytes().count(b"\n") == len(names)


@given(data=st.data())
@settings(deadline=None, max_examples=120)
def test_any_changed_byte_and_any_cut_shows(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    journal = written(tmp_path_factory.mktemp("j"), ["实地调研", "座谈", "书面调查"])
    content = bytearray(journal.path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1), label="place")
    if data.draw(st.booleans(), label="cut"):
        content = content[:at]
    else:
        content[at] ^= data.draw(st.integers(1, 255), label="flip")
    journal.path.write_bytes(bytes(content))
    with pytest.raises(KechuangError) as caught:
        journal.read()
    assert caught.value.code == "journal-broken"
    assert caught.value.remedy is not None
    assert all(fault.place.line for fault in caught.value.faults)


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_line_taken_out_is_told_with_its_number(tmp_path: Path, line: int) -> None:
    journal = written(tmp_path, ["甲", "乙", "丙"])
    lines = journal.path.read_text("utf-8").splitlines(keepends=True)
    del lines[line]
    journal.path.write_text("".join(lines), "utf-8")
    with pytest.raises(KechuangError) as caught:
        journal.read()
    assert caught.value.faults[0].place.line == min(line + 1, 3)


def test_a_chain_written_anew_is_caught_by_the_head(tmp_path: Path, refused: Refused) -> None:
    journal = written(tmp_path / "a", ["甲", "乙"])
    forged = written(tmp_path / "b", ["甲", "丁"])
    journal.path.write_bytes(forged.path.read_bytes())
    with refused("journal-broken"):
        journal.read()
    journal.head.unlink()
    journal.path.write_bytes(written(tmp_path / "c", ["甲"]).path.read_bytes())
    assert len(journal.read()) == 1  # one addition without its head: stopped in between, nothing is lost


def test_an_addition_stopped_before_its_head_is_kept(tmp_path: Path) -> None:
    journal = written(tmp_path, ["甲", "乙"])
    head = journal.head.read_bytes()
    with journal.locked():
        journal.append(journal.read(), [step("丙", 3)], "科技局", AT)
    journal.head.write_bytes(head)
    assert len(journal.read()) == 3


def test_an_addition_that_fails_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    journal = written(tmp_path, ["甲"])
    before = journal.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with journal.locked(), refused("file-unwritable"):
            journal.append(journal.read(), [step("乙", 2)], "科技局", AT)
    assert journal.path.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {
        "journal.jsonl",
        "journal.head",
        ".journal.jsonl.lock",
    }


def test_nothing_is_entered_before_what_is_there(tmp_path: Path, refused: Refused) -> None:
    journal = written(tmp_path, ["甲"])
    with journal.locked(), refused("clock-backwards"):
        journal.append(journal.read(), [step("乙", 2)], "科技局", AT.replace(year=2020))


def test_an_entry_of_another_kind_or_form_is_a_fault_with_its_line(tmp_path: Path) -> None:
    journal = written(tmp_path, ["甲", "乙"])
    lines = journal.path.read_text("utf-8").splitlines()
    values = json.loads(lines[1])
    for change in ({"kind": "stage.unheard"}, {"content": {"stage": ""}}, {"n": "2"}, {"at": "gestern"}):
        spoilt = json.dumps({**values, **change}, ensure_ascii=False, separators=(",", ":"))
        journal.path.write_text(f"{lines[0]}\n{spoilt}\n", "utf-8")
        with pytest.raises(KechuangError) as caught:
            journal.read()
        assert [fault.place.line for fault in caught.value.faults] == [2]


def _many(path: Path, count: int, who: str) -> None:
    for number in range(count):
        with PlanFolder(path, who).change() as change:
            change.note("stage.done", events.StepDone(stage=f"{who}{number}", on=date(2021, 1, 1)))


def test_several_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes, ten entries each, at the same time: one chain of forty."""
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_many, args=(tmp_path / "plan.yaml", 10, f"单位{n}")) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    folder = PlanFolder(tmp_path / "plan.yaml")
    entries = folder.journal.read()
    assert len(entries) == 40
    for n in range(4):
        mine = [entry.content.stage for entry in entries if entry.who == f"单位{n}"]  # type: ignore[attr-defined]
        assert mine == [f"单位{n}{number}" for number in range(10)]
    assert entries[-1].day <= now().astimezone(BEIJING).date()


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("title: t\n", "utf-8")
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(KechuangError) as caught:
        PlanFolder(tmp_path / "plan.yaml").state()
    assert caught.value.code == "file-unreadable"
    assert "journal.jsonl" in caught.value.full().zh
