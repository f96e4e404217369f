"""Batches, versions and the audit chain."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("who", models.TextField()),
                ("action", models.CharField(max_length=50)),
                ("batch", models.CharField(max_length=32)),
                ("detail", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=100)),
                ("kind", models.CharField(default="file", max_length=20)),
                ("file", models.TextField(null=True)),
                ("sha256", models.CharField(db_index=True, max_length=64, null=True)),
                ("kept", models.TextField(null=True)),
                ("nature", models.CharField(default="reported", max_length=20)),
                ("who", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField(default=0)),
                ("columns", models.JSONField(default=dict)),
                ("pack_version", models.CharField(default="", max_length=100)),
                ("state", models.CharField(default="submitted", max_length=20)),
                ("reviewed_by", models.TextField(null=True)),
                ("reviewed_at", models.DateTimeField(db_index=True, null=True)),
                ("reason", models.TextField(default="")),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="records.batch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=500)),
                ("number", models.PositiveIntegerField()),
                ("data", models.JSONField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("sheet", models.CharField(max_length=200, null=True)),
                ("row", models.PositiveIntegerField(null=True)),
                ("withdrawn", models.BooleanField(default=False)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="records.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("type", "key", "number"), name="one_version_a_number")
                ],
            },
        ),
    ]
