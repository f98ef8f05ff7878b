"""The preferences: what counts everywhere and always. Every change counts at once; there is nothing to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import dialogs, preferences, runner_journal, theme
from quartet.editor.dialogs import Choice
from quartet.editor.plain_text import plain_label
from quartet.editor.preferences import DAYS, KEPT_DAYS, MEGABYTES

if TYPE_CHECKING:
    from quartet.editor.window import Window

SCHEMES: dict[theme.Scheme, str] = {
    "system": "Follow the system",
    "light": "Light",
    "dark": "Dark",
    "contrast_light": "High contrast, light",
    "contrast_dark": "High contrast, dark",
}
PRIVACY = (
    "Quartet sends nothing about you or your work to anybody: no telemetry, no crash reports, no search for updates. "
    "Only a run reaches the network, at the addresses that its agents name. Keys are read from the environment and "
    "are never written to a file."
)
LABELS = 190
"""Width of the labels, in pixels."""


class PreferencesDialog(QDialog):
    """Escape closes it; what was changed stays changed."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.setObjectName("preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self._window, self._settings = window, window.settings
        self._page = QVBoxLayout()
        self._page.setContentsMargins(24, 20, 24, 20)
        self._page.setSpacing(8)
        self._grid = QGridLayout()
        self._build()
        inside = QWidget()
        inside.setLayout(self._page)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(self._buttons())
        dialogs.resize(self, 560, 720)
        preferences.changed.connect(self.show_values)
        theme.changed.connect(self.show_values)
        self.show_values()

    def _build(self) -> None:
        self._head("Appearance")
        self.scheme = QComboBox()
        for name, text in SCHEMES.items():
            self.scheme.addItem(text, name)
        self.scheme.activated.connect(lambda _: self._window.set_scheme(self.scheme.currentData()))
        self._row("Colours", self.scheme)
        self.scale = QComboBox()
        for value in preferences.SCALES:
            self.scale.addItem(f"{value}%", value)
        self.scale.activated.connect(lambda _: self._prefer(scale=self.scale.currentData()))
        self._row("Size of everything", self.scale, "Counts from the next start. The canvas zooms by itself.")
        self.motion = QComboBox()
        self.motion.addItem("Follow the system", "system")
        self.motion.addItem("Reduced: nothing moves by itself", "reduced")
        self.motion.activated.connect(lambda _: self._prefer(motion=self.motion.currentData()))
        self._row("Motion", self.motion)
        self._head("Canvas")
        self.grid = self._check("Show the dots of the grid", "grid")
        self.snap = self._check("What is dragged lands on the grid", "snap")
        self.guides = self._check("What is dragged lines up with its neighbours", "guides", "Ctrl lets go of that.")
        self._head("Runs")
        self.keep = QCheckBox("Keep real runs")
        self.keep.setToolTip("Shown again, gone on with after a crash, run again from any moment")
        self.keep.clicked.connect(lambda on: self._keep(on))
        self._row("", self.keep)
        self.days = self._number("run_days", " days", "without end", 3650, DAYS)
        self._row("Keep them for", self.days, self._given(DAYS))
        self.megabytes = self._number("run_megabytes", " MB", "without limit", 1_000_000, MEGABYTES)
        self._row("They may take", self.megabytes, self._given(MEGABYTES))
        prices = QPushButton("Model prices…")
        prices.clicked.connect(self._window.actions_["run.prices"].trigger)
        self._row("What models cost", prices)
        self._head("Versions")
        self.history = self._number("history_days", " days", "", KEPT_DAYS["history_days"], "", least=1)
        self._row("Local history", self.history, "Named checkpoints stay until they are deleted.")
        self.discarded = self._number("discarded_days", " days", "", KEPT_DAYS["discarded_days"], "", least=1)
        self._row("Discarded drawings", self.discarded, "The welcome page offers them until then.")
        self._head("Keyboard")
        keys = QPushButton("Keyboard shortcuts…")
        keys.clicked.connect(self._window.actions_["help.shortcuts"].trigger)
        self._row("What keys do", keys)
        self._head("Privacy")
        self._page.addWidget(plain_label(PRIVACY, "soft", wrap=True))
        self._page.addStretch(1)

    def _head(self, title: str) -> None:
        if self._page.count():
            self._page.addSpacing(12)
        self._page.addWidget(plain_label(title, "title"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, LABELS)
        self._grid.setColumnStretch(1, 1)
        self._page.addLayout(self._grid)

    def _row(self, label: str, field: QWidget, hint: str = "") -> None:
        row = self._grid.rowCount()
        if isinstance(field, QPushButton):
            field.setAutoDefault(False)
        if label:
            caption = plain_label(label)
            caption.setBuddy(field)
            if not isinstance(field, QPushButton):
                field.setAccessibleName(label)
            self._grid.addWidget(caption, row, 0)
        if isinstance(field, QCheckBox):
            self._grid.addWidget(field, row, 0, 1, 2)
        else:
            self._grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignLeft)
        if hint:
            field.setAccessibleDescription(hint)
            self._grid.addWidget(plain_label(hint, "tiny", wrap=True), row + 1, 1 if label else 0, 1, 1 if label else 2)

    def _check(self, text: str, name: str, hint: str = "") -> QCheckBox:
        box = QCheckBox(text)
        box.clicked.connect(lambda on: self._prefer(**{name: on}))
        self._row("", box, hint)
        return box

    def _number(self, name: str, suffix: str, none: str, most: int, variable: str, least: int = 0) -> QSpinBox:
        field = QSpinBox()
        field.lineEdit().setTextMargins(6, 0, 0, 0)  # the style sheet’s padding does not reach it
        field.setRange(least, most)
        field.setSuffix(suffix)
        field.setSpecialValueText(none)
        field.setGroupSeparatorShown(True)
        field.setKeyboardTracking(False)
        field.setFixedWidth(140)
        field.setEnabled(not preferences.is_given(variable))
        field.valueChanged.connect(lambda value: self._prefer(**{name: value}))
        return field

    @staticmethod
    def _given(variable: str) -> str:
        return f"The environment variable {variable} decides." if preferences.is_given(variable) else ""

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(24, 12, 24, 20)
        row.setSpacing(8)
        self.reset = QPushButton("Reset…")
        self.reset.setToolTip("Everything on this page as it was at first; keys, panels and recent files stay")
        self.reset.clicked.connect(self._ask_reset)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        for button in (self.reset, close):
            button.setAutoDefault(False)
        row.addWidget(self.reset)
        row.addStretch(1)
        row.addWidget(close)
        return row

    # values

    def show_values(self) -> None:
        """Show what counts now, whoever changed it."""
        found = preferences.current()
        self.scheme.setCurrentIndex(self.scheme.findData(theme.scheme()))
        self.scale.setCurrentIndex(self.scale.findData(found.scale))
        self.motion.setCurrentIndex(self.motion.findData(found.motion))
        for box, on in (
            (self.grid, found.grid), (self.snap, found.snap), (self.guides, found.guides),
            (self.keep, runner_journal.keeps(self._settings)),
        ):  # fmt: skip
            box.setChecked(on)
        for field, value in (
            (self.days, found.run_days), (self.megabytes, found.run_megabytes),
            (self.history, found.history_days), (self.discarded, found.discarded_days),
        ):  # fmt: skip
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)

    def _prefer(self, **values: object) -> None:
        preferences.prefer(self._settings, **values)

    def _keep(self, on: bool) -> None:
        runner_journal.set_keeps(self._settings, on)
        self._window.refresh()

    def _ask_reset(self) -> None:
        dialogs.ask(
            self,
            "Reset the preferences?",
            "Everything on this page is as it was at first. Keys, panels and recent files stay.",
            [Choice("reset", "Reset", "default"), Choice("cancel", "Cancel", "escape")],
            lambda key: self._reset() if key == "reset" else None,
        )

    def _reset(self) -> None:
        if theme.scheme() != "system":
            self._window.set_scheme("system")
        self._keep(True)
        preferences.reset(self._settings)


def show(window: Window) -> PreferencesDialog:
    """Open the preferences, or bring them to the front."""
    dialog = window.findChild(PreferencesDialog)
    if dialog is None:
        dialog = PreferencesDialog(window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
