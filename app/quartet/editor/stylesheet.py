"""The one style sheet of the editor, made from a theme: flat, quiet, one accent, everything on the 4-pixel grid.

Widgets ask for a look by properties and object names, so that no panel carries colours of its own:
`button.setProperty("look", "primary" | "danger" | "quiet")`, `label.setProperty("look", "title" | "headline" | "soft"
| "tiny" | "section")`, `frame.setProperty("look", "card" | "bar")`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.paths import RESOURCES

if TYPE_CHECKING:
    from quartet.editor.theme import Theme


def _mark(theme: Theme, name: str) -> str:
    """Where a coloured copy of a small mark stands: style sheets cannot recolour, so each theme has its own file."""
    return (RESOURCES / "icons" / "marks" / f"{name}-{theme.name}.svg").as_posix()


def stylesheet(theme: Theme) -> str:
    """The style sheet for the whole application."""
    c = {
        name: getattr(theme, name).name()
        for name in (
            "canvas", "panel", "node", "well", "hover", "line", "outline", "ink", "soft", "faint", "accent",
            "on_accent", "failed", "selected", "button",
        )
    }  # fmt: skip
    c["accent_hover"] = (theme.accent.lighter if theme.dark else theme.accent.darker)(108).name()
    c["failed_text"] = theme.text("failed").name()
    c["accent_text"] = theme.text("accent").name()
    c["failed_tint"] = theme.tint("failed").name()
    for mark in ("chevron-down", "chevron-up", "chevron-right", "check", "minus", "x"):
        c[mark.replace("-", "_")] = _mark(theme, mark)
    c["check_on"] = _mark(theme, "check-on")
    template = _TEMPLATE + _STRONG if theme.strong else _TEMPLATE
    return template.replace("{", "{{").replace("}", "}}").replace("<<", "{").replace(">>", "}").format(**c)


_TEMPLATE = """
QMainWindow, QDialog, QWizard { background: <<panel>>; }
QMainWindow::separator { background: <<line>>; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: <<accent>>; }
QWidget:disabled { color: <<faint>>; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: <<panel>>; color: <<ink>>; border: 1px solid <<outline>>; padding: 4px 8px; }

QMenuBar { background: <<panel>>; border-bottom: 1px solid <<line>>; padding: 2px 8px; }
QMenuBar::item { padding: 4px 10px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected { background: <<hover>>; }
QMenu { background: <<panel>>; border: 1px solid <<outline>>; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; margin: 0 2px; }
QMenu::item:selected { background: <<selected>>; }
QMenu::item:disabled { color: <<faint>>; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: <<line>>; margin: 4px 8px; }
QMenu::right-arrow { image: url(<<chevron_right>>); width: 12px; height: 12px; margin-right: 6px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::indicator:checked { image: url(<<check>>); }

QToolBar { qproperty-iconSize: 18px;
  background: <<panel>>; border: none; border-bottom: 1px solid <<line>>; spacing: 4px; padding: 4px 12px; }
QToolBar::separator { background: <<line>>; width: 1px; margin: 6px 4px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: <<hover>>; }
QToolButton:pressed, QToolButton:checked { background: <<selected>>; }
QToolButton:focus { border-color: <<accent>>; }
QToolButton:disabled { color: <<faint>>; }
QToolButton[popupMode="2"] { padding-right: 16px; }
QToolButton::menu-indicator { image: url(<<chevron_down>>); width: 10px; height: 10px; subcontrol-position: right
  center;
  subcontrol-origin: padding; right: 4px; }

QPushButton { background: <<panel>>; border: 1px solid <<outline>>; border-radius: 6px; padding: 5px 12px;
  min-height: 16px; }
QPushButton:hover { background: <<hover>>; }
QPushButton:pressed { background: <<selected>>; }
QPushButton:focus { border-color: <<accent>>; }
QPushButton:disabled { color: <<faint>>; border-color: <<line>>; background: <<panel>>; }
QPushButton[look="primary"], QPushButton:default { background: <<accent>>; border-color: <<accent>>; color:
  <<on_accent>>;
  font-weight: 600; }
QPushButton[look="primary"]:hover, QPushButton:default:hover { background: <<accent_hover>>; border-color:
  <<accent_hover>>; }
QPushButton[look="primary"]:focus, QPushButton:default:focus { border: 1px solid <<ink>>; }
QPushButton[look="primary"]:disabled, QPushButton:default:disabled { background: <<well>>; border-color: <<line>>;
  color: <<faint>>; }
QPushButton[look="danger"] { color: <<failed_text>>; border-color: <<failed>>; }
QPushButton[look="danger"]:hover { background: <<failed_tint>>; }
QPushButton[look="danger"]:disabled { color: <<faint>>; border-color: <<line>>; }
QPushButton[look="quiet"], QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton[look="quiet"]:hover, QPushButton:flat:hover { background: <<hover>>; }
QPushButton[look="quiet"]:focus, QPushButton:flat:focus { border-color: <<accent>>; }
QPushButton[look="link"] { background: transparent; border: none; color: <<accent_text>>; padding: 0; text-align:
  left; }
QPushButton[look="link"]:hover, QPushButton[look="link"]:focus { text-decoration: underline; }
QPushButton::menu-indicator { image: url(<<chevron_down>>); width: 10px; height: 10px; subcontrol-position: right
  center;
  right: 8px; }

QLineEdit, QTextEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QKeySequenceEdit { background: <<panel>>;
  border: 1px solid <<outline>>; border-radius: 6px; padding: 4px 8px; min-height: 18px; }
QLineEdit { padding: 4px 6px; }
QTextEdit, QPlainTextEdit { padding: 4px; }
QSpinBox, QDoubleSpinBox { padding: 3px 0 2px 0; }
QLineEdit:hover, QTextEdit:hover, QPlainTextEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover
  { border-color: <<faint>>; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus,
  QComboBox:on, QKeySequenceEdit:focus { border-color: <<accent>>; }
QLineEdit:disabled, QTextEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled,
  QComboBox:disabled { background: <<well>>; border-color: <<line>>; }
QLineEdit[look="search"] { background: <<well>>; border-color: <<well>>; }
QLineEdit[look="search"]:focus { background: <<panel>>; border-color: <<accent>>; }
*[wrong="true"] { border-color: <<failed>>; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; width:
  18px;
  border: none; margin: 2px 2px 0 0; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right;
  width: 18px; border: none; margin: 0 2px 2px 0; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(<<chevron_up>>); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(<<chevron_down>>); width: 10px; height: 10px; }
QComboBox { combobox-popup: 0; } /* a list, as the rules below dress it; a menu's chosen line would be white on white */
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(<<chevron_down>>); width: 12px; height: 12px; }
QComboBox QAbstractItemView, QListView#completions { background: <<panel>>; border: 1px solid <<outline>>; padding:
  4px; outline: 0; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid <<faint>>; border-radius: 4px; background:
  <<panel>>; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus, QCheckBox:focus::indicator { border-color: <<accent>>; }
QCheckBox::indicator:checked { background: <<accent>>; border-color: <<accent>>; image: url(<<check_on>>); }
QCheckBox::indicator:disabled { background: <<well>>; border-color: <<line>>; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid <<faint>>; border-radius: 8px; background:
  <<panel>>; }
QRadioButton::indicator:checked { border: 5px solid <<accent>>; width: 6px; height: 6px; }

QDockWidget { background: <<panel>>; titlebar-close-icon: url(<<x>>); }
QDockWidget::title { background: <<panel>>; padding: 8px 12px; text-align: left; font-weight: 600; }
QTabWidget::pane { border: none; border-top: 1px solid <<line>>; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: <<soft>>; padding: 8px 4px; margin: 0 8px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: <<ink>>; }
QTabBar::tab:selected { color: <<ink>>; font-weight: 600; border-bottom: 2px solid <<accent>>; }
QTabBar::tab:focus { color: <<accent_text>>; }
QTabBar::close-button { image: url(<<x>>); width: 12px; height: 12px; border-radius: 4px; }
QTabBar::close-button:hover { background: <<hover>>; }

QListView, QTreeView, QTableView { icon-size: 16px;
  background: <<panel>>; border: none; alternate-background-color: <<panel>>;
  show-decoration-selected: 1; }
QListView::item, QTreeView::item, QTableView::item { padding: 4px 6px; border: none; border-radius: 6px; color:
  <<ink>>; }
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover { background: <<hover>>; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: <<selected>>; color:
  <<ink>>; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url(<<chevron_right>>); }
QTreeView::branch:has-children:open { image: url(<<chevron_down>>); }
QHeaderView { background: <<panel>>; }
QHeaderView::section { background: <<panel>>; color: <<soft>>; border: none; border-bottom: 1px solid <<line>>;
  padding: 4px 8px; }
QTableView { gridline-color: <<line>>; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: <<outline>>; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: <<faint>>; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: <<line>>; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: <<panel>>; border-top: 1px solid <<line>>; color: <<soft>>; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: <<soft>>; padding: 2px 6px; }
QProgressBar { background: <<well>>; border: none; border-radius: 2px; height: 4px; max-height: 4px; text-align:
  center; }
QProgressBar::chunk { background: <<accent>>; border-radius: 2px; }
QSlider::groove:horizontal { height: 4px; background: <<line>>; border-radius: 2px; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: <<accent>>; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
QScrollArea { background: <<panel>>; border: none; }
QScrollArea > QWidget > QWidget { background: <<panel>>; }
QGraphicsView, QStackedWidget[look="paper"] { border: none; background: <<canvas>>; }

QLabel { background: transparent; }
QLabel[look="soft"] { color: <<soft>>; font-size: 12px; }
QLabel[look="tiny"] { color: <<soft>>; font-size: 11px; }
QLabel[look="section"] { color: <<soft>>; font-size: 12px; font-weight: 600; }
QLabel[look="title"] { font-weight: 600; }
QLabel[look="headline"] { font-size: 19px; font-weight: 600; }
QFrame[look="card"] { background: <<well>>; border: none; border-radius: 8px; }
QFrame[look="outlined"] { background: <<panel>>; border: 1px solid <<line>>; border-radius: 8px; }
QFrame[look="bar"] { background: <<panel>>; border: 1px solid <<line>>; border-radius: 8px; }
QFrame[look="rule"] { background: <<line>>; border: none; max-height: 1px; min-height: 1px; }
"""

_STRONG = """
QMainWindow::separator { background: <<outline>>; width: 2px; height: 2px; }
QMenuBar::item:selected, QMenu::item:selected { background: <<accent>>; color: <<on_accent>>; }
QMenuBar, QToolBar { border-bottom-color: <<outline>>; }
QStatusBar { border-top-color: <<outline>>; }
QMenu::item:disabled:selected { background: transparent; color: <<faint>>; border: 1px solid <<faint>>; }
QMenu::separator { background: <<outline>>; }
QToolButton { border: 1px solid <<line>>; }
QToolButton:disabled { border-color: transparent; }
QToolButton:pressed, QToolButton:checked { border: 2px solid <<accent>>; padding: 4px; }
QToolButton:focus { border: 3px solid <<accent>>; padding: 3px; }
QPushButton:disabled { border: 1px dashed <<faint>>; }
QPushButton:focus, QPushButton[look="quiet"]:focus, QPushButton:flat:focus { border: 3px solid <<accent>>;
  padding: 3px 10px; }
QPushButton[look="primary"]:focus, QPushButton:default:focus { border: 3px solid <<ink>>; padding: 3px 10px; }
QPushButton[look="quiet"], QPushButton:flat { border: 1px solid <<line>>; }
QPushButton[look="link"] { text-decoration: underline; }
QPushButton[look="link"]:focus { border: 3px solid <<accent>>; padding: 0; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QComboBox:on, QKeySequenceEdit:focus,
  QLineEdit[look="search"]:focus { border: 3px solid <<accent>>; padding: 2px 6px; }
QLineEdit:focus, QLineEdit[look="search"]:focus { padding: 2px 4px; }
QTextEdit:focus, QPlainTextEdit:focus { border: 3px solid <<accent>>; padding: 2px; }
QSpinBox:focus, QDoubleSpinBox:focus { padding: 1px 0 0 0; }
QLineEdit[look="search"] { border: 1px solid <<outline>>; }
*[wrong="true"] { border: 3px double <<failed>>; }
QCheckBox::indicator, QRadioButton::indicator { border: 2px solid <<ink>>; width: 13px; height: 13px; }
QCheckBox:focus, QRadioButton:focus { border: 3px solid <<accent>>; border-radius: 4px; padding: 1px; }
QRadioButton::indicator:checked { border: 5px solid <<accent>>; width: 7px; height: 7px; }
QTabBar::tab:selected { border-bottom: 4px solid <<accent>>; padding-bottom: 6px; }
QTabBar::tab:focus { border: 3px solid <<accent>>; padding: 5px 1px; }
QTabWidget::pane { border-top-color: <<outline>>; }
QListView, QTreeView, QTableView { border: 1px solid <<line>>; }
QListView:focus, QTreeView:focus, QTableView:focus { border: 3px solid <<accent>>; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { border: 2px solid <<accent>>;
  padding: 2px 4px; }
QHeaderView::section { color: <<ink>>; font-weight: 600; border-bottom: 2px solid <<outline>>; }
QScrollBar::handle { background: <<faint>>; }
QScrollBar::handle:hover { background: <<ink>>; }
QProgressBar { border: 1px solid <<outline>>; height: 6px; max-height: 6px; }
QSlider::groove:horizontal { background: <<faint>>; }
QSlider:focus { border: 3px solid <<accent>>; }
QFrame[look="card"], QFrame[look="outlined"], QFrame[look="bar"] { border: 1px solid <<outline>>; }
QFrame[look="rule"] { background: <<line>>; }
QDockWidget::title { border-bottom: 1px solid <<line>>; }
"""
"""What is added for high contrast: a line round everything, and a ring of three pixels round what has the focus."""
