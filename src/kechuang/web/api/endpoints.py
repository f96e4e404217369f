"""The register of operations: each says who may use it, for which purpose of a token, and what it answers.

There is no other way to an address under ``/api/``; the page ``/api/``, the schema and the table of the tests
are made of this register.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any

from pydantic import BaseModel

from kechuang.messages import Message, say
from kechuang.web.api.scopes import READ, Scope
from kechuang.web.roles import PUBLIC

Operation = Callable[..., Any]

PLAN = say("规划和进度")
FIGURES = say("指标和数")
OPEN = say("公开数据")
KEEPING = say("预警和核验")
REGISTERS = say("台账记录")
BATCHES = say("报送批次")
#: The groups operations are told in, in this order.
GROUPS = (PLAN, FIGURES, OPEN, KEEPING, REGISTERS, BATCHES)


@dataclass(frozen=True)
class Endpoint:
    """``route`` as the schema writes it below ``/api/``; ``cost`` is what a call takes from the caller's minute."""

    method: str
    route: str
    name: str
    about: Message
    group: Message
    sees: frozenset[str]
    scope: str
    cost: int
    answer: type[BaseModel] | None = field(compare=False)
    run: Operation = field(compare=False)

    @property
    def bare(self) -> bool:
        """Whether its address says all it needs."""
        needed = [one for one in signature(self.run).parameters.values() if one.default is Parameter.empty]
        return len(needed) == 1  # the request

    @property
    def public(self) -> bool:
        return "public" in self.sees


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    route: str,
    name: str,
    about: Message,
    *,
    group: Message,
    answer: type[BaseModel] | None,
    sees: frozenset[str] = PUBLIC,
    scope: Scope = READ,
    cost: int = 1,
) -> Callable[[Operation], Operation]:
    """Declare an operation. ``answer`` None: it answers with a file."""

    def declare(run: Operation) -> Operation:
        ENDPOINTS.append(Endpoint(method, route, name, about, group, sees, scope.name, cost, answer, run))
        return run

    return declare


def is_public(name: str | None) -> bool:
    """Whether an address (its name in ``urls``) is an operation open to anybody."""
    return any(one.public and f"api-{one.name}" == name for one in ENDPOINTS)
