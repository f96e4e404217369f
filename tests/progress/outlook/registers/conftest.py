"""Histories of registers built by hand, and the packs that come with the software."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest

from kechuang.packs import Packs, load_packs
from kechuang.packs.load import built_in_packs
from kechuang.progress.outlook.registers import History, Rates
from kechuang.progress.outlook.registers.history import NEVER

Spell = tuple[int, date, date | None, bool]


@pytest.fixture(scope="session")
def packs() -> Packs:
    return load_packs(built_in_packs())


@pytest.fixture
def history() -> Callable[..., History]:
    """A history of (unit, from, until, broken) spells."""

    def made(spells: Sequence[Spell], term: int | None = 36) -> History:
        ordered = sorted(spells, key=lambda spell: (spell[0], spell[1]))
        return History(
            np.array([spell[0] for spell in ordered], np.int64),
            np.array([spell[1].toordinal() for spell in ordered], np.int64),
            np.array([NEVER if spell[2] is None else spell[2].toordinal() for spell in ordered], np.int64),
            np.array([spell[3] for spell in ordered], np.bool_),
            term,
        )

    return made


Certain = Callable[..., Rates]


@pytest.fixture(scope="session")
def certain() -> Certain:
    """Rates known exactly: so sharp that draws of them do not differ."""

    def made(renewal: float, entries: float = 0.0, *, delay: tuple[float, ...] = (1.0,)) -> Rates:
        sharp = 1e9
        return Rates(
            (sharp * max(renewal, 1e-12), sharp * max(1 - renewal, 1e-12)),
            delay,
            (entries * sharp + 1e-9, sharp),
            0.0,
            (1 / 12,) * 12,
            (1e-9, sharp),
        )

    return made
