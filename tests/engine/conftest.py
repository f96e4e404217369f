"""One suite, every engine: tests that take ``engine`` run on DuckDB and on Spark."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from kechuang.engine.spark import available


@dataclass(frozen=True)
class Which:
    """An engine, and how many examples of a property it is asked: a Spark query costs as much as a hundred."""

    name: str

    def examples(self, many: int) -> int:
        return many if self.name == "duckdb" else max(2, many // 30)


@pytest.fixture(scope="session", params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Which:
    """DuckDB, then Spark; Spark is skipped, saying so, where pyspark or Java is missing."""
    if request.param == "spark":
        lacking = available()
        if lacking is not None and not os.environ.get("KECHUANG_REQUIRE_SPARK"):
            pytest.skip(f"{lacking.message.text('en')} (kechuang[spark] and Java 17 are needed)")
    return Which(request.param)
