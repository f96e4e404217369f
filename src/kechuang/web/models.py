"""What the web keeps beside the records: accounts, failed log-ins, who read what, sessions by account, tokens
of programs, receivers of notices and what was sent them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from kechuang.web.roles import ROLES, Role

if TYPE_CHECKING:
    _Accounts = BaseUserManager["User"]
else:
    _Accounts = BaseUserManager


class Accounts(_Accounts):
    """Makes accounts; a password is never stored as given."""

    def create(self, *, password: str | None = None, **fields: Any) -> User:
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """The account of a post, a unit or an enterprise; never removed, only closed.

    ``region`` is the six-digit code the account is bound to, ``uscc`` an enterprise's code.
    """

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    name: models.CharField[str, str] = models.CharField(max_length=60, unique=True)
    title: models.CharField[str, str] = models.CharField(max_length=120, default="")
    role: models.CharField[str, str] = models.CharField(max_length=20)
    region: models.CharField[str, str] = models.CharField(max_length=12, default="")
    uscc: models.CharField[str, str] = models.CharField(max_length=18, default="")
    email: models.CharField[str, str] = models.CharField(max_length=200, default="")
    language: models.CharField[str, str] = models.CharField(max_length=5, default="")
    theme: models.CharField[str, str] = models.CharField(max_length=5, default="")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    must_change: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    objects = Accounts()
    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    class Meta:
        app_label = "web"
        ordering: ClassVar = ["name"]

    @property
    def is_anonymous(self) -> bool:  # type: ignore[override]
        return False

    @property
    def office(self) -> Role:
        return ROLES[self.role]

    @property
    def shown(self) -> str:
        """What pages call the account."""
        return self.title or self.name


class Attempt(models.Model):
    """A log-in that failed; rows older than the lock-out's window are dropped."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    name: models.CharField[str, str] = models.CharField(max_length=60, db_index=True)
    address: models.CharField[str, str] = models.CharField(max_length=45, db_index=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "web"


class SignedIn(models.Model):
    """A session of an account, so that its owner can see and end it."""

    key: models.CharField[str, str] = models.CharField(max_length=40, primary_key=True)
    user: models.ForeignKey[User, User] = models.ForeignKey(User, on_delete=models.CASCADE)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    seen: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    address: models.CharField[str, str] = models.CharField(max_length=45)
    agent: models.CharField[str, str] = models.CharField(max_length=200)

    class Meta:
        app_label = "web"


class Read(models.Model):
    """Somebody opened a page that is not public, or was refused one."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    user: models.CharField[str, str] = models.CharField(max_length=60, db_index=True)
    role: models.CharField[str, str] = models.CharField(max_length=20)
    address: models.CharField[str, str] = models.CharField(max_length=45)
    method: models.CharField[str, str] = models.CharField(max_length=8)
    path: models.CharField[str, str] = models.CharField(max_length=300)
    status: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "web"


class Token(models.Model):
    """What a program shows instead of a password: an account's, for some purposes, until a day.

    Only ``digest`` (SHA-256) is kept. ``role`` and ``region`` are the account's when it was made: where the
    account has others now, the token opens nothing. ``hint`` are the last characters, so that its owner knows
    it among others; ``scopes`` are names parted by spaces.
    """

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    user: models.ForeignKey[User, User] = models.ForeignKey(User, on_delete=models.CASCADE)
    name: models.CharField[str, str] = models.CharField(max_length=60)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    hint: models.CharField[str, str] = models.CharField(max_length=8)
    scopes: models.CharField[str, str] = models.CharField(max_length=200)
    role: models.CharField[str, str] = models.CharField(max_length=20)
    region: models.CharField[str, str] = models.CharField(max_length=12, default="")
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    used_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        app_label = "web"

    @property
    def purposes(self) -> frozenset[str]:
        return frozenset(self.scopes.split())


class Hook(models.Model):
    """A receiver of notices. ``salt`` makes its secret from the site's key, so that no secret lies here;
    ``seen`` is the last entry of the audit chain it was told of; a ``region`` keeps it to batches from there.
    """

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    name: models.CharField[str, str] = models.CharField(max_length=60)
    url: models.CharField[str, str] = models.CharField(max_length=500)
    salt: models.CharField[str, str] = models.CharField(max_length=64)
    events: models.CharField[str, str] = models.CharField(max_length=300)
    region: models.CharField[str, str] = models.CharField(max_length=12, default="")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    seen: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "web"

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset(self.events.split())


class Delivery(models.Model):
    """A notice on its way: ``state`` is waiting, delivered or given-up; ``next_at`` when it is tried (again)."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    hook: models.ForeignKey[Hook, Hook] = models.ForeignKey(Hook, on_delete=models.CASCADE)
    key: models.CharField[str, str] = models.CharField(max_length=80)
    event: models.CharField[str, str] = models.CharField(max_length=40)
    body: models.TextField[str, str] = models.TextField()
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    state: models.CharField[str, str] = models.CharField(max_length=10, default="waiting")
    tries: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    next_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    tried_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    status: models.PositiveSmallIntegerField[int | None, int | None] = models.PositiveSmallIntegerField(
        null=True
    )
    trouble: models.CharField[str, str] = models.CharField(max_length=40, default="")

    class Meta:
        app_label = "web"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hook", "key"], name="one_notice_a_happening"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"], name="notices_due")]
