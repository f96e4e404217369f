"""Series of one concept side by side: which indicators stand for each system that keeps it."""

from __future__ import annotations

from kechuang.errors import KechuangError
from kechuang.indicators.schema import schema_of
from kechuang.messages import say
from kechuang.packs.model import Packs


def members(packs: Packs, concept: str) -> dict[str, list[str]]:
    """Member of ``concept`` → ids of the indicators that are nothing but that series (in money, heads …).

    What puts a series in relation to something else (R&D intensity) is left out. Raises KechuangError
    (``unknown-series``) for a concept that no field of ``packs`` names.
    """
    fields = [spec for record in packs.records.values() for spec in record.fields.values() if spec.series]
    known = list(dict.fromkeys(str(spec.series).partition(".")[0] for spec in fields))
    if concept not in known:
        raise KechuangError(
            "unknown-series",
            say("没有名为“{name}”的数列概念", name=concept),
            remedy=say("可用的有：{names}。", names="、".join(known)) if known else None,
        )
    units = {spec.unit for spec in fields if str(spec.series).startswith(f"{concept}.")}
    schema = schema_of(packs)
    found: dict[str, list[str]] = {}
    for name, info in schema.indicators.items():
        own = [member for one, member in info.series if one == concept]
        if own and packs.indicators[name].unit in units:
            found.setdefault(own[0], []).append(name)
    return dict(sorted(found.items()))
