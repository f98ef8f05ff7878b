"""Starts the editor and ends it in order: application, first window, event loop, what was open when it crashed.

The window is painted before all else is imported. What its first paint shows (the menus' titles, the welcome page or
the places round the canvas) needs Qt and a dozen small modules; graphs, commands, canvas, asyncio and the engine take
three times as long, and come while the person sees a window already. That happens in turns of a few hundredths of a
second, and between two of them the window is painted and answers the system. What is typed and clicked meanwhile waits
in its queue until the window is whole and its drawing is there: nothing is lost, and nothing meets half a window. So
what is not painted at first is imported here by the functions that use it.
"""

from __future__ import annotations

import importlib
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QFileOpenEvent, QIcon, QSessionManager
from PySide6.QtWidgets import QApplication

import quartet
import quartet.editor.overrides
import quartet.editor.plain_imports
from quartet.editor import manners, preferences, theme
from quartet.editor.settings import Settings
from quartet.editor.single_instance import SingleInstance
from quartet.editor.window import Window
from quartet.paths import RESOURCES

if TYPE_CHECKING:
    import asyncio

    from quartet.editor import recovery
    from quartet.editor.loop import EventLoop

DESKTOP_NAME = "io.github.quartet_studio.Quartet"
LATER = (
    "pydantic_core.core_schema",
    "pydantic.types",
    "pydantic.main",
    "quartet.graph.policies",
    "quartet.graph.model",
    "quartet.editor.recovery",
    "asyncio",
    "quartet.agents.built_in",
    "quartet.engine",
    "quartet.rules",
    "quartet.patterns.layout",
    "quartet.editor.canvas.view",
    "quartet.editor.levels",
    "quartet.editor.commands",
    "quartet.editor.furnishing",
)
"""What is imported when the window has been painted, in an order in which none takes much longer than another."""
IN_SIGHT = ("quartet.editor.panels.inspector", "quartet.editor.panels.problems")
"""And where documents are opened at once: the panels that most people see first."""
PATIENCE = 500
"""Milliseconds after which the start goes on though no window was painted: it may have been opened out of sight."""
GRACE = 5.0
"""Seconds given to what still runs when the last window has closed."""

log = logging.getLogger(__name__)


class Application(QApplication):
    """The application: its windows, its settings, its journals."""

    def __init__(self, arguments: Sequence[str], *, expects: bool = False) -> None:
        """`expects`: documents are opened at once, so the first window begins without its welcome page."""
        super().__init__([*arguments, *theme.STYLE])
        self.setApplicationName("Quartet")
        self.setApplicationDisplayName("")
        self.setApplicationVersion(quartet.__version__)
        self.setDesktopFileName(DESKTOP_NAME)
        self.setQuitOnLastWindowClosed(False)
        self.setWindowIcon(QIcon(str(RESOURCES / "app" / "quartet.svg")))
        self.settings = Settings()
        preferences.load(self.settings)
        self.windows: list[Window] = []
        self._expects = expects
        self._opened_early: list[Path] = []
        self.commitDataRequest.connect(self._session_ends)
        theme.apply(self, self.settings.scheme, styled=True)

    @cached_property
    def keeper(self) -> recovery.Keeper:
        """What keeps unsaved work safe."""
        from quartet.editor import recovery

        return recovery.Keeper()

    def _session_ends(self, manager: QSessionManager) -> None:
        """The person logs out: all work is on the disk now. Where the system lets programs ask, logging out waits until
        they have decided about what is unsaved, by the path of every other end; else the next start offers it."""
        self.keeper.write_now()
        unsaved = any(session.document.modified for window in self.windows for session in window.sessions)
        if unsaved and manager.allowsInteraction():
            manager.cancel()
            manager.release()
            QTimer.singleShot(0, self, self.closeAllWindows)

    def open_window(self) -> Window:
        """Open a window: it is painted, then made whole."""
        window = Window(self.settings, expects=self._expects)
        window.closed.connect(lambda: self._gone(window))
        window.show()
        self._paint(window)
        self._make_whole(window)
        return window

    def _paint(self, window: Window) -> None:
        """Let the window be painted, and nothing else happen to it. asyncio has not begun: no task waits meanwhile."""
        flags = QEventLoop.ProcessEventsFlag
        patience = QTimer(singleShot=True)
        window.painted.connect(patience.stop)
        patience.start(PATIENCE)
        while patience.isActive():
            self.processEvents(flags.ExcludeUserInputEvents | flags.WaitForMoreEvents)

    def _in_turns(self, work: Iterator[None]) -> None:
        """Do the work. Between two turns of it the window answers; what a person does with it waits."""
        for _ in work:
            self.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def _make_whole(self, window: Window) -> None:
        self._in_turns(self._furnishing(window))
        self.keeper.failed.connect(window.say_no_copy)
        self.keeper.works_again.connect(window.say_copies_again)
        self.windows.append(window)

    def _furnishing(self, window: Window) -> Iterator[None]:
        for name in LATER + IN_SIGHT if self._expects else LATER:
            importlib.import_module(name)
            yield
        from quartet.editor.accessibility import factory as accessibility

        accessibility.install()
        yield from window.furnishing(self.keeper)

    def open_first(self, window: Window, files: Sequence[Path]) -> None:
        """Open the documents of the start; the window can be used from then on."""
        window.files.open_paths([*files, *self.early()])
        self._in_turns(window.settling())

    def _gone(self, window: Window) -> None:
        if window in self.windows:
            self.windows.remove(window)
        if not self.windows:
            self.exit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):  # macOS: a file opened from the Finder
            path = Path(event.file())
            if self.windows:
                self.windows[-1].files.open_path(path)
            else:
                self._opened_early.append(path)
            return True
        return super().event(event)

    def come_forward(self, files: Sequence[Path]) -> None:
        """Open files that another start of the program asked for, and bring the window to the front."""
        if not self.windows:
            self._opened_early += files
            return
        window = self.windows[-1]
        window.files.open_paths(list(files))
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()

    def early(self) -> list[Path]:
        """The files that the system asked to open before there was a window."""
        found, self._opened_early = self._opened_early, []
        return found


def main(files: Sequence[str] = (), screenshot: str | None = None, *, separate: bool = False) -> int:
    """Run the editor until its last window is closed.

    If it runs already, the files are opened there.

    Args:
        files: graphs to open.
        separate: do not ask an editor that runs already.
        screenshot: instead of waiting for a person, write a picture of the window here as soon as it has been
            painted, and end.
    Returns:
        The exit code: 0, or 1 if the picture could not be written.
    """
    preferences.scale(Settings())
    application = Application(sys.argv[:1], expects=bool(files))
    instance = None
    if screenshot is None and not separate:
        instance = SingleInstance(parent=application)
        if not instance.first and "-" not in files and instance.hand_over([Path(name) for name in files]):
            sys.stdout.write("Quartet is running already: look there.\n")
            return 0
        instance.asked.connect(application.come_forward)
    window = application.open_window()
    import asyncio

    from quartet.editor import crash
    from quartet.editor.judge import Judge
    from quartet.editor.loop import EventLoop

    loop = EventLoop(application)
    asyncio.set_event_loop(loop)
    watch = crash.Watch(application.keeper.write_now, application)
    watch.install()
    loop.set_exception_handler(watch.on_loop)
    Judge.held = screenshot is None
    heart = _let_signals_in()
    code = 0
    try:
        application.open_first(window, [Path(name) for name in files])
        code = loop.run_until_complete(_live(application, window, screenshot, instance))
    finally:
        heart.stop()
        if instance is not None:
            instance.close()
        _tidy(loop)
        _leave_clipboard()
        application.keeper.close()
        application.settings.sync()
        loop.close()
        watch.remove()
    return code


def _leave_clipboard() -> None:
    from quartet.editor.canvas import clipboard  # the canvas had it from its start

    clipboard.leave()


async def _live(
    application: Application,
    window: Window,
    screenshot: str | None,
    instance: SingleInstance | None,
) -> int:
    """From the first turn of the loop to the last window."""
    import asyncio

    from quartet.editor import orphans

    if window not in application.windows:
        return 0  # closed before it could be used
    ended = asyncio.get_running_loop().create_future()
    window.closed.connect(lambda: None if ended.done() else ended.set_result(None))
    manners.take_over()
    if screenshot is not None:
        return await _picture(window, Path(screenshot))
    QTimer.singleShot(0, window, _prepare)  # the window is painted first
    QTimer.singleShot(0, window, lambda: window.found_orphans(orphans.orphans()))
    if instance is not None:
        QTimer.singleShot(0, window, instance.listen)
    await ended
    return 0


def _prepare() -> None:
    """Import in a thread what the first judgement takes, so that the window answers meanwhile."""
    import asyncio

    from quartet.editor.judge import Judge, prepare

    def prepared(done: asyncio.Future[None]) -> None:
        Judge.held = False
        if not done.cancelled() and done.exception() is not None:
            log.error("judging could not be prepared", exc_info=done.exception())

    asyncio.get_running_loop().run_in_executor(None, prepare).add_done_callback(prepared)


async def _picture(window: Window, path: Path) -> int:
    import asyncio

    painted = asyncio.get_running_loop().create_future()
    QTimer.singleShot(0, window, lambda: painted.set_result(None))
    await painted
    if window.session is None:
        window.welcome.load_all()
    else:
        window.session.document.judge_now()
    return 0 if window.grab().save(str(path)) else 1


def _let_signals_in() -> QTimer:
    """Let Ctrl+C and a polite kill end the program as closing does. Python looks at signals only while it runs, so it
    does now and then, and looks for garbage meanwhile."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    for number in [getattr(signal, name) for name in names if hasattr(signal, name)]:
        signal.signal(number, lambda *_: QApplication.closeAllWindows())
    heart = QTimer()
    heart.timeout.connect(manners.search)
    heart.start(200)
    return heart


def _tidy(loop: EventLoop) -> None:
    """Cancel what still runs, give it a moment, and close what asyncio keeps open."""
    import asyncio

    tasks = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in tasks:
        task.cancel()
    if tasks:
        done, late = loop.run_until_complete(asyncio.wait(tasks, timeout=GRACE))
        for task in done:
            if not task.cancelled() and task.exception() is not None:
                log.error("while ending: %s", task.exception())
        if late:
            log.error("%d tasks did not end in %g s", len(late), GRACE)
    loop.run_until_complete(loop.shutdown_asyncgens())
