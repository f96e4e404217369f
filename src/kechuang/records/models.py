"""The tables of the store. Versions and events are only ever added; batches change only by review.

``Batch`` is one file as it came in (or one withdrawal), ``Version`` one state of one record,
``Finding`` what the checks remarked on a batch, ``Event`` one entry of the audit chain. Acts that
belong to no batch (locks, extensions, reminders, draws, evidence) are entries of the chain and
nothing else, so that they cannot say anything the chain does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, NoReturn

from django.db import models


class AppendOnlyError(RuntimeError):
    """Code tried to change or remove what may only be added to."""


class AppendOnlyQuerySet(models.QuerySet[Any, Any]):
    """Refuses every way of changing rows."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts"):
            raise AppendOnlyError(f"{self.model.__name__} is append-only")
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} is append-only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} is append-only")


class Batch(models.Model):
    """One file (or one withdrawal) of one record type, and where its review stands.

    ``columns`` says where each field stood: ``{sheet: {field: column letter}}`` ("" for CSV).
    ``levels`` are those it was submitted through, ``level`` the one it waits at.
    """

    REVIEW = frozenset({"state", "reviewed_by", "reviewed_at", "reason", "level", "levels"})
    STATES = ("draft", "submitted", "returned", "resubmitted", "accepted", "discarded")

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32)
    type: models.CharField[str, str] = models.CharField(max_length=100)
    kind: models.CharField[str, str] = models.CharField(max_length=20, default="file")
    file: models.TextField[str | None, str | None] = models.TextField(null=True)
    sha256: models.CharField[str | None, str | None] = models.CharField(
        max_length=64, null=True, db_index=True
    )
    kept: models.TextField[str | None, str | None] = models.TextField(null=True)
    nature: models.CharField[str, str] = models.CharField(max_length=20, default="reported")
    who: models.TextField[str, str] = models.TextField()
    recorded_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    rows: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    columns: models.JSONField[Any, Any] = models.JSONField(default=dict)
    pack_version: models.TextField[str, str] = models.TextField(default="")
    replaces: models.ForeignKey[Batch | None, Batch | None] = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    replaces_id: str | None
    state: models.CharField[str, str] = models.CharField(max_length=20, default="submitted")
    reviewed_by: models.TextField[str | None, str | None] = models.TextField(null=True)
    reviewed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, db_index=True
    )
    reason: models.TextField[str, str] = models.TextField(default="")
    level: models.CharField[str | None, str | None] = models.CharField(max_length=20, null=True)
    levels: models.JSONField[Any, Any] = models.JSONField(null=True)

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        app_label = "records"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            kwargs["force_insert"] = True
        elif not set(kwargs.get("update_fields") or ["*"]) <= self.REVIEW:
            raise AppendOnlyError("a batch changes only by review")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("batches are kept")


class Version(AppendOnly):
    """The ``number``-th state of record ``key`` of ``type``; valid ``valid_from`` ≤ day < ``valid_to``."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    type: models.CharField[str, str] = models.CharField(max_length=100)
    key: models.CharField[str, str] = models.CharField(max_length=500)
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    data: models.JSONField[Any, Any] = models.JSONField()
    valid_from: models.DateField[date | None, date | None] = models.DateField(null=True)
    valid_to: models.DateField[date | None, date | None] = models.DateField(null=True)
    recorded_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    batch: models.ForeignKey[Batch, Batch] = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="versions"
    )
    batch_id: str
    sheet: models.CharField[str | None, str | None] = models.CharField(max_length=200, null=True)
    row: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    withdrawn: models.BooleanField[bool, bool] = models.BooleanField(default=False)

    class Meta:
        app_label = "records"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "key", "number"], name="one_version_a_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["type"], condition=models.Q(withdrawn=True), name="withdrawn_versions")
        ]


class Finding(AppendOnly):
    """The ``number``-th remark of the checks on a batch that came in: a warning or a hint."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    batch: models.ForeignKey[Batch, Batch] = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="findings"
    )
    batch_id: str
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    code: models.CharField[str, str] = models.CharField(max_length=100)
    severity: models.CharField[str, str] = models.CharField(max_length=10)
    message: models.JSONField[Any, Any] = models.JSONField()
    place: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        app_label = "records"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_finding_a_number")
        ]


class Event(AppendOnly):
    """One entry of the audit chain; ``hash`` covers the entry and the hash of the one before."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    who: models.TextField[str, str] = models.TextField()
    action: models.CharField[str, str] = models.CharField(max_length=50)
    batch: models.CharField[str, str] = models.CharField(max_length=32)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    previous: models.CharField[str, str] = models.CharField(max_length=64)
    hash: models.CharField[str, str] = models.CharField(max_length=64)

    class Meta:
        app_label = "records"
        indexes: ClassVar = [
            models.Index(fields=["action"], name="events_by_action"),
            models.Index(fields=["batch"], name="events_by_batch"),
        ]
