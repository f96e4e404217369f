"""The store as an account sees it: a county's account imports into its county, and reads nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kechuang.packs.model import RecordType
from kechuang.records.finding import Condition
from kechuang.records.history import RecordVersion
from kechuang.records.review import BatchInfo
from kechuang.web.access import Hidden
from kechuang.web.models import User
from kechuang.web.roles import OFFICE
from kechuang.web.workspaces import served

if TYPE_CHECKING:
    from kechuang.records.store import Store

#: Records looked at in one stretch where only some are this account's.
STRETCH = 500


def store_for(user: User) -> Store:
    """The workspace's store, its imports bound to the account's region."""
    from kechuang.records.store import Store

    workspace, kept = served(), served().store
    if not user.region:
        return kept
    return Store(
        kept.alias,
        workspace.packs,
        workspace.regions,
        clock=workspace.clock,
        files=kept.files,
        region=user.region,
        review=workspace.settings.review,
        evidence=kept.evidence,
        evidence_mb=kept.evidence_mb,
        bound=True,
    )


def type_named(user: User, name: str) -> RecordType:
    """A record type this account may see; 404 otherwise. Bound accounts see types that say where."""
    found = served().packs.records.get(name)
    if found is None or (user.region and found.region is None):
        raise Hidden
    return found


def types_of(user: User) -> list[RecordType]:
    """The record types this account may see."""
    return [one for one in served().packs.records.values() if not user.region or one.region is not None]


def own_batches(user: User) -> Callable[[BatchInfo], bool]:
    """Whether a batch is this account's: brought by it, or by another reporter of its county; the office's are
    all of them. Asked once for a whole list."""
    if user.role in OFFICE:
        return lambda _: True
    names = {user.name}
    if user.role == "county" and user.region:
        names.update(User.objects.filter(role="county", region=user.region).values_list("name", flat=True))
    return lambda info: info.who in names


def batch_named(user: User, name: str) -> BatchInfo:
    """The batch with a number, where it is this account's; 404 otherwise."""
    found = next((one for one in served().store.batches() if one.id == name), None)
    if found is None or not own_batches(user)(found):
        raise Hidden
    return found


@dataclass(frozen=True)
class Stretch:
    """Some records of a type in order of key; ``after`` is where the next begin, None at the end."""

    records: list[RecordVersion]
    after: str | None


def is_own(user: User, record_type: RecordType, version: RecordVersion) -> bool:
    """Whether a record lies in the account's region (all do for an account that is not bound)."""
    if not user.region:
        return True
    if record_type.region is None:
        return False
    code = str(version.data.get(record_type.region.field) or "")
    return code == user.region or served().regions.contains(user.region, code)


def scope_of(user: User, record_type: RecordType) -> tuple[Condition, ...]:
    """What an account may see of a type, as a condition; none for an account that is not bound."""
    if not user.region:
        return ()
    if record_type.region is None:
        raise Hidden
    below = [one.code for one in served().regions.descendants(user.region)]
    return (Condition(record_type.region.field, "is", (user.region, *below)),)


def records_page(
    user: User,
    record_type: RecordType,
    day: date,
    *,
    wanted: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Stretch:
    """``limit`` records after a key that hold the text ``wanted`` in any field, the account's own alone."""
    found: list[RecordVersion] = []
    for version in _walk(record_type, day, after):
        if is_own(user, record_type, version) and _holds(version, wanted):
            if len(found) == limit:
                return Stretch(found, found[-1].key)
            found.append(version)
    return Stretch(found, None)


def _walk(record_type: RecordType, day: date, after: str | None) -> Iterator[RecordVersion]:
    store = served().store
    while True:
        stretch = store.as_of_page(day, record_type.id, STRETCH, after=after)
        yield from stretch
        if len(stretch) < STRETCH:
            return
        after = stretch[-1].key


def _holds(version: RecordVersion, wanted: str) -> bool:
    if not wanted:
        return True
    low = wanted.lower()
    return low in version.key.lower() or any(
        value is not None and low in str(value).lower() for value in version.data.values()
    )
