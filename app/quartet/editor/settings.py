"""What the editor remembers between two starts: looks, where windows and panels stood, recent files, run inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path, user_state_path
from PySide6.QtCore import QByteArray, QSettings

from quartet.editor.palettes import TOKENS
from quartet.editor.theme import Scheme

APP = "quartet"
LAYOUT_VERSION = 4
"""Raised when panels are added or renamed: an older layout is then left aside instead of half restored."""
RECENT = 10


def config_folder() -> Path:
    """Where the settings are kept."""
    return user_config_path(APP, appauthor=False)


def data_folder() -> Path:
    """Where reports are kept."""
    return user_data_path(APP, appauthor=False)


def state_folder() -> Path:
    """Where the journals of open documents and the checkpoints are kept."""
    return user_state_path(APP, appauthor=False)


class Settings:
    """The person's settings, in one readable file. Every value has a default; nonsense in the file counts as absent."""

    def __init__(self, path: Path | None = None) -> None:
        self._store = QSettings(str(path or config_folder() / "settings.ini"), QSettings.Format.IniFormat)

    def sync(self) -> None:
        """Write what was changed."""
        self._store.sync()

    @property
    def scheme(self) -> Scheme:
        found = self._store.value("look/scheme", "system")
        return found if found == "system" or found in TOKENS else "system"

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("look/scheme", scheme)

    # keys

    @property
    def shortcuts(self) -> dict[str, list[str]]:
        """The keys that the person gave to commands, by the command's name; an empty list: it has none."""
        try:
            found = json.loads(str(self._store.value("keys/shortcuts", "{}")))
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        return {
            name: [key for key in keys if isinstance(key, str)]
            for name, keys in found.items()
            if isinstance(keys, list)
        }

    @shortcuts.setter
    def shortcuts(self, keys: dict[str, list[str]]) -> None:
        if keys:
            self._store.setValue("keys/shortcuts", json.dumps(keys))
        else:
            self._store.remove("keys/shortcuts")

    # what is preferred

    @property
    def preferences(self) -> dict[str, Any]:
        """What is preferred other than usual, by name (`quartet.editor.preferences`)."""
        try:
            found = json.loads(str(self._store.value("preferences/values", "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @preferences.setter
    def preferences(self, values: dict[str, Any]) -> None:
        if values:
            self._store.setValue("preferences/values", json.dumps(values))
        else:
            self._store.remove("preferences/values")

    # windows

    @property
    def geometry(self) -> QByteArray | None:
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    @property
    def layout(self) -> QByteArray | None:
        """Where the panels stand (`QMainWindow.saveState` of `LAYOUT_VERSION`)."""
        return self._bytes(f"window/layout{LAYOUT_VERSION}")

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._store.setValue(f"window/layout{LAYOUT_VERSION}", value)

    def _bytes(self, key: str) -> QByteArray | None:
        found = self._store.value(key)
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    @property
    def tour_seen(self) -> bool:
        """Whether the first steps were taken, or not wanted."""
        return self._store.value("look/tour_seen", "false") in (True, "true")

    @tour_seen.setter
    def tour_seen(self, seen: bool) -> None:
        self._store.setValue("look/tour_seen", seen)

    # files

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, the newest first; whether they still exist is not looked up here."""
        found = self._store.value("files/recent", [])
        paths = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return [Path(path) for path in paths if isinstance(path, str) and path][:RECENT]

    def remember(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        paths = [path, *(other for other in self.recent if other != path)]
        self._store.setValue("files/recent", [str(each) for each in paths[:RECENT]])

    def forget(self, path: Path) -> None:
        """Take a file off the recent ones."""
        self._store.setValue("files/recent", [str(each) for each in self.recent if each != path])

    @property
    def pinned(self) -> list[Path]:
        """The files that stay at the head of the recent ones, in the order in which they came there."""
        found = self._store.value("files/pinned", [])
        paths = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return [Path(path) for path in paths if isinstance(path, str) and path]

    def pin(self, path: Path, on: bool) -> None:
        """Let a file stay at the head of the recent ones, or no longer."""
        paths = [other for other in self.pinned if other != path]
        self._store.setValue("files/pinned", [str(each) for each in ([*paths, path] if on else paths)])

    def forget_all(self) -> None:
        """Empty the list of recent files."""
        self._store.setValue("files/recent", [])

    @property
    def folder(self) -> Path:
        """Where file dialogs open: where the last file was."""
        found = self._store.value("files/folder")
        path = Path(found) if isinstance(found, str) and found else Path.home()
        return path if path.is_dir() else Path.home()

    @folder.setter
    def folder(self, path: Path) -> None:
        self._store.setValue("files/folder", str(path))

    # whatever else a panel wants to keep

    def value(self, key: str, default: Any = None) -> Any:
        """A value kept with `set_value`."""
        return self._store.value(f"panels/{key}", default)

    def set_value(self, key: str, value: Any) -> None:
        """Keep a text, a number or bytes under a key."""
        self._store.setValue(f"panels/{key}", value)
