"""A rule told: what it asks for, its clauses, and every parameter with its dates, document and clause.

``kechuang rules show`` prints it and the reference of rules is made of it, so that neither can tell of
anything else than what is judged by.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.rules.law import parameters_of, tables_of

if TYPE_CHECKING:
    from kechuang.packs import Packs, RuleSpec
    from kechuang.packs.rules import Clause, RuleColumn, TableRow


def description(packs: Packs, spec: RuleSpec, as_of: date | None = None) -> dict[str, Any]:
    """Everything of a rule as plain data; with ``as_of`` only the values in force that day."""
    return {
        "rule": spec.id,
        "label": spec.label.model_dump(),
        "description": spec.description.model_dump(),
        "regulation": spec.regulation.model_dump(),
        "from": spec.from_.isoformat(),
        "columns": [_column(spec, name, column) for name, column in spec.columns.items()],
        "clauses": [_clause(clause) for clause in spec.clauses],
        "score": [part.label.model_dump() for part in spec.score.parts] if spec.score else [],
        "parameters": [
            {
                "id": parameter.id,
                "label": parameter.label.model_dump(),
                "unit": parameter.unit,
                "values": [
                    {
                        "from": value.from_.isoformat(),
                        "value": value.value,
                        "source": value.source,
                        "clause": value.clause,
                        "verified": value.verified,
                    }
                    for value in ([parameter.at(as_of)] if as_of else parameter.values)
                    if value is not None
                ],
            }
            for parameter in parameters_of(packs, spec)
        ],
        "tables": [
            {
                "id": table.id,
                "label": table.label.model_dump(),
                "unit": table.unit,
                "values": [
                    {
                        "from": value.from_.isoformat(),
                        "rows": [_row(row, value.source, value.clause) for row in value.rows],
                        "source": value.source,
                        "clause": value.clause,
                        "verified": value.verified,
                    }
                    for value in ([table.at(as_of)] if as_of else table.values)
                    if value is not None
                ],
            }
            for table in tables_of(packs, spec)
        ],
        "validity": spec.validity.model_dump() if spec.validity else None,
        "not_judged": [label.model_dump() for label in spec.not_judged],
    }


def row_text(row: dict[str, Any], language: str) -> str:
    """A row of a table in words: “≥ 0.35：9–10”."""
    points = row["value"]
    value = f"{points[0]:g}–{points[1]:g}" if isinstance(points, list) else f"{points:g}"
    bound = row["bound"] if isinstance(row["bound"], str) else f"{row['bound'] or 0:g}"
    when = {
        "at_least": f"≥ {bound}",
        "above": f"> {bound}",
        "at_most": f"≤ {bound}",
        "is": bound,
        "otherwise": "其余" if language == "zh" else "otherwise",
    }[row["way"]]
    return f"{when}：{value}" if language == "zh" else f"{when}: {value}"


def _column(spec: RuleSpec, name: str, column: RuleColumn) -> dict[str, Any]:
    return {
        "id": name,
        "label": column.label.model_dump(),
        "type": column.type,
        "unit": column.unit,
        "required": name == spec.key,
        "asked": column.asked,
        "choices": {code: label.model_dump() for code, label in column.choices.items()},
        "note": column.note.model_dump() if column.note else None,
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "label": clause.label.model_dump(),
        "clause": clause.clause,
        "verified": clause.verified,
        "when": clause.when,
    }


def _row(row: TableRow, source: str, clause: str) -> dict[str, Any]:
    ways = (("at_least", row.at_least), ("above", row.above), ("at_most", row.at_most), ("is", row.is_))
    way, bound = next(((way, bound) for way, bound in ways if bound is not None), ("otherwise", None))
    return {
        "way": way,
        "bound": bound,
        "value": list(row.value) if isinstance(row.value, tuple) else row.value,
        "source": row.source or source,
        "clause": row.clause or clause,
    }
