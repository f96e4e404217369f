"""What tests of documents share: the soundness of what was read, and the error of what was not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.documents import Document, read_document


@pytest.fixture(scope="session")
def sound() -> Callable[[Document], None]:
    def check(document: Document) -> None:
        """Blocks are exact slices, in order, one after another, without line breaks."""
        position = 0
        for block in document.blocks:
            assert position <= block.start <= block.end <= len(document.text)
            position = block.end
            piece = document.of(block)
            assert "\n" not in piece and piece == piece.strip()
            assert block.kind == "cell" or piece
        for grid in document.tables():
            assert len({len(row) for row in grid}) == 1

    return check


@pytest.fixture(scope="session")
def refused() -> Callable[[Path], KechuangError]:
    def error_of(path: Path) -> KechuangError:
        with pytest.raises(KechuangError) as caught:
            read_document(path)
        error = caught.value
        assert error.place.file == str(path) and error.remedy is not None
        return error

    return error_of
