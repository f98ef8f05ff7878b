"""What a person prefers, as values: read at start, changed in the preferences, counting at once wherever it is asked.

Whoever shows something that depends on one of them listens to `changed`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from quartet.editor.settings import Settings

DAYS, MEGABYTES = "QUARTET_RUNS_DAYS", "QUARTET_RUNS_MB"
"""What the shelf of runs reads (`quartet.engine.journal.shelf`, which is too much to import at start)."""
SCALES = (80, 90, 100, 110, 125, 150, 175, 200)
"""Sizes of everything, in per cent."""
KEPT_DAYS = {"history_days": 3650, "discarded_days": 365}
"""What is kept for at least one day, and for how many at most."""
_given = {name for name in (DAYS, MEGABYTES) if name in os.environ}
"""What the environment stated before the editor started: it goes before what is preferred."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything but the colours, the keys and what is remembered by itself."""

    motion: Literal["system", "reduced"] = "system"
    scale: int = 100
    """The size of everything, in per cent of the system's; counts from the next start."""
    grid: bool = True
    """Show the dots of the grid."""
    snap: bool = True
    """What is dragged lands on the grid."""
    guides: bool = True
    """What is dragged lines up with its neighbours."""
    run_days: int = 30
    """How long runs are kept; 0: without end."""
    run_megabytes: int = 1_000
    """How much room kept runs may take; 0: without limit."""
    history_days: int = 30
    """How long the local history keeps what it took by itself."""
    discarded_days: int = 30
    """How long what was discarded at a restore can still be restored."""


class _Told(QObject):
    changed = Signal()
    """Something else is preferred now."""


_told = _Told()
changed = _told.changed
_current = Preferences()


def current() -> Preferences:
    """What is preferred now."""
    return _current


def read(stated: Mapping[str, Any]) -> Preferences:
    """The preferences that settings hold; nonsense among them counts as absent."""
    found = Preferences()
    for field in fields(Preferences):
        value: Any = stated.get(field.name)
        default = getattr(found, field.name)
        if type(value) is not type(default):
            continue
        if field.name == "motion" and value not in ("system", "reduced"):
            continue
        if field.name == "scale" and value not in SCALES:
            continue
        if field.name.startswith("run_") and not 0 <= value <= 1_000_000:
            continue
        if field.name in KEPT_DAYS and not 1 <= value <= KEPT_DAYS[field.name]:
            continue
        changes: dict[str, Any] = {field.name: value}
        found = replace(found, **changes)
    return found


def load(settings: Settings) -> None:
    """Take in what the settings hold."""
    _take(read(settings.preferences))


def scale(settings: Settings) -> None:
    """Have everything drawn in the size that is preferred. Qt looks at it once, before there is an application."""
    found = read(settings.preferences).scale
    if found != 100 and "QT_SCALE_FACTOR" not in os.environ:
        os.environ["QT_SCALE_FACTOR"] = str(found / 100)


def prefer(settings: Settings, **values: Any) -> None:
    """Prefer something else from now on, and keep that."""
    _take(replace(_current, **values))
    usual = asdict(Preferences())
    settings.preferences = {name: value for name, value in asdict(_current).items() if value != usual[name]}


def reset(settings: Settings) -> None:
    """Prefer what is usual."""
    settings.preferences = {}
    _take(Preferences())


def is_given(name: str) -> bool:
    """Whether the environment the editor was started in decides, by the name of the variable."""
    return name in _given


def _take(found: Preferences) -> None:
    global _current
    _current = found
    # runs are pruned by whatever keeps one, in this program or in one that it starts
    for name, value in ((DAYS, found.run_days), (MEGABYTES, found.run_megabytes)):
        if name not in _given:
            os.environ[name] = str(value)
    changed.emit()
