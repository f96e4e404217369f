"""A backup is whole, says so, and comes back as it was; what was touched since is refused."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from kechuang.demo import build_example
from kechuang.errors import KechuangError
from kechuang.keeping import back_up, backups, check, restore
from kechuang.keeping.backup import files_of
from kechuang.records.database import close
from kechuang.workspace import Workspace


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keeping") / "example"
    build_example(folder, "kashgar", lambda *_: None)
    (folder / "secret.key").write_text("x" * 50)
    (folder / "jobs").mkdir()
    (folder / "jobs" / "verify.json").write_text("{}")
    (folder / "plan" / "away").symlink_to("/etc")
    return folder


@pytest.fixture(scope="module")
def backup(example: Path) -> Path:
    file = example.parent / "whole.zip"
    back_up(Workspace.open(example), file)
    return file


def changed(backup: Path, target: Path, name: str, content: bytes | None) -> Path:
    """The backup with another content of one file, or without it."""
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w") as made:
        for info in source.infolist():
            if info.filename != name:
                made.writestr(info.filename, source.read(info.filename))
            elif content is not None:
                made.writestr(name, content)
    return target


def test_what_comes_back_is_what_was_there(example: Path, backup: Path, tmp_path: Path) -> None:
    restored = restore(backup, tmp_path / "again")
    assert restored.faults == ()
    before, after = Workspace.open(example), Workspace.open(tmp_path / "again")
    for name in ("sme", "rd_survey"):
        ours = [(one.key, one.data) for one in before.store.as_of(before.today, name)]
        assert [(one.key, one.data) for one in after.store.as_of(before.today, name)] == ours
        assert ours
    assert (tmp_path / "again" / "kechuang.toml").read_bytes() == (example / "kechuang.toml").read_bytes()
    assert after.snapshot().digest == before.snapshot().digest
    assert after.verify().ok
    close(after.store.alias)


def test_keys_states_and_links_stay_at_home(backup: Path) -> None:
    names = {part.path for part in check(backup).parts}
    assert {"kechuang.toml", "kechuang.db", "plan/plan.yaml"} <= names
    assert not {name for name in names if name.startswith(("secret", "jobs", "cache", "plan/away"))}


def test_what_the_site_takes_away_meanwhile_is_left_out(example: Path, tmp_path: Path) -> None:
    passing = example / "records" / "uploads" / "token" / "upload.json"
    passing.parent.mkdir(parents=True)
    passing.write_text("{}")
    companion = tmp_path / "beside" / "kechuang.db-journal"
    companion.parent.mkdir()
    companion.write_bytes(b"")

    def gone(name: str, _: int, __: int) -> None:  # found already, and not read yet
        if name.endswith("upload.json"):
            passing.unlink()

    back_up(Workspace.open(example), tmp_path / "busy.zip", report=gone)
    assert not passing.exists()
    names = {part.path for part in check(tmp_path / "busy.zip").parts}
    assert "kechuang.toml" in names and "records/uploads/token/upload.json" not in names
    assert restore(tmp_path / "busy.zip", tmp_path / "again").faults == ()
    assert list(files_of(companion.parent)) == []  # a database's journal is none of the files beside it


def test_without_snapshots_it_is_smaller_and_as_good(example: Path, tmp_path: Path) -> None:
    made = back_up(Workspace.open(example), tmp_path / "small.zip", snapshots=False, who="信息中心")
    assert not any(part.path.startswith("snapshots/") for part in check(tmp_path / "small.zip").parts)
    last = backups(Workspace.open(example).store.alias)[-1]
    assert (last.sha256, last.who, last.snapshots) == (made.sha256, "信息中心", False)
    restore(tmp_path / "small.zip", tmp_path / "again")


@pytest.mark.parametrize("content", [b"other", None])
@pytest.mark.parametrize("name", ["kechuang.toml", "plan/plan.yaml"])
def test_a_file_that_is_not_as_it_was_is_named(
    backup: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    bad = changed(backup, tmp_path / "bad.zip", name, content)
    with pytest.raises(KechuangError) as found:
        check(bad)
    assert found.value.code == "backup-damaged"
    assert [name in str(fault.message) for fault in found.value.faults] == [True]
    with pytest.raises(KechuangError):
        restore(bad, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".again*"))


@pytest.mark.parametrize("path", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "C:\\out.txt", "", "a\0b"])
def test_no_path_leads_out_of_the_folder(backup: Path, tmp_path: Path, path: str) -> None:
    with zipfile.ZipFile(backup) as source:
        manifest = json.loads(source.read("backup.json"))
    manifest["parts"][0]["path"] = path
    bad = changed(backup, tmp_path / "bad.zip", "backup.json", json.dumps(manifest).encode())
    with pytest.raises(KechuangError) as found:
        restore(bad, tmp_path / "again")
    assert found.value.code == "not-a-backup"
    assert not (tmp_path / "again").exists()


def test_nothing_is_overwritten(example: Path, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(KechuangError) as found:
        back_up(Workspace.open(example), backup)
    assert found.value.code == "backup-exists"
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(KechuangError) as found:
        restore(backup, tmp_path)
    assert found.value.code == "folder-not-empty"
    assert (tmp_path / "mine.txt").read_text() == "mine"
    for other in (example / "kechuang.toml", example / "not-there.zip"):
        with pytest.raises(KechuangError) as found:
            check(other)
        assert found.value.code in ("not-a-backup", "file-unreadable")


def test_faults_from_before_the_backup_come_back_and_are_told(example: Path, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    copy = tmp_path / "copy"
    shutil.copytree(example, copy, symlinks=True)
    with closing(sqlite3.connect(copy / "kechuang.db")) as database, database:
        database.execute("update records_event set who = 'somebody' where seq = 2")
    back_up(Workspace.open(copy), tmp_path / "faulty.zip")
    restored = restore(tmp_path / "faulty.zip", tmp_path / "again")
    assert [fault.code for fault in restored.faults] == ["audit-changed"]
    assert (tmp_path / "again" / "kechuang.db").is_file()
