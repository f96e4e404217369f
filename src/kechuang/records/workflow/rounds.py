"""What became another between a batch that was returned and the one that mends it."""

from __future__ import annotations

import json
from typing import Any

from kechuang.records.models import Batch, Version
from kechuang.records.queries import rows

SHOWN = 200

_SAME = (
    "SELECT a.key, CAST(a.data AS text), CAST(b.data AS text) FROM records_version a "
    "LEFT JOIN records_version b ON b.type = a.type AND b.key = a.key AND b.batch_id = %s "
    "WHERE a.batch_id = %s ORDER BY a.id"
)


def since_return(alias: str, name: str) -> dict[str, Any] | None:
    """How a batch differs from the one it replaces: ``{"batch", "total", "dropped", "changes": [{key, what,
    fields: {field: [old, new]}}]}``; None where it replaces none. ``dropped``: records it no longer brings."""
    batch = Batch.objects.using(alias).filter(id=name).first()
    if batch is None or batch.replaces_id is None:
        return None
    told: list[dict[str, Any]] = []
    total = matched = 0
    for key, new, old in rows(alias, _SAME, [batch.replaces_id, name]):
        matched += old is not None
        fields = _differing(json.loads(old) if old is not None else {}, json.loads(new))
        if not fields:
            continue
        total += 1
        if len(told) < SHOWN:
            told.append({"key": key, "what": "new" if old is None else "corrected", "fields": fields})
    before = Version.objects.using(alias).filter(batch_id=batch.replaces_id).count()
    return {"batch": batch.replaces_id, "total": total, "dropped": before - matched, "changes": told}


def _differing(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Any]]:
    names = dict.fromkeys([*new, *old])
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}
