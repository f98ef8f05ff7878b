import types
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from quartet.editor import icons, theme
from quartet.paths import RESOURCES

ALL = list(theme.THEMES.values())
STRONG = [look for look in ALL if look.strong]
_GROUNDS = {"canvas", "panel", "node", "well", "hover", "grid", "shadow", "on_accent"}
WORDS = ["ink", "soft", "accent", "running", "succeeded", "failed", "warning", "idle", *theme.PATTERNS]


@pytest.mark.parametrize("look", ALL, ids=lambda look: look.name)
@pytest.mark.parametrize("token", WORDS)
def test_text_can_be_read_on_everything_it_stands_on(look: theme.Theme, token: str) -> None:
    least = 7 if look.strong else 4.5
    for ground in (look.panel, look.node, look.canvas, look.well):
        assert theme.contrast(look.text(token), ground) >= least
    if token not in ("ink", "soft", "idle"):
        assert theme.contrast(look.text(token), look.tint(token)) >= least


@pytest.mark.parametrize("look", ALL, ids=lambda look: look.name)
def test_selected_rows_and_primary_buttons_can_be_read(look: theme.Theme) -> None:
    least = 7 if look.strong else 4.5
    for ground in (look.selected, look.hover, look.canvas):
        assert theme.contrast(look.ink, ground) >= least
    assert theme.contrast(look.soft, look.selected) >= least
    assert theme.contrast(look.on_accent, look.button) >= least


@pytest.mark.parametrize("look", STRONG, ids=lambda look: look.name)
@pytest.mark.parametrize("token", [token for token in theme.TOKENS["light"] if token not in _GROUNDS])
def test_high_contrast_holds_for_lines_borders_and_icons_too(look: theme.Theme, token: str) -> None:
    for ground in (look.panel, look.node, look.canvas):
        assert theme.contrast(look.color(token), ground) >= 7


def test_high_contrast_rings_what_has_the_focus_with_three_pixels_at_least(qapp: QApplication) -> None:
    from quartet.editor.canvas.style import style
    from quartet.editor.stylesheet import stylesheet

    for look in STRONG:
        sheet = stylesheet(look)
        assert f"border: {theme.FOCUS}px solid {look.accent.name()}" in sheet
        assert style(look).selected_line.widthF() > theme.FOCUS  # half of it lies under the card's edge
        assert style(look).card_line.color() == look.ink
    assert theme.FOCUS >= 3


def test_all_themes_have_the_same_tokens() -> None:
    assert len({frozenset(tokens) for tokens in theme.TOKENS.values()}) == 1


@pytest.mark.parametrize("scheme", list(Qt.ColorScheme))
@pytest.mark.parametrize("contrast", list(Qt.ContrastPreference))
def test_the_system_is_followed_live(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, scheme: Qt.ColorScheme, contrast: Qt.ContrastPreference
) -> None:
    class Hints:
        @staticmethod
        def colorScheme() -> Qt.ColorScheme:
            return scheme

        @staticmethod
        def accessibility() -> object:
            return types.SimpleNamespace(contrastPreference=lambda: contrast)

    real = QGuiApplication.styleHints()
    theme.apply(qapp, "system")
    monkeypatch.setattr(theme.QGuiApplication, "styleHints", Hints)
    real.colorSchemeChanged.emit(scheme)
    by_scheme = theme.current().name
    real.accessibility().contrastPreferenceChanged.emit(contrast)
    strong = contrast == Qt.ContrastPreference.HighContrast
    dark = scheme == Qt.ColorScheme.Dark  # what is unknown is light
    assert theme.current().name == ("contrast_" if strong else "") + ("dark" if dark else "light") == by_scheme
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.current().panel.name()
    theme.apply(qapp, "dark")
    real.accessibility().contrastPreferenceChanged.emit(contrast)
    assert theme.current().name == "dark"  # what a person chose stays


def test_a_chosen_scheme_is_kept_and_nonsense_is_not(tmp_path: Path) -> None:
    from quartet.editor.settings import Settings

    settings = Settings(tmp_path / "settings.ini")
    for name in theme.THEMES:
        settings.scheme = name
        settings.sync()
        assert Settings(tmp_path / "settings.ini").scheme == name
    settings.set_value("x", 1)
    settings._store.setValue("look/scheme", "sepia")
    assert settings.scheme == "system"


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast(QColor("#000"), QColor("#fff")) == pytest.approx(21)
    assert theme.contrast(QColor("#777"), QColor("#fff")) == pytest.approx(4.48, abs=0.01)


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(KeyError):
        ALL[0].color("name")


def test_applying_a_theme_dresses_the_application_and_tells_everybody(qapp: QApplication, qtbot: object) -> None:
    told = []
    theme.changed.connect(lambda: told.append(theme.current().name))
    theme.apply(qapp, "dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.THEMES["dark"].panel.name()
    theme.apply(qapp, "light")
    assert told == ["dark", "light"]
    assert qapp.font().family() == "Inter"


def test_every_state_and_pattern_has_an_icon_that_exists() -> None:
    wanted = {look.icon for look in theme.STATES.values()} | set(theme.PATTERN_ICONS.values()) | {icons.FALLBACK}
    assert wanted <= icons.names()


def test_every_icon_that_is_asked_for_exists() -> None:
    import re
    from pathlib import Path

    import quartet
    import quartet.agents.built_in  # registers the kinds
    from quartet.agents.kinds import all_kinds

    text = "".join(path.read_text("utf-8") for path in Path(quartet.__file__).parent.rglob("*.py"))
    asked = set(re.findall(r'icons\.(?:icon|pixmap)\(\s*"([a-z0-9-]+)"', text)) | {kind.icon for kind in all_kinds()}
    assert len(asked) > 20
    assert asked <= icons.names()


def test_every_word_of_a_state_is_its_own() -> None:
    words = [look.word for look in theme.STATES.values()]
    assert len(set(words)) == len(words)


def test_an_icon_is_drawn_in_its_colour_and_sharp_on_a_dense_screen(qapp: QApplication) -> None:
    drawn = icons.pixmap("check", "#FF0000", 16, 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (32, 2.0)
    image = drawn.toImage()
    tones = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 250
    }
    assert tones == {"#ff0000"}


def test_an_unknown_icon_is_drawn_as_the_general_one(qapp: QApplication) -> None:
    assert icons.pixmap("no such icon", "#000", 16, 1.0).toImage() == icons.pixmap("shapes", "#000", 16, 1.0).toImage()


def test_the_style_sheet_names_no_file_that_is_missing(qapp: QApplication) -> None:
    import re

    from quartet.editor.stylesheet import stylesheet

    for look in ALL:
        marks = re.findall(r"url\((.+?)\)", stylesheet(look))
        assert marks and all((RESOURCES / "icons" / "marks" / mark.rsplit("/", 1)[1]).is_file() for mark in marks)


def test_licences_stand_beside_what_is_shipped() -> None:
    assert "ISC" in (RESOURCES / "icons" / "LICENSE-lucide.txt").read_text()
    assert "SIL Open Font License" in (RESOURCES / "fonts" / "LICENSE-Inter.txt").read_text()
