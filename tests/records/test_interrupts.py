"""An import stopped by hand, just before or just after the commit: never a record without its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kechuang.records import database
from kechuang.records.models import Batch


@pytest.mark.parametrize("committed", [False, True])
def test_a_stop_around_the_commit_keeps_batch_and_file_together(
    office: Any, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    real = database.writing

    @contextmanager
    def stopped(alias: str) -> Iterator[None]:
        with real(alias):
            yield
            if not committed:
                raise KeyboardInterrupt
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "writing", stopped)
    with pytest.raises(KeyboardInterrupt):
        office.bring(office.write("a.csv", office.survey(1)))
    monkeypatch.undo()
    assert Batch.objects.using(office.store.alias).count() == int(committed)
    assert len(list((office.folder / "files").glob("*.csv"))) == int(committed)
    assert office.store.verify() == []
