"""What the tests of the editor share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.desk import Desk
from quartet.editor.loop import EventLoop
from quartet.editor.recovery import Keeper
from quartet.editor.settings import Settings
from quartet.editor.window import Window


@pytest.fixture(scope="module")
def shared_desk(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(folder / name.lower()))
        desk = Desk(folder)
        yield desk
        desk.close()


@pytest.fixture
def own_desk(shared_desk: Desk) -> Desk:
    shared_desk.anew()
    return shared_desk


@pytest.fixture
def loop(qtbot: QtBot, qapp: QApplication) -> Iterator[EventLoop]:
    """The editor's event loop, for what runs on it."""
    found = EventLoop(qapp)
    yield found
    found.close()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    """A window of this test's own, with nothing open yet."""
    settings, keeper = Settings(), Keeper()
    settings.folder = tmp_path
    found = Window(settings, keeper)

    def clear(_: object) -> None:  # else closing it asks about what is not saved
        for session in list(found.sessions):
            found.remove(session)
        keeper.close()

    qtbot.addWidget(found, before_close_func=clear)
    found.resize(1400, 900)
    found.show()
    found.activateWindow()
    return found
