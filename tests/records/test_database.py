"""Opening databases: several in one process, found damaged, moved, made anew."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.records.database import close, connect
from kechuang.records.models import Batch


def test_several_workspaces_in_one_process_and_none_is_the_default(tmp_path: Path) -> None:
    one, two = connect(tmp_path / "one.db"), connect(tmp_path / "two.db")
    assert one != two and connect(str(tmp_path / "one.db")) == one
    assert Batch.objects.using(one).count() == 0
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured):
        Batch.objects.count()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a server's database is no file
def test_a_database_made_anew_under_the_same_name_is_opened_anew(office: Any, database: Path) -> None:
    office.bring(office.write("a.csv", office.survey(1)))
    close(office.store.alias)
    moved = office.folder / "moved.db"
    shutil.move(database, moved)
    assert Batch.objects.using(connect(database)).count() == 0
    assert Batch.objects.using(connect(moved)).count() == 1
    assert not list(office.folder.glob("*-wal")) + list(office.folder.glob("*-journal"))


def test_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(KechuangError) as caught:
        connect(tmp_path / "x.db")
    assert caught.value.code == "database-unreadable" and caught.value.remedy is not None
    with pytest.raises(KechuangError) as caught:
        connect(tmp_path / "none" / "x.db")
    assert caught.value.code == "database-folder"
    with pytest.raises(KechuangError) as caught:
        connect("postgresql://nobody@127.0.0.1:1/none")
    assert caught.value.code == "database-unreadable"
    with pytest.raises(KechuangError) as caught:
        connect("postgresql://nobody@127.0.0.1:port/none")
    assert caught.value.code == "database-url"


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    close(connect(path))
    with sqlite3.connect(path) as link:
        values = ("records", "0999_later", "2030-01-01")
        link.execute("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", values)
    other = tmp_path / "y.db"
    shutil.copy(path, other)
    with pytest.raises(KechuangError) as caught:
        connect(other)
    assert caught.value.code == "database-newer"


def test_the_models_match_the_migrations(tmp_path: Path) -> None:
    connect(tmp_path / "x.db")
    from django.core.management import call_command

    call_command("makemigrations", "records", check=True, dry_run=True, verbosity=0)


WEB = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "kechuang.records"],
    DATABASES={}, USE_TZ=True,
)
import django
django.setup()
from kechuang.records.database import connect
from django.contrib.auth.models import User
alias = connect("web.db")
User.objects.db_manager(alias).create_user("a")
print(User.objects.using(alias).count())
"""

FOREIGN = """
from django.conf import settings
settings.configure(INSTALLED_APPS=[])
import django
django.setup()
from kechuang.errors import KechuangError
try:
    import kechuang.records.database
except KechuangError as error:
    print(error.code)
"""


@pytest.mark.parametrize(("program", "told"), [(WEB, "1"), (FOREIGN, "django-settings")])
def test_settings_made_by_others(tmp_path: Path, program: str, told: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == told, ran.stderr


def test_a_database_whose_making_is_cut_short_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kechuang.records import database

    def stopped(_alias: str, _path: Path | None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "_migrate", stopped)
    with pytest.raises(KeyboardInterrupt):
        connect(tmp_path / "x.db")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    assert Batch.objects.using(connect(tmp_path / "x.db")).count() == 0
