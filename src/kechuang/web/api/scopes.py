"""What a token may be good for."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.messages import Message, say
from kechuang.web.roles import INSIDE, OFFICE, READERS, REPORTERS


@dataclass(frozen=True)
class Scope:
    """A purpose; ``sees`` are the roles whose tokens may have it."""

    name: str
    label: Message
    sees: frozenset[str]


READ = Scope("read", say("读规划、目标、进度、指标和预警"), INSIDE)
RECORDS = Scope("records:read", say("读台账记录和报送"), READERS | REPORTERS)
WRITE = Scope("records:write", say("报送台账文件"), REPORTERS)
REVIEW = Scope("records:review", say("审核报送：接收或退回"), OFFICE)

SCOPES = {scope.name: scope for scope in (READ, RECORDS, WRITE, REVIEW)}


def scopes_of(role: str) -> list[Scope]:
    """The purposes tokens of a role may have."""
    return [scope for scope in SCOPES.values() if role in scope.sees]
