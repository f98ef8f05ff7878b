"""The look: every size and distance of the editor, what follows from its colours, and how it reaches Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QPen, Qt
from PySide6.QtWidgets import QApplication

from quartet.editor import preferences
from quartet.editor.palettes import PAINTS, TOKENS, Name
from quartet.editor.stylesheet import stylesheet
from quartet.paths import RESOURCES

Scheme = Literal["system"] | Name

PATTERNS = ("pipeline", "fan_out", "supervisor", "swarm")
PATTERN_ICONS = {"pipeline": "arrow-right", "fan_out": "split", "supervisor": "eye", "swarm": "waypoints"}
PATTERN_NAMES = {"pipeline": "Pipeline", "fan_out": "Fan-out", "supervisor": "Supervisor", "swarm": "Swarm"}


DARK: frozenset[Name] = frozenset({"dark", "contrast_dark"})
STRONG: frozenset[Name] = frozenset({"contrast_light", "contrast_dark"})


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: never by colour alone, always with an icon and a word."""

    token: str
    icon: str
    word: str


STATES: dict[str, Look] = {
    "idle": Look("idle", "circle-dashed", "not yet"),
    "ready": Look("idle", "circle", "ready"),
    "queued": Look("idle", "clock", "queued"),
    "running": Look("running", "loader", "running"),
    "backoff": Look("warning", "rotate-cw", "retrying"),
    "waiting": Look("warning", "hand", "waiting"),
    "held": Look("warning", "circle-pause", "held"),
    "succeeded": Look("succeeded", "circle-check", "done"),
    "failed": Look("failed", "circle-x", "failed"),
    "timed_out": Look("failed", "timer-off", "timed out"),
    "skipped": Look("idle", "skip-forward", "skipped"),
    "cancelled": Look("idle", "ban", "cancelled"),
}
"""By the status of `quartet.engine.state`."""

TEXT, SMALL, TINY, HEADLINE = 13, 12, 11, 19
"""Sizes of type in pixels; no more than three on one screen."""
GRID = 4
"""Everything lines up on multiples of this, in pixels."""
MOTION = 160
"""The longest a movement takes, in milliseconds; nothing moves where the system asks for less (`motion()`)."""
CONTRAST, HIGH_CONTRAST = 4.5, 7.0
"""The least contrast of a text with what it stands on, as a rule and in the themes of high contrast."""
FOCUS = 3
"""Width of the ring round what has the keyboard's focus, in themes of high contrast."""


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(a: QColor, b: QColor) -> float:
    """The contrast of two opaque colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(over: QColor, under: QColor, share: float) -> QColor:
    """`over` laid on `under` with an opacity of `share`, opaque."""
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * (1 - share),
        over.greenF() * share + under.greenF() * (1 - share),
        over.blueF() * share + under.blueF() * (1 - share),
    )


def alpha(color: QColor, share: float) -> QColor:
    """`color` with an opacity of `share`."""
    found = QColor(color)
    found.setAlphaF(share)
    return found


def readable(color: QColor, backgrounds: list[QColor], towards: QColor, least: float = CONTRAST) -> QColor:
    """`color`, moved towards `towards` until its contrast with each of the backgrounds is at least `least`."""
    for step in range(51):
        found = mix(towards, color, step / 50)
        if all(contrast(found, background) >= least for background in backgrounds):
            return found
    return QColor(towards)


@dataclass(frozen=True)
class Theme:
    """One theme: the tokens as colours, and what is derived from them. Treat the colours as constants."""

    name: Name
    canvas: QColor
    panel: QColor
    node: QColor
    well: QColor
    """Behind inputs and quiet cards on a panel."""
    hover: QColor
    line: QColor
    outline: QColor
    """Round buttons and inputs: a little stronger than `line`."""
    grid: QColor
    shadow: QColor
    ink: QColor
    soft: QColor
    """Secondary text."""
    faint: QColor
    """Icons and lines, never text."""
    edge: QColor
    accent: QColor
    on_accent: QColor
    running: QColor
    succeeded: QColor
    failed: QColor
    warning: QColor
    idle: QColor
    pipeline: QColor
    fan_out: QColor
    supervisor: QColor
    swarm: QColor
    selected: QColor
    """Behind a selected row."""
    button: QColor
    """The accent as the ground of a button's text."""
    _texts: dict[str, QColor] = field(repr=False, compare=False)

    @property
    def dark(self) -> bool:
        return self.name in DARK

    @property
    def strong(self) -> bool:
        """Whether this is a theme of high contrast: lines are stronger, nothing is barely there."""
        return self.name in STRONG

    @property
    def ring(self) -> QPen:
        """The pen round a painted widget that has the keyboard's focus."""
        return QPen(self.accent, FOCUS if self.strong else 1)

    def color(self, token: str) -> QColor:
        """A token by its name.

        Raises:
            KeyError: there is no such token.
        """
        if token not in TOKENS[self.name]:
            raise KeyError(token)
        return getattr(self, token)  # type: ignore[no-any-return]  # every token is a field of this class

    def paint(self, name: str | None) -> QColor | None:
        """The colour that a person drew an agent in; None: none that is known here."""
        found = PAINTS[self.name].get(name or "")
        return None if found is None else QColor(found)

    def text(self, token: str) -> QColor:
        """The token darkened (light) or lightened (dark) until it can be read as text on panel, node, canvas, well,
        and a tint of itself."""
        return self._texts[token]

    def pattern(self, name: str) -> QColor:
        """The colour of a pattern; of anything else the soft ink."""
        return self.color(name) if name in PATTERNS else self.soft

    def pattern_text(self, name: str) -> QColor:
        return self.text(name if name in PATTERNS else "soft")

    def state(self, status: str) -> QColor:
        """The colour of an agent's status."""
        return self.color(STATES[status].token)

    def state_text(self, status: str) -> QColor:
        return self.text(STATES[status].token)

    def tint(self, token: str, share: float | None = None, on: str = "node") -> QColor:
        """The token barely laid over another one: behind icons, chips and selected rows."""
        return mix(self.color(token), self.color(on), share if share is not None else (0.16 if self.dark else 0.11))


def _build(name: Name) -> Theme:
    colors = {token: QColor(value) for token, value in TOKENS[name].items()}
    towards = QColor("#FFFFFF" if name in DARK else "#000000")
    share = 0.16 if name in DARK else 0.11
    least = HIGH_CONTRAST if name in STRONG else CONTRAST
    selected = mix(colors["accent"], colors["panel"], share)
    texts: dict[str, QColor] = {}
    for wanted in ("ink", "soft", "accent", "running", "succeeded", "failed", "warning", "idle", *PATTERNS):
        grounds = [colors[ground] for ground in ("panel", "node", "canvas", "well")]
        color = colors["soft" if wanted == "idle" else wanted]
        if wanted in ("ink", "soft", "idle"):
            grounds.append(selected)
        else:
            grounds += [mix(color, colors[ground], share) for ground in ("panel", "node", "canvas")]
        texts[wanted] = readable(color, grounds, towards, least)
    colors["soft"] = texts["soft"]
    button = readable(colors["accent"], [colors["on_accent"]], towards, least)
    return Theme(name=name, selected=selected, button=button, _texts=texts, **colors)


THEMES: dict[Name, Theme] = {name: _build(name) for name in TOKENS}


class _Signals(QObject):
    changed = Signal()


_signals = _Signals()
changed = _signals.changed
"""Emitted after the theme changed: whoever keeps colours or coloured icons takes them anew."""

_current: Theme = THEMES["light"]
_scheme: Scheme = "system"
_following = False
STYLE = ("-style", "Fusion")
"""Arguments for an application: to set a style later makes all that Qt's styles have known to Python, which takes
longer than to make the application."""


def current() -> Theme:
    """The theme in use."""
    return _current


def scheme() -> Scheme:
    """What a person chose: to follow the system, or one of the themes."""
    return _scheme


def system_theme() -> Name:
    """What the system asks for; light where it does not say."""
    hints = QGuiApplication.styleHints()  # kept: what accessibility() returns is gone with it
    strong = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
    if hints.colorScheme() == Qt.ColorScheme.Dark:
        return "contrast_dark" if strong else "dark"
    return "contrast_light" if strong else "light"


def motion() -> bool:
    """Whether things may move: no, where the system asks for less motion, or the person does."""
    if preferences.current().motion == "reduced":
        return False
    hints = QGuiApplication.styleHints()
    preference = getattr(hints.accessibility(), "motionPreference", None)  # a Qt before 6.12 cannot tell
    if preference is None:
        return True
    return "Reduced" not in str(preference())


def apply(app: QApplication, scheme: Scheme = "system", *, styled: bool = False) -> None:
    """Dress the application: palette, style sheet and font; with "system" it follows the desktop from now on.

    Args:
        styled: the application was made with `STYLE`.
    """
    global _current, _scheme, _following
    _scheme = scheme
    _current = THEMES[system_theme() if scheme == "system" else scheme]
    if not _following:
        _following = True
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(_follow)
        hints.accessibility().contrastPreferenceChanged.connect(_follow)
    if not app.styleSheet() and not styled:
        app.setStyle(STYLE[1])  # once: it dresses every widget anew, as the sheet below does too
    app.setFont(font())
    app.setPalette(palette(_current))
    sheet = stylesheet(_current)
    if sheet != app.styleSheet():
        # from one sheet to another Qt dresses every widget once for each of those around it; to none and back, twice
        app.setStyleSheet("")
        app.setStyleSheet(sheet)
    changed.emit()


def _follow() -> None:
    app = QApplication.instance()
    if _scheme == "system" and isinstance(app, QApplication) and THEMES[system_theme()] is not _current:
        apply(app, "system")


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette, for what the style sheet does not reach."""
    found = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, theme.panel), (role.Base, theme.panel), (role.AlternateBase, theme.well),
        (role.Button, theme.panel), (role.ToolTipBase, theme.panel), (role.Text, theme.ink),
        (role.WindowText, theme.ink), (role.ButtonText, theme.ink), (role.ToolTipText, theme.ink),
        (role.PlaceholderText, theme.soft), (role.Highlight, theme.accent), (role.HighlightedText, theme.on_accent),
        (role.Accent, theme.accent), (role.Link, theme.text("accent")), (role.Mid, theme.line),
        (role.Dark, theme.outline), (role.Light, theme.panel), (role.Midlight, theme.line),
    ):  # fmt: skip
        found.setColor(which, color)
    for which in (role.Text, role.WindowText, role.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, which, theme.faint)
    return found


_families: list[str] | None = None


def family() -> str:
    """The interface's typeface: Inter, which is shipped; the system's own where it cannot be loaded."""
    global _families
    if _families is None:
        _families = []
        for path in sorted((RESOURCES / "fonts").glob("*.ttf")):
            number = QFontDatabase.addApplicationFont(str(path))
            _families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    if "Inter" in _families:
        return "Inter"
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(pixels: int = TEXT, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The interface's font in a size of `TEXT`, `SMALL`, `TINY` or `HEADLINE`."""
    found = QFont(family())
    found.setPixelSize(pixels)
    found.setWeight(weight)
    return found


def code_font(pixels: int = SMALL) -> QFont:
    """A font with letters of one width, for prompts, code and JSON."""
    found = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    found.setPixelSize(pixels)
    return found
