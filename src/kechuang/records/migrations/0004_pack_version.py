"""The versions of all packs in use are longer than a hundred characters."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("records", "0003_workflow")]

    operations: ClassVar = [
        migrations.AlterField("batch", "pack_version", models.TextField(default="")),
    ]
