"""Figure against promise: where each target of a plan stands on a day, and why.

``assess`` judges; ``link_indicators`` says which indicator measures which target. Nothing here knows
how figures are stored or computed.
"""

from kechuang.progress.agreement import Agreement
from kechuang.progress.assess import assess
from kechuang.progress.link import link_indicators
from kechuang.progress.model import (
    BaselineUsed,
    Latest,
    ProgrammeProgress,
    Progress,
    SafeguardProgress,
    TargetProgress,
    TaskProgress,
)
from kechuang.progress.status import STATUSES, Status
from kechuang.progress.time import time_share

__all__ = [
    "STATUSES",
    "Agreement",
    "BaselineUsed",
    "Latest",
    "ProgrammeProgress",
    "Progress",
    "SafeguardProgress",
    "Status",
    "TargetProgress",
    "TaskProgress",
    "assess",
    "link_indicators",
    "time_share",
]
