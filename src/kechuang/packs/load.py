"""Reads packs from their folders, with errors that name file, line and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from kechuang.declared import Model, line_of, read_yaml, validated
from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.packs.model import IndicatorSpec, PackInfo, Packs, Parameter, RecordType, WarningRule
from kechuang.packs.parsed import Parsed
from kechuang.packs.rules import RuleSpec, RuleTable
from kechuang.packs.sound import unsound
from kechuang.packs.sound_rules import unsound_rules

BUILT_IN = Path(__file__).parent
CORE = "st-core"

Sources = dict[tuple[str, str], Path]
Declaration = TypeVar("Declaration", RecordType, IndicatorSpec, Parameter, RuleSpec, RuleTable, WarningRule)


def built_in_packs() -> list[str]:
    """The names of the packs that come with the software, the core one first."""
    names = {path.parent.name for path in BUILT_IN.glob("*/pack.yaml")}
    return sorted(names, key=lambda name: (name != CORE, name))


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
    rules: dict[str, RuleSpec] = {}
    tables: dict[str, RuleTable] = {}
    warnings: dict[str, WarningRule] = {}
    for folder in folders:
        parsed = Parsed(folder)
        info.extend(item for _, item in _read([folder / "pack.yaml"], parsed, PackInfo, faults))
        found = _collect(folder, parsed, "records/*.yaml", RecordType, records, faults)
        sources.update((("record", name), source) for name, source in found)
        found = _collect(folder, parsed, "indicators/*.yaml", IndicatorSpec, indicators, faults)
        sources.update((("indicator", name), source) for name, source in found)
        found = _collect(folder, parsed, "parameters/**/*.yaml", Parameter, parameters, faults)
        sources.update((("parameter", name), source) for name, source in found)
        found = _collect(folder, parsed, "rules/*.yaml", RuleSpec, rules, faults)
        sources.update((("rule", name), source) for name, source in found)
        found = _collect(folder, parsed, "tables/**/*.yaml", RuleTable, tables, faults)
        sources.update((("table", name), source) for name, source in found)
        found = _collect(folder, parsed, "warnings/*.yaml", WarningRule, warnings, faults)
        sources.update((("warning", name), source) for name, source in found)
        parsed.keep()
    if not faults:
        where = partial(_where, sources)
        faults.extend(unsound(records, indicators, where))
        faults.extend(unsound_rules(rules, tables, parameters, where))
    if faults:
        raise KechuangError("pack-invalid", say("指标包有{n}处错误", n=len(faults)), faults=faults)
    return Packs(
        info=info,
        records=records,
        indicators=indicators,
        parameters=parameters,
        rules=rules,
        tables=tables,
        warnings=warnings,
        files={name: str(sources["indicator", name]) for name in indicators},
    )


def formula_places(packs: Packs, indicator: str) -> dict[str, tuple[str, int | None]]:
    """File and line of each formula of an indicator (``value``, ``let.NAME``); its file is read for them."""
    spec, file = packs.indicators[indicator], packs.files.get(indicator)
    if file is None:
        return {}
    content = read_yaml(Path(file))
    paths = {"value": ("value",), **{f"let.{name}": ("let", name) for name in spec.let}}
    return {key: (file, line_of(content, path)) for key, path in paths.items()}


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
    folder: Path,
    parsed: Parsed,
    pattern: str,
    model: type[Declaration],
    into: dict[str, Declaration],
    faults: list[Fault],
) -> Iterator[tuple[str, Path]]:
    """Reads declarations into ``into`` and gives where each came from."""
    for path, item in _read(sorted(folder.glob(pattern)), parsed, model, faults):
        if item.id in into:
            message = say("“{name}”已在另一处声明", name=item.id)
            faults.append(Fault("duplicate-declaration", message, Place(file=str(path), line=1)))
        into[item.id] = item
        yield item.id, path


def _read(
    paths: Iterable[Path], parsed: Parsed, model: type[Model], faults: list[Fault]
) -> Iterator[tuple[Path, Model]]:
    for path in paths:
        try:
            try:
                item = validated(model, parsed.content(path), path)
            except KechuangError:
                item = validated(model, read_yaml(path), path)  # once more, to tell the lines
            yield path, item
        except KechuangError as error:
            faults.extend(error.faults)


def _where(sources: Sources, kind: str, name: str, path: tuple[Any, ...]) -> Place:
    """File and line of a key of a declaration."""
    file = sources[kind, name]
    return Place(file=str(file), line=line_of(read_yaml(file), path))
