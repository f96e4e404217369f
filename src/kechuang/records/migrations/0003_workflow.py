"""Levels of review, findings kept with their batch, and ways to find entries of the chain."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("records", "0002_standing")]

    operations: ClassVar = [
        migrations.AddField("batch", "level", models.CharField(max_length=20, null=True)),
        migrations.AddField("batch", "levels", models.JSONField(null=True)),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=100)),
                ("severity", models.CharField(max_length=10)),
                ("message", models.JSONField()),
                ("place", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="records.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="one_finding_a_number")
                ],
            },
        ),
        migrations.AddIndex("event", models.Index(fields=["action"], name="events_by_action")),
        migrations.AddIndex("event", models.Index(fields=["batch"], name="events_by_batch")),
    ]
