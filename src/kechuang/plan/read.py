"""Reads plan documents into a draft plan: every entry with its span, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.plan.actions import find_programmes, find_safeguards
from kechuang.plan.documents import Document, read_document
from kechuang.plan.facts import (
    PLAN_KIND,
    find_author,
    find_basis,
    find_framework,
    find_issue,
    find_period,
    find_problems,
    find_region,
    find_stages,
    find_title,
    full_name,
)
from kechuang.plan.model import Plan
from kechuang.plan.outline import sections_of
from kechuang.plan.targets import find_targets
from kechuang.plan.text import Source

_FIVE_YEARS = re.compile(r"[“\"][十一二三四五六七八九]{1,3}五[”\"]|五年规划|规划期")


class Extractor(Protocol):
    """Anything that makes a draft plan from a document. The grammar below is one; others may be given."""

    def __call__(self, document: Document) -> Plan: ...


def read_plan(
    paths: Sequence[Path],
    extract: Extractor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """The draft plan in one or several documents (later ones add what the first lacks).

    ``progress`` hears (pages read, pages) of a long PDF.

    Raises KechuangError where a document cannot be read, or where none of them is a plan.
    """
    reader = extract or plan_of
    documents = [read_document(path, progress) for path in paths]
    plans = [reader(document) for document in documents]
    plan = plans[0]
    for other in plans[1:]:
        plan = _joined(plan, other)
    if not (plan.targets or plan.programmes or plan.safeguards or _about_a_plan(plan, documents)):
        raise KechuangError(
            "not-a-plan",
            say("没有在文本中找到规划的内容（指标、工程任务或保障措施）"),
            place=Place(file=str(paths[0])),
            remedy=say("请确认给出的是规划或其解读；如果是，请检查文本是否完整、标题是否带编号。"),
        )
    return plan


def _about_a_plan(plan: Plan, documents: Sequence[Document]) -> bool:
    """A part of a plan, say, without any entry: it is headed as one, or speaks of a five-year plan."""
    headed = plan.period is not None and plan.title is not None and PLAN_KIND.search(plan.title)
    return bool(headed) or any(_FIVE_YEARS.search(document.text) for document in documents)


def plan_of(document: Document) -> Plan:
    """What the grammar of official Chinese finds in one document; entries not found are left empty."""
    source = Source(document)
    root = sections_of(document)
    title = find_title(source)
    region = find_region(title, source.text)
    issuer, issued = find_issue(source)
    period = find_period(title, source.text)
    return Plan(
        title=title.document if title else None,
        plan_title=title.plan if title else None,
        region=full_name(region) if region else None,
        region_code=region.code if region else None,
        period=period,
        issuer=issuer,
        author=find_author(source),
        issued=issued,
        documents=[document.name],
        basis=find_basis(source, title),
        framework=find_framework(source),
        problems=find_problems(source, root),
        stages=find_stages(source),
        targets=find_targets(source, root, period),
        programmes=find_programmes(source, root),
        safeguards=find_safeguards(source, root),
    )


def _joined(plan: Plan, other: Plan) -> Plan:
    """``plan`` with what it lacks from ``other``."""
    values = {name: getattr(plan, name) or getattr(other, name) for name in Plan.model_fields}
    values["status"] = "draft"
    values["documents"] = [*plan.documents, *other.documents]
    return Plan(**values)
