"""What packs say is kept from run to run, and read anew where a file changed or the cache is of no use."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kechuang.packs import parsed
from kechuang.packs.parsed import Parsed

TEXT = "name: 甲\nsince: 2021-03-05\nrows: [1, 2.5, true, null]\n"
SAID = {"name": "甲", "since": date(2021, 3, 5), "rows": [1, 2.5, True, None]}


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KECHUANG_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "pack.yaml").write_text(TEXT, "utf-8")
    return folder


def content(pack: Path) -> object:
    reader = Parsed(pack)
    found = reader.content(pack / "pack.yaml")
    reader.keep()
    return found


def test_a_file_is_parsed_once_and_known_in_the_next_run(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert content(pack) == SAID
    monkeypatch.setattr(parsed, "read_yaml", lambda path: pytest.fail("parsed again"))
    assert content(pack) == SAID


def test_a_file_that_changed_is_read_anew_and_the_old_one_forgotten(pack: Path, tmp_path: Path) -> None:
    content(pack)
    (pack / "pack.yaml").write_text("name: 乙\n", "utf-8")
    assert content(pack) == {"name": "乙"}
    (cache,) = (tmp_path / "cache" / "packs").iterdir()
    assert len(json.loads(cache.read_text("utf-8"))) == 1


@pytest.mark.parametrize("damage", ["", "{", "[1]", "null", "[" * 100_000])
def test_a_broken_cache_only_costs_time(pack: Path, tmp_path: Path, damage: str) -> None:
    content(pack)
    (cache,) = (tmp_path / "cache" / "packs").iterdir()
    cache.write_text(damage, "utf-8")
    assert content(pack) == SAID


def test_a_cache_that_cannot_be_written_is_done_without(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", "utf-8")
    assert content(pack) == SAID


def test_keys_that_are_no_text_come_back_as_they_are(pack: Path) -> None:
    (pack / "pack.yaml").write_text("1: one\n2021: year\n", "utf-8")
    assert content(pack) == content(pack) == {1: "one", 2021: "year"}
