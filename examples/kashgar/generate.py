"""Writes the example's records: Excel and CSV files under records/inbox and the order they arrive in.

Run by hand (``python examples/kashgar/generate.py``); what it writes is committed. The same seed gives
the same files. Published facts are written as ``reported``; everything else is drawn at random, marked
``sample``, carries 示例 in its file name and says so in its source. README.md tells which is which.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from datetime import date
from pathlib import Path

from sample.base import LIST, REVIEWER, Delivery
from sample.fields import field_registers
from sample.money import accounts, public_budget
from sample.rd import rd_returns, rd_units, units
from sample.registers import agri_parks, hte, rd_institutions, sme
from sample.tables import write_csv, write_workbook
from sample.villages import commissioners, read_villages, village_rows

HERE = Path(__file__).resolve().parent
VILLAGES = f"行政村名录_{LIST}.csv"


def deliveries() -> list[Delivery]:
    """All generated files, in the order they arrive."""
    surveyed = units()
    every = [
        *accounts(),
        *public_budget(),
        *rd_units(surveyed),
        *rd_returns(surveyed),
        *hte(surveyed),
        *sme(surveyed),
        *agri_parks(),
        *rd_institutions(),
        *commissioners(read_villages(HERE / "records" / "inbox" / VILLAGES)),
    ]
    every += field_registers(every, village_rows(HERE / "records" / "inbox" / VILLAGES))
    return sorted(every, key=lambda delivery: (delivery.arrived, delivery.order, delivery.name))


def generate(folder: Path) -> None:
    """Write inbox and arrivals.csv under ``folder``; files of an earlier run are replaced."""
    inbox = folder / "records" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    source = HERE / "records" / "inbox" / VILLAGES
    target = inbox / VILLAGES
    if source != target:
        shutil.copyfile(source, target)
    for old in inbox.iterdir():
        if old != target:
            old.unlink()
    # The list is of 2023; the office had it from the autumn of that year.
    lines = [
        (
            target.name,
            "villages",
            date(2023, 9, 25),
            "地区民政局（示例）",
            "reported",
            REVIEWER,
            "国家统计局公布",
        )
    ]
    for delivery in deliveries():
        if delivery.name.endswith(".csv"):
            ((record, rows),) = delivery.sheets.items()
            write_csv(inbox / delivery.name, record, rows)
        else:
            write_workbook(inbox / delivery.name, delivery.sheets)
        lines.append(
            (
                delivery.name,
                delivery.type,
                delivery.arrived,
                delivery.who,
                delivery.nature,
                REVIEWER,
                delivery.note,
            )
        )
    lines.sort(key=lambda line: line[2])
    with (folder / "records" / "arrivals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "type", "arrived", "who", "nature", "reviewer", "note"])
        writer.writerows(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=HERE, help="the folder to write into (default: the example)"
    )
    generate(parser.parse_args().out)
