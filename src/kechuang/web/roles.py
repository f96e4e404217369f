"""The roles of an office (design.md §8), and what each may see.

Accounts belong to posts and organisations, never to residents: a name is that of a post, a unit or an
enterprise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kechuang.messages import Message, say

Place = Literal["workspace", "county", "enterprise"]


@dataclass(frozen=True)
class Role:
    """``place`` is what an account of this role is bound to: the plan's region, one county, an enterprise."""

    name: str
    label: Message
    place: Place = "workspace"


ADMINISTRATOR = Role("administrator", say("系统管理员"))
OFFICER = Role("officer", say("地区科技局"))
LEADER = Role("leader", say("领导"))
EVALUATOR = Role("evaluator", say("评估人员"))
COUNTY = Role("county", say("县市填报"), "county")
COMMISSIONER = Role("commissioner", say("科技特派员"), "county")
ENTERPRISE = Role("enterprise", say("企业"), "enterprise")

ROLES = {
    role.name: role for role in (ADMINISTRATOR, OFFICER, LEADER, EVALUATOR, COUNTY, COMMISSIONER, ENTERPRISE)
}

#: Other words a role goes by (design.md §8 writes some of them), where somebody types one.
_ALSO = {
    "admin": "administrator",
    "prefecture-administrator": "administrator",
    "prefecture-admin": "administrator",
    "prefecture-officer": "officer",
    "prefecture": "officer",
    "county-reporter": "county",
    "county-officer": "county",
    "reporter": "county",
    "sts": "commissioner",
    "viewer": "leader",
}


def role_named(text: str) -> str:
    """The name of the role somebody typed: its name, its label in either language, or another word for it,
    in any case and with any hyphen. What is no role comes back as it is."""
    said = re.sub(r"[\s_]+", "-", text.strip().lower())
    for role in ROLES.values():
        labels = {role.label.text("zh"), role.label.text("en").lower().replace(" ", "-")}
        if said == role.name or said in labels:
            return role.name
    return _ALSO.get(said, text)


#: Groups of roles, as pages name who may open them. ``PUBLIC`` is everybody, logged in or not.
PUBLIC = frozenset({"public", *ROLES})
INSIDE = frozenset(ROLES)
OFFICE = frozenset({"administrator", "officer"})
READERS = frozenset({"administrator", "officer", "leader", "evaluator"})
REPORTERS = frozenset({"administrator", "officer", "county"})
ADMINISTRATORS = frozenset({"administrator"})
COMMISSIONERS = frozenset({"commissioner"})
EVALUATORS = frozenset({"evaluator"})
#: Who opens the site to do one thing of their own: their desk comes first.
FIELD = frozenset({"county", "commissioner", "enterprise"})
