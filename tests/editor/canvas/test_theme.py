import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from quartet.editor import icons, theme
from quartet.paths import RESOURCES

BOTH = [theme.THEMES["light"], theme.THEMES["dark"]]
WORDS = ["ink", "soft", "accent", "running", "succeeded", "failed", "warning", "idle", *theme.PATTERNS]


@pytest.mark.parametrize("look", BOTH, ids=lambda look: look.name)
@pytest.mark.parametrize("token", WORDS)
def test_text_can_be_read_on_everything_it_stands_on(look: theme.Theme, token: str) -> None:
    for ground in (look.panel, look.node, look.canvas, look.well):
        assert theme.contrast(look.text(token), ground) >= 4.5
    if token not in ("ink", "soft", "idle"):
        assert theme.contrast(look.text(token), look.tint(token)) >= 4.5


@pytest.mark.parametrize("look", BOTH, ids=lambda look: look.name)
def test_selected_rows_and_primary_buttons_can_be_read(look: theme.Theme) -> None:
    assert theme.contrast(look.ink, look.selected) >= 4.5
    assert theme.contrast(look.on_accent, look.button) >= 4.5


def test_both_themes_have_the_same_tokens() -> None:
    assert theme.TOKENS["light"].keys() == theme.TOKENS["dark"].keys()


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast(QColor("#000"), QColor("#fff")) == pytest.approx(21)
    assert theme.contrast(QColor("#777"), QColor("#fff")) == pytest.approx(4.48, abs=0.01)


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(KeyError):
        BOTH[0].color("name")


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

    for look in BOTH:
        marks = re.findall(r"url\((.+?)\)", stylesheet(look))
        assert marks and all((RESOURCES / "icons" / "marks" / mark.rsplit("/", 1)[1]).is_file() for mark in marks)


def test_licences_stand_beside_what_is_shipped() -> None:
    assert "ISC" in (RESOURCES / "icons" / "LICENSE-lucide.txt").read_text()
    assert "SIL Open Font License" in (RESOURCES / "fonts" / "LICENSE-Inter.txt").read_text()
