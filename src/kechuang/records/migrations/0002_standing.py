"""What is asked most, which versions stand as of a day, is answered from indexes alone.

Withdrawn versions have an index of their own on both databases. An index of SQLite holds the id of every
row; PostgreSQL's are told to. There keys are also compared by code point, as SQLite and Python do, so that
pages of records come in one order everywhere.
"""

from typing import Any, ClassVar

from django.db import migrations, models


def prepare(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute('ALTER TABLE records_version ALTER COLUMN "key" TYPE varchar(500) COLLATE "C"')
    schema_editor.execute("ALTER TABLE records_version DROP CONSTRAINT one_version_a_number")
    schema_editor.execute(
        "ALTER TABLE records_version ADD CONSTRAINT one_version_a_number "
        'UNIQUE (type, "key", number) INCLUDE (id)'
    )
    schema_editor.execute("CREATE INDEX records_version_of_batch ON records_version (batch_id, id)")


def undo(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("DROP INDEX records_version_of_batch")
    schema_editor.execute("ALTER TABLE records_version DROP CONSTRAINT one_version_a_number")
    schema_editor.execute(
        'ALTER TABLE records_version ALTER COLUMN "key" TYPE varchar(500) COLLATE "default"'
    )
    schema_editor.execute(
        'ALTER TABLE records_version ADD CONSTRAINT one_version_a_number UNIQUE (type, "key", number)'
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("records", "0001_initial")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="version",
            index=models.Index(
                condition=models.Q(("withdrawn", True)), fields=["type"], name="withdrawn_versions"
            ),
        ),
        migrations.RunPython(prepare, undo),
    ]
