"""The preparation of a plan: confirming a draft, stages, consultation, approval, issue, amendment.

All that happens is an entry of a journal beside plan.yaml (:mod:`journal`); what stands on a day is a
replay of it (:mod:`state`). :class:`~kechuang.plan.preparation.folder.PlanFolder` is the door.
"""
