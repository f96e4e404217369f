"""The outlook of a plan: how likely each target is, on what that rests, and what would change it.

``with_outlook`` fills an assessment: forecast and probability of each target (by simulating the register
it counts, or by forecasting its yearly figures), pace and earliest year, the county whose shortfall
matters, what the next return is worth, and the probability of all binding targets together.
"""

from kechuang.progress.outlook.attainment import Joint
from kechuang.progress.outlook.build import Sources, outlook_of, with_outlook
from kechuang.progress.outlook.model import FanYear, Other, TargetOutlook

__all__ = ["FanYear", "Joint", "Other", "Sources", "TargetOutlook", "outlook_of", "with_outlook"]
