"""A workspace: one folder that holds a plan, its records and what is made of them.

Opens the folder and hands its parts to whoever asks; every part is made when first used. The road of
the whole product is here as methods: ``plan``, ``store``, ``snapshot`` (``folder``), ``figures``, ``explain``
(``figures``), ``progress`` (``standing``), ``report``, ``verify`` (``publishing``).
"""

from kechuang.workspace.folder import Clock, Report
from kechuang.workspace.publishing import Workspace

__all__ = ["Clock", "Report", "Workspace"]
