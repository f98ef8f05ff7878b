"""Asks for one name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from quartet.editor.run_dialogs import RunDialog


class NameDialog(RunDialog):
    """A name, on one line. `keep` gets it without needless space; where `needed`, it is not asked for an empty one."""

    def __init__(
        self,
        parent: QWidget,
        icon: str,
        title: str,
        text: str,
        action: str,
        keep: Callable[[str], object],
        *,
        name: str = "",
        hint: str = "",
        needed: bool = False,
    ) -> None:
        super().__init__(parent, icon, "accent", title, text)
        self._needed = needed
        self.name = QLineEdit(name)
        self.name.setAccessibleName("Name")
        self.name.setPlaceholderText(hint)
        self.name.selectAll()
        self.box.addWidget(self.name)
        self.cancel = self.button("Cancel", self.reject)
        self.ok = self.button(action, self.accept, "primary", default=True)
        self.finish_layout()
        self.name.textChanged.connect(self._check)
        self.accepted.connect(lambda: keep(self.said))
        self.name.setFocus()
        self._check()

    @property
    def said(self) -> str:
        """The name as it stands."""
        return " ".join(self.name.text().split())

    def _check(self) -> None:
        self.ok.setEnabled(bool(self.said) or not self._needed)
        self.ok.setToolTip("" if self.ok.isEnabled() else "It needs a name")
