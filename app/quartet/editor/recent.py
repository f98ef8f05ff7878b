"""The recent files, and whether they are still there: a thread looks, since a share in a network may take its time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from quartet.editor.background import Background

if TYPE_CHECKING:
    from quartet.editor.settings import Settings


class RecentFile(NamedTuple):
    """A file that was opened or saved before."""

    path: Path
    there: bool
    """Whether it was there when it was last looked for."""
    pinned: bool


class Recent(QObject):
    """The list, the kept ones first, then the newest."""

    changed = Signal(object)
    """A list of `RecentFile`."""

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._work = Background(self)
        self._gone = frozenset[Path]()

    def look(self) -> None:
        """Tell the list as it is, and once more if a file turns out to be gone, or back."""
        paths = self._paths()
        self._tell()
        self._work.do(lambda _: frozenset(path for path in paths if not path.exists()), self._looked, lambda _: None)

    def _looked(self, gone: frozenset[Path]) -> None:
        if gone != self._gone:
            self._gone = gone
            self._tell()

    def _paths(self) -> list[Path]:
        pinned = self._settings.pinned
        return [*pinned, *(path for path in self._settings.recent if path not in pinned)]

    def _tell(self) -> None:
        pinned = self._settings.pinned
        self.changed.emit([RecentFile(path, path not in self._gone, path in pinned) for path in self._paths()])

    def pin(self, path: Path, on: bool) -> None:
        """Keep a file at the head of the list, or no longer."""
        self._settings.pin(path, on)
        self._tell()

    def forget(self, path: Path) -> None:
        """Take a file off the list."""
        self._settings.pin(path, False)
        self._settings.forget(path)
        self._tell()

    def forget_all(self) -> None:
        """Empty the list, but for what is kept at its head."""
        self._settings.forget_all()
        self._tell()
