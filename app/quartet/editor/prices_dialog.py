"""What models cost: the shipped prices, and a person's own, which can be stated, changed and taken away here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from quartet.editor import clear_button
from quartet.editor.plain_text import plain_label
from quartet.editor.run_dialogs import RunDialog
from quartet.engine.prices import Price, PriceTable, load, own_path, price_problem, write_own
from quartet.graph.strict_json import FileProblem

COLUMNS = ("Model", "Input", "Output", "Cached input", "")
FIELDS = ("input", "output", "cached")


class PricesDialog(RunDialog):
    """A table of prices. What is changed becomes one's own price; the shipped ones stay beneath it."""

    def __init__(self, parent: QWidget | None, table: PriceTable, path: Path) -> None:
        super().__init__(
            parent,
            "scale",
            "accent",
            "Model prices",
            "US$ for a million tokens. They decide what a run costs and when its limit on money is reached. "
            f"The shipped ones are from {table.as_of} and change: check them with your provider. "
            "A number that you change becomes your own price and counts from the next run on.",
        )
        self.setObjectName("prices")
        self._path, self._shipped = path, table.shipped
        self.own = dict(table.own)
        """A person's own prices, as they will be kept."""
        self._filling = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a model, or name a new one")
        self.search.setAccessibleName("Model")
        clear_button.add(self.search)
        self.search.textChanged.connect(self._filter)
        self.add = QPushButton("Add")
        self.add.setAutoDefault(False)
        self.add.setToolTip("State a price for the model of this name")
        self.add.clicked.connect(self._add)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.add)
        self.box.addLayout(row)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setTabKeyNavigation(False)  # the arrows go from cell to cell, and Tab goes on
        self.table.setAccessibleName("Prices")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setStyleSheet("QTableWidget::item { border: none; border-radius: 0px; }")  # one band, not five boxes
        header = self.table.horizontalHeader()
        for column, side in enumerate((Qt.AlignmentFlag.AlignLeft, *[Qt.AlignmentFlag.AlignRight] * 3)):
            title = QTableWidgetItem(COLUMNS[column])
            title.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.table.setHorizontalHeaderItem(column, title)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.ResizeToContents)
        self.table.itemChanged.connect(self._changed)
        self.table.itemSelectionChanged.connect(self._refresh)
        self.box.addWidget(self.table, 1)
        self.problem = plain_label(look="soft", wrap=True)
        self.problem.hide()
        self.box.addWidget(self.problem)
        self.remove = self.button("Take back", self._remove)
        self.remove.setToolTip("Take your own price of the selected model away; the shipped one counts again")
        self.cancel = self.button("Cancel", self.reject)
        self.keep = self.button("Keep", self._keep, "primary")
        self.finish_layout()
        self._fill()
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(680, 560)

    # ------------------------------------------------------------------ the table

    def _fill(self, select: str = "") -> None:
        self._filling = True
        names = sorted(self.own) + sorted(self._shipped.keys() - self.own.keys())
        self.table.setRowCount(len(names))
        for row, name in enumerate(names):
            self._show(row, name)
        self._filling = False
        self._filter()
        if select in names:
            self.table.selectRow(names.index(select))
            self.table.scrollTo(self.table.model().index(names.index(select), 0))

    def _show(self, row: int, name: str) -> None:
        own = name in self.own
        price = self.own.get(name) or self._shipped[name]
        texts = [name, *("" if value is None else f"{value:.12g}" for value in price), "your own" if own else ""]
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column in (0, 4):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            else:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if own:
                font = QFont(item.font())
                font.setWeight(QFont.Weight.DemiBold)
                item.setFont(font)
            self.table.setItem(row, column, item)

    def _filter(self) -> None:
        wanted = self.search.text().strip().lower()
        for row in range(self.table.rowCount()):
            self.table.setRowHidden(row, wanted not in self._name(row))
        self._refresh()

    def _name(self, row: int) -> str:
        item = self.table.item(row, 0)
        return "" if item is None else item.text()

    def _selected(self) -> str:
        rows = {index.row() for index in self.table.selectedIndexes()}
        return self._name(rows.pop()) if rows else ""

    def _refresh(self) -> None:
        name = self.search.text().strip().lower()
        self.add.setEnabled(bool(name) and name not in self.own)
        self.remove.setEnabled(self._selected() in self.own)

    # ------------------------------------------------------------------ changes

    def _add(self) -> None:
        name = self.search.text().strip().lower()
        self.own[name] = self._shipped.get(name, Price(0, 0))
        self._fill(name)
        row = next(row for row in range(self.table.rowCount()) if self._name(row) == name)
        self.table.setCurrentCell(row, 1)
        self.table.setFocus()

    def _remove(self) -> None:
        name = self._selected()
        if self.own.pop(name, None) is not None:
            self._fill(name)
        self._refresh()

    def _changed(self, item: QTableWidgetItem) -> None:
        if self._filling:
            return
        row, name = item.row(), self._name(item.row())
        entry: dict[str, object] = {}
        for column, field in enumerate(FIELDS, 1):
            cell = self.table.item(row, column)
            text = "" if cell is None else cell.text().replace(",", "").strip().lstrip("$")
            if text or field != "cached":
                entry[field] = _number(text)
        problem = price_problem(name, entry)
        self._complain(problem)
        if problem:
            self._filling = True
            self._show(row, name)  # as it was
            self._filling = False
            return
        self.own[name] = Price(**entry)  # type: ignore[arg-type]  # `price_problem` has seen that they are numbers
        self._fill(name)

    def _complain(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _keep(self) -> None:
        try:
            write_own(self.own, self._path)
        except FileProblem as problem:
            self._complain(str(problem))
            return
        self.accept()


def _number(text: str) -> object:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def open_prices(parent: QWidget | None, say: Callable[[str], object]) -> PricesDialog | None:
    """Show the prices; a file of own prices that cannot be read is said, and left as it is."""
    path = own_path()
    try:
        table = load(path)
    except FileProblem as problem:
        say(f"{problem} Mend the file, or take it away.")
        return None
    dialog = PricesDialog(parent, table, path)
    dialog.open()
    return dialog
