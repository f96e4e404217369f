"""Where each task and measure stands, judged by evidence alone; nobody types a percentage.

``facts`` reads what records say · ``milestones`` joins what the plan promises with what was recorded ·
``components`` judges milestones, projects, money, outputs and targets served · ``standing`` combines them by
declared weights and rolls up · ``chains`` follows milestones that wait for others · ``join`` puts it all into
an assessment.
"""

from kechuang.progress.actions.facts import Facts, facts_of
from kechuang.progress.actions.join import with_actions
from kechuang.progress.actions.model import (
    Chain,
    Component,
    GroupStanding,
    MilestoneState,
    Ref,
    Standing,
    Threat,
)
from kechuang.progress.actions.terms import Terms, terms_of
from kechuang.progress.actions.words import ActionStatus

__all__ = [
    "ActionStatus",
    "Chain",
    "Component",
    "Facts",
    "GroupStanding",
    "MilestoneState",
    "Ref",
    "Standing",
    "Terms",
    "Threat",
    "facts_of",
    "terms_of",
    "with_actions",
]
