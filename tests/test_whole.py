"""A file or a folder takes its place whole, or what stood there still does and nothing stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.whole import whole, whole_folder


def test_a_file_takes_its_place_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with whole(path) as beside:
        beside.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_what_was_there_stays_where_writing_fails(tmp_path: Path, error: BaseException) -> None:
    path, folder = tmp_path / "a.txt", tmp_path / "b"
    path.write_text("before")
    folder.mkdir()
    (folder / "old").write_text("before")
    told = KechuangError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(told), whole(path) as beside:
        beside.write_text("half")
        raise error
    with pytest.raises(told), whole_folder(folder) as made:
        (made / "new").write_text("half")
        raise error
    assert path.read_text() == "before" and [one.name for one in folder.iterdir()] == ["old"]
    assert sorted(tmp_path.iterdir()) == [path, folder]


def test_a_folder_that_cannot_take_its_place_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / "old").write_text("before")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(13, "denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(KechuangError) as told, whole_folder(folder) as made:
        (made / "new").write_text("after")
    assert told.value.code == "not-writable"
    assert [one.name for one in folder.iterdir()] == ["old"] and list(tmp_path.iterdir()) == [folder]
