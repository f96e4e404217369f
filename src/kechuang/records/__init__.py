"""What happened: record types read from tables, checked, reviewed, kept for ever, frozen to snapshots.

``database.connect`` opens a workspace's database; ``store.Store`` is the door to everything else.
This package is also a Django app (models and migrations). It knows nothing of plans.
"""
