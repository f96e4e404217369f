"""Reads packs from their folders, with errors that name file, line and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from kechuang.declared import Model, line_of, read_yaml, validated
from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.packs.model import IndicatorSpec, PackInfo, Packs, Parameter, RecordType
from kechuang.packs.sound import unsound

BUILT_IN = Path(__file__).parent

Sources = dict[tuple[str, str], tuple[Path, Any]]
Declaration = TypeVar("Declaration", RecordType, IndicatorSpec, Parameter)


def load_packs(names: Iterable[str], search: Iterable[Path] = ()) -> Packs:
    """The packs called ``names``, looked for in ``search`` (a workspace's own) and then built in.

    All faults of all files are reported at once. Reading is slow, so packs whose files are unchanged
    are the ones read before in this process.
    """
    places = [*search, BUILT_IN]
    folders = tuple(_find(name, places) for name in names)
    return _load(folders, tuple(_state(folder) for folder in folders))


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Which files a pack has, of what time and size."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*.yaml")))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


@lru_cache(maxsize=8)
def _load(folders: tuple[Path, ...], _: object) -> Packs:
    faults: list[Fault] = []
    sources: Sources = {}
    info: list[PackInfo] = []
    records: dict[str, RecordType] = {}
    indicators: dict[str, IndicatorSpec] = {}
    parameters: dict[str, Parameter] = {}
    for folder in folders:
        info.extend(item for _, _, item in _read([folder / "pack.yaml"], PackInfo, faults))
        found = _collect(folder, "records/*.yaml", RecordType, records, faults)
        sources.update((("record", name), source) for name, source in found)
        found = _collect(folder, "indicators/*.yaml", IndicatorSpec, indicators, faults)
        sources.update((("indicator", name), source) for name, source in found)
        found = _collect(folder, "parameters/**/*.yaml", Parameter, parameters, faults)
        sources.update((("parameter", name), source) for name, source in found)
    if not faults:
        faults.extend(unsound(records, indicators, partial(_where, sources)))
    if faults:
        raise KechuangError("pack-invalid", say("指标包有{n}处错误", n=len(faults)), faults=faults)
    places = {name: _places(sources, spec) for name, spec in indicators.items()}
    return Packs(info=info, records=records, indicators=indicators, parameters=parameters, places=places)


def _places(sources: Sources, spec: IndicatorSpec) -> dict[str, tuple[str, int | None]]:
    """Where each formula of an indicator stands."""
    file, content = sources["indicator", spec.id]
    paths = {"value": ("value",), **{f"let.{name}": ("let", name) for name in spec.let}}
    return {key: (str(file), line_of(content, path)) for key, path in paths.items()}


def _find(name: str, places: Iterable[Path]) -> Path:
    for place in places:
        if (place / name / "pack.yaml").is_file():
            return place / name
    raise KechuangError(
        "pack-unknown",
        say("没有名为“{name}”的指标包", name=name),
        remedy=say("请核对工作区 kechuang.toml 中 packs 的拼写。"),
    )


def _collect(
    folder: Path, pattern: str, model: type[Declaration], into: dict[str, Declaration], faults: list[Fault]
) -> Iterator[tuple[str, tuple[Path, Any]]]:
    """Reads declarations into ``into`` and gives where each came from."""
    for path, content, item in _read(sorted(folder.glob(pattern)), model, faults):
        if item.id in into:
            message = say("“{name}”已在另一处声明", name=item.id)
            faults.append(Fault("duplicate-declaration", message, Place(file=str(path), line=1)))
        into[item.id] = item
        yield item.id, (path, content)


def _read(
    paths: Iterable[Path], model: type[Model], faults: list[Fault]
) -> Iterator[tuple[Path, Any, Model]]:
    for path in paths:
        try:
            content = read_yaml(path)
            yield path, content, validated(model, content, path)
        except KechuangError as error:
            faults.extend(error.faults)


def _where(sources: Sources, kind: str, name: str, path: tuple[Any, ...]) -> Place:
    """File and line of a key of a declaration."""
    file, content = sources[kind, name]
    return Place(file=str(file), line=line_of(content, path))
