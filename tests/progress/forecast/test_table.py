"""Series from a file and forecasts into one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.progress.forecast import Bounds, forecast
from kechuang.progress.forecast.table import HEADER, forecast_csv, read_series


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "series.csv"
    path.write_bytes(text.encode(encoding))
    return path


def faults(folder: Path, text: str, bounds: Bounds = Bounds()) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(KechuangError) as caught:
        read_series(write(folder, text), bounds)
    return [(one.place.row, one.place.column, one.message.zh) for one in caught.value.faults]


def test_series_keep_their_order_and_steps_are_put_in_order(tmp_path: Path) -> None:
    text = "series_id,step,value\nb,3,3\nb,1,1\na,2019,5\nb,2,2\na,2020,6e1\nb,4,-4\na,2021,7\na,2022,8.5\n"
    assert read_series(write(tmp_path, text)) == {"b": [1, 2, 3, -4], "a": [5, 60, 7, 8.5]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_an_office_are_read(tmp_path: Path, encoding: str) -> None:
    text = "series_id,step,value,备注\r\n" + "".join(f"研发,{n},{n},甲\r\n" for n in range(1, 5))
    assert read_series(write(tmp_path, text, encoding)) == {"研发": [1, 2, 3, 4]}


def test_all_faults_are_told_at_once_with_row_and_column(tmp_path: Path) -> None:
    text = (
        "series_id,step,value\na,1,3\na,2,x\nb,1,1\nb,2,2\nb,5,3\nb,5,4\nc,1,inf\nc,2,\n"
        "d,1,2\n,3,4\ne,1.5,3\ne,2,1_0\nf,1,1e200\n"
    )
    told = faults(tmp_path, text)
    assert [f"{column}{row}" for row, column, _ in told] == [
        "C3", "B6", "B6", "B7", "C8", "C9", "B10", "A11", "B12", "C13", "C14",
    ]  # fmt: skip
    assert any("缺第3至4期" in message for _, _, message in told)
    assert any("重复" in message for _, _, message in told)


def test_a_value_outside_the_limits_is_a_fault_of_its_cell(tmp_path: Path) -> None:
    text = "series_id,step,value\na,1,3\na,2,101\na,3,4\na,4,5\n"
    assert faults(tmp_path, text, Bounds(high=100)) == [(3, "C", "数值101不合所给的界限")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-file"),
        ("series_id,step,value\n", "empty-file"),
        ("series_id,value\na,1\n", "series-columns"),
        ("series_id,step,step,value\na,1,1,1\n", "series-columns"),
        ('series_id,step,value\n"a,1,1\n', "series-invalid"),
    ],
)
def test_a_file_that_is_no_table_of_series_says_so(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(KechuangError) as caught:
        read_series(write(tmp_path, text))
    assert caught.value.code == code


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(KechuangError, match="没有这个文件"):
        read_series(tmp_path / "none.csv")


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), st.lists(st.floats(-1e9, 1e9), min_size=4, max_size=7), min_size=1, max_size=3))  # fmt: skip
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, series: dict[str, list[float]]
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("series_id", "step", "value"))
    writer.writerows(
        (name, step, value) for name, values in series.items() for step, value in enumerate(values)
    )
    path = write(tmp_path_factory.mktemp("series"), stream.getvalue())
    assert read_series(path) == series


def test_forecasts_are_written_with_median_and_nested_bands() -> None:
    made = forecast([3, 4, 6, 7, 9], 2)
    rows = list(csv.reader(io.StringIO(forecast_csv({"甲": made}).decode("utf-8"))))
    assert (
        tuple(rows[0])
        == HEADER
        == ("series_id", "h", "median", "lo50", "hi50", "lo80", "hi80", "lo95", "hi95")
    )
    assert [row[:2] for row in rows[1:]] == [["甲", "1"], ["甲", "2"]]
    numbers = np.array([[float(cell) for cell in row[2:]] for row in rows[1:]])
    assert numbers[:, 0] == pytest.approx(made.median)
    order = [5, 3, 1, 0, 2, 4, 6]
    assert (np.diff(numbers[:, order], axis=1) > 0).all()
