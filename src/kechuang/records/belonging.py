"""What an account that is bound to a region may bring: records of its region, of registers that say where.

That a record names the account's own region is asked of every cell (``fields``); here what a cell cannot tell:
a register without regions, a row that leaves its region open, a record in force that another region reports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kechuang.errors import Fault, Place
from kechuang.messages import say
from kechuang.records.changes import standings
from kechuang.records.checks import STRETCH, Checked
from kechuang.records.fields import Named

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree


def strangers(
    alias: str, checked: Sequence[Checked], regions: RegionTree | None, within: str
) -> Iterator[Fault]:
    """A fault for every table and row that is not for an account of the region ``within`` to bring."""
    for one in checked:
        table, type_ = one.table, one.table.type
        if type_.region is None:
            message = say("台账“{type}”不分地区，不归您的账号填报", type=Named.of(type_.label))
            yield Fault("type-elsewhere", message, Place(table.file, table.sheet))
            continue
        name = type_.region.field
        for place, value in enumerate(one.columns[name]):
            if value is None and place not in one.unsound and not type_.fields[name].required:
                message = say("没有写明地区：您的账号只填报本地区的记录")
                yield Fault("region-open", message, table.place(one.numbers[place], name))
        for start in range(0, len(one), STRETCH):
            keys = one.keys[start : start + STRETCH]
            numbers = dict(zip(keys, one.numbers[start : start + STRETCH], strict=True))
            for key, known in standings(alias, type_.id, keys).items():
                code = str(json.loads(known.data).get(name) or "") if known.data is not None else within
                if code == within or (regions is not None and regions.contains(within, code)):
                    continue
                message = say("这条记录现由别的地区填报，不能由您的账号改动")
                yield Fault("record-elsewhere", message, table.place(numbers[key], type_.key[0]))
