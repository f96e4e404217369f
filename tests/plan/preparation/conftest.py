"""A small plan of an invented place with its document, in a folder of its own, and a clock that can be set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.file import save_plan
from kechuang.plan.preparation.days import BEIJING
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.read import read_plan

TEXT = """临水市“十四五”科技创新规划

一、编制过程
编制工作分四步：调研阶段（2020年3月—6月）、起草阶段（2020年7月—12月）、征求意见阶段（2021年1月—3月）和审定阶段（2021年4月—10月）。

二、发展目标
到2025年，高新技术企业达到60家。到2025年，研发经费投入强度达到2.1%。
到2025年，技术合同成交额达到12亿元。

三、重点任务
（一）实施企业创新能力提升工程
1.培育高新技术企业。支持企业建立研发机构。
2.建设技术转移平台。完善成果转化服务。

四、保障措施
（一）加强组织领导
1.健全工作机制。
2.加强督促检查。
"""


@dataclass
class Clock:
    """Tells a moment that a test sets; each look moves it on by a minute."""

    at: datetime = datetime(2021, 1, 4, 9, 0, tzinfo=BEIJING)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def set(self, day: str) -> None:
        self.at = datetime.fromisoformat(f"{day}T09:00:00+08:00")


@pytest.fixture
def refused() -> Callable[[str], AbstractContextManager[object]]:
    """``with refused("code"):`` – the block ends with that error, with a sentence in both languages."""

    @contextmanager
    def expecting(code: str) -> Iterator[object]:
        with pytest.raises(KechuangError) as caught:
            yield caught
        assert caught.value.code == code, caught.value
        assert caught.value.message.zh

    return expecting


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., PlanFolder]:
    """A folder with the plan as the machine read it from the text."""

    def made(clock: Clock | None = None, name: str = "plan") -> PlanFolder:
        folder = tmp_path / name
        (folder / "source").mkdir(parents=True)
        document = folder / "source" / "规划.txt"
        document.write_text(TEXT, "utf-8")
        save_plan(read_plan([document]), folder / "plan.yaml")
        return PlanFolder(folder / "plan.yaml", "科技局规划科", clock or Clock())

    return made


@pytest.fixture
def folder(make: Callable[..., PlanFolder], clock: Clock) -> PlanFolder:
    return make(clock)
