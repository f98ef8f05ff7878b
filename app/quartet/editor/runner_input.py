"""The input of the next run of a document: what a person entered last for its file, else the graph's sample input."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quartet.editor.document import Document
    from quartet.editor.settings import Settings

JSON = Any
_UNSET = object()


class RunInput:
    """What the next run of one document is given."""

    def __init__(self, document: Document, settings: Settings | None) -> None:
        self._document, self._settings = document, settings
        self._entered: JSON = _UNSET

    @property
    def value(self) -> JSON:
        """What was entered last for this document, else the graph's sample input."""
        return self._entered if self.asked else self._document.graph.input

    @value.setter
    def value(self, value: JSON) -> None:
        self._entered = value
        if self._settings is not None and self._key is not None:
            self._settings.set_value(self._key, json.dumps(value, ensure_ascii=False))

    @property
    def asked(self) -> bool:
        """Whether it was entered by a person for this document."""
        if self._entered is _UNSET:
            self._entered = self._remembered()
        return self._entered is not _UNSET

    @property
    def _key(self) -> str | None:
        path = self._document.path
        return None if path is None else "input/" + hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]

    def _remembered(self) -> JSON:
        if self._settings is None or self._key is None:
            return _UNSET
        kept = self._settings.value(self._key)
        try:
            return json.loads(kept) if isinstance(kept, str) else _UNSET
        except ValueError:
            return _UNSET
