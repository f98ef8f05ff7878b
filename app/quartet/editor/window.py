"""The main window: open documents as tabs, the canvas in the middle, panels round it, and everything within reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

from quartet.editor.bare_window import BareWindow
from quartet.editor.menubar import MenuBar
from quartet.editor.settings import Settings
from quartet.editor.soon import Soon
from quartet.editor.topbar import TopBar

# Only what the first paint shows is imported above. All else takes several times as long, and is imported by the
# methods that use it, `furnish` the first of them: see `quartet.editor.app`.
if TYPE_CHECKING:
    from quartet.editor.actions import Actions
    from quartet.editor.canvas.view import Canvas
    from quartet.editor.document import Document
    from quartet.editor.files import Files
    from quartet.editor.local_history import LocalHistory
    from quartet.editor.orphans import Orphan
    from quartet.editor.outside import OutsideChanges
    from quartet.editor.panels.inspector import Inspector
    from quartet.editor.panels.palette import Palette
    from quartet.editor.panels.panel import Panel
    from quartet.editor.recent import Recent
    from quartet.editor.recovery import Keeper
    from quartet.editor.session import Session
    from quartet.graph.model import Graph
    from quartet.rules.demonstrations import Demonstration


class Window(BareWindow):
    """One window of the editor. `session` is the document in front; None while the welcome page is."""

    keeper: Keeper
    files: Files
    outside: OutsideChanges
    local_history: LocalHistory
    actions_: Actions
    recent: Recent
    palette_: Palette

    def __init__(self, settings: Settings, keeper: Keeper | None = None, *, expects: bool = False) -> None:
        """Make the window; without a `keeper` only what its first paint takes, until `furnish` is called.

        Args:
            expects: documents are about to be opened, so it begins with the canvas' place and not with the welcome
                page; `settling` follows when they are.
        """
        super().__init__(settings, expects=expects)
        self.sessions: list[Session] = []
        self.session: Session | None = None
        self.orphans: list[Orphan] = []
        self._later = Soon(self.refresh, self)
        self.top = TopBar(self)
        self.top.tabs.currentChanged.connect(self._tab_changed)
        self.addToolBar(self.top)
        self.menus = MenuBar(self)
        self.setMenuBar(self.menus)
        self._restore()
        self.top.setVisible(expects)
        if keeper is not None:
            self.furnish(keeper)

    def furnish(self, keeper: Keeper) -> None:
        """Bring in what a painted window lacks, and let it be used."""
        for _ in self.furnishing(keeper):
            pass

    def furnishing(self, keeper: Keeper) -> Iterator[None]:
        """The same in turns, none of which takes long: so that a window which is shown answers in between."""
        from quartet.editor import furnishing

        self.keeper = keeper
        if self._expects:
            self._place_welcome()
        else:
            self._place_docks()
        self.docks.seen.connect(self._panel_seen)
        yield
        yield from furnishing.furnish(self)
        self.setAcceptDrops(True)
        if self._expects:
            self.refresh_recent()
            self.refresh()
        else:
            self._front(None)
            self._become_whole()

    def settling(self) -> Iterator[None]:
        """In turns, after what was expected is open: the drawing is painted, then one panel in sight after another is
        built. What could not be opened leaves the welcome page."""
        if not self._expects:
            return
        self._expects = False
        if self.session is None:
            self._front(None)
        else:
            yield
            for name in self.docks.front():
                self._panel_seen(name)
                yield
            for session in self.sessions:
                session.build_soon()
        self._become_whole()

    # documents

    def add(self, document: Document) -> Session:
        """Open a document in a tab of its own and bring it to the front."""
        from quartet.editor import going_inside
        from quartet.editor.run_panels import RunPanels
        from quartet.editor.session import Session

        session = Session(document, self.settings, self)
        self.sessions.append(session)
        self.take_in(session)
        self.keeper.watch(document)
        self.local_history.follow(document)
        session.retitled.connect(self._retitle)
        session.runner.changed.connect(self._later.start)
        session.runner.told.connect(lambda text: self.status.say(text, session))
        RunPanels(self, session)
        session.runner.stage = lambda graph, shown: self._stage(session, graph, shown)
        document.undo_stack.indexChanged.connect(self._later.start)
        going_inside.attach(self, session)
        self.top.tabs.addTab(session.title)
        self.show_session(session)
        return session

    def take_in(self, session: Session) -> None:
        """Have the canvas and the panels of a session, or of a level inside it."""
        self.docks.canvases.addWidget(session.page)
        session.panel_built.connect(lambda name, panel: self._panel_built(session, name, panel))
        self._serve(session.canvas)
        session.canvas_built.connect(self._serve)
        session.entered.connect(lambda: self._entered(session))
        document = session.document
        for signal in (document.changed, document.selection_changed):
            signal.connect(self._later.start)
        document.verdict_changed.connect(self._judged)
        if not self._expects:
            session.build_soon()

    def _serve(self, canvas: Canvas) -> None:
        from quartet.editor import going_inside

        self.actions_.serve(canvas)
        canvas.inspect_requested.connect(lambda _: self._inspect())
        canvas.open_requested.connect(lambda id: going_inside.go_in(self, id))
        canvas.leave_requested.connect(lambda: going_inside.go_out(self))

    def _entered(self, session: Session) -> None:
        """The keyboard went over to the drawing on the other side: panels and commands are about that one now."""
        if session is not self.session and session.root in self.sessions:
            self._front(session)
        else:
            self._later.start()

    def _stage(self, origin: Session, graph: Graph, shown: Demonstration) -> None:
        """Show a demonstration's copy of a drawing in a tab of its own, until the person goes back."""
        from quartet.editor.document import Document

        copy = self.add(Document(graph))

        def back() -> None:
            if copy in self.sessions and not copy.document.modified:
                self.remove(copy)
            if origin in self.sessions:
                self.show_session(origin)

        copy.runner.left.connect(back, Qt.ConnectionType.QueuedConnection)
        copy.runner.watch_staged(shown, graph)

    def _panel_seen(self, name: str) -> None:
        """A panel is built when it is first looked at, if its turn has not come by then."""
        if self.session is not None and name != "palette":
            self.session.panels[name].catch_up()
            self.session.panels[name].seen()

    def _panel_built(self, session: Session, name: str, panel: Panel) -> None:
        self.docks.add(name, panel)
        panel.count_changed.connect(self._counter(session, name))
        if name == "verdict":
            panel.problems_requested.connect(lambda: self.show_panel("problems"))  # type: ignore[attr-defined]
            panel.guide_requested.connect(self.actions_["insert.guide"].trigger)  # type: ignore[attr-defined]
        if session is self.session:
            self.docks.show_panel(name, panel)

    def _counter(self, session: Session, name: str) -> Callable[[int], None]:
        def count(number: int) -> None:
            if session is self.session:
                self.docks.count(name, number)

        return count

    def remove(self, session: Session) -> None:
        """Close a tab; whether that is all right was asked before."""
        from quartet.editor import going_inside

        index = self.sessions.index(session)
        going_inside.leave(self, session)
        self.local_history.leave(session.document)
        self.keeper.unwatch(session.document)
        self.top.tabs.blockSignals(True)
        self.top.tabs.removeTab(index)
        self.top.tabs.blockSignals(False)
        del self.sessions[index]
        if session is self.session:
            self._front(self.sessions[min(index, len(self.sessions) - 1)] if self.sessions else None)
        self.docks.canvases.removeWidget(session.page)
        self.docks.remove(session.panels)
        session.close()

    def show_session(self, session: Session) -> None:
        """Bring a document, or what is inside of it, to the front."""
        self.top.tabs.setCurrentIndex(self.sessions.index(session.root))
        self._front(session)

    def show_welcome(self) -> None:
        """Show the welcome page; open documents stay open."""
        self.top.tabs.blockSignals(True)
        self.top.tabs.setCurrentIndex(-1)
        self.top.tabs.blockSignals(False)
        self._front(None)

    def tab_moved(self, old: int, new: int) -> None:
        """A tab was dragged to another place."""
        self.sessions.insert(new, self.sessions.pop(old))
        self._arranged()

    def _arranged(self) -> None:
        self.keeper.arranged(
            [session.document for session in self.sessions], self.session.root.document if self.session else None
        )

    def _tab_changed(self, index: int) -> None:
        if 0 <= index < len(self.sessions):
            self._front(self.sessions[index].levels.here)

    def _front(self, session: Session | None) -> None:
        self.session = session
        self.top.setVisible(bool(self.sessions))
        self.top.show_session(session)
        self.status.show_session(session)
        if session is None:
            self.refresh_recent()
            self.welcome.tour.setVisible(not self.settings.tour_seen)
            self._pages.setCurrentWidget(self.welcome)
        else:
            self.docks.canvases.setCurrentWidget(session.page)
            self.docks.show_panels(session.panels)
            self._pages.setCurrentWidget(self.docks)
            if not self._expects:  # the drawing is painted before its panels are built
                for name in self.docks.front():
                    self._panel_seen(name)
            session.canvas.setFocus()
            self.top.tabs.blockSignals(True)
            self.top.tabs.setCurrentIndex(self.sessions.index(session.root))
            self.top.tabs.blockSignals(False)
        self._arranged()
        self._retitle()
        self.refresh()

    def _retitle(self) -> None:
        for index, session in enumerate(self.sessions):
            document, path = session.document, session.document.path
            tip = session.title if path is None else str(path)
            self.top.tabs.tell(index, session.title, tip, unsaved=document.modified)
        if self.session is None:
            self.setWindowTitle("Quartet")
            self.setWindowModified(False)
            self.setWindowFilePath("")
        else:
            path = self.session.document.path
            self.setWindowFilePath("" if path is None else str(path))
            self.setWindowTitle(f"{self.session.title}[*] — Quartet")
            self.setWindowModified(self.session.document.modified)
        self._later.start()

    def _before_painting(self) -> None:
        self._later.now()

    def refresh(self) -> None:
        """Bring commands and the top bar up to date."""
        self.actions_.refresh()
        self.top.refresh()

    def _judged(self) -> None:
        self.actions_.refresh(judged=True)

    def refresh_recent(self) -> None:
        """Bring the recent files up to date. It looks at the disk, so not at every change."""
        self.recent.look()

    # panels

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front."""
        if self.session is not None:
            self.docks.raise_panel(name)

    def reset_panels(self) -> None:
        """Put the panels back where they were at first."""
        self.docks.reset()

    def _inspect(self) -> None:
        self.show_panel("inspector")
        if self.session is not None:
            self._inspector.focus_name()

    @property
    def _inspector(self) -> Inspector:
        assert self.session is not None, "there is an inspector only for an open graph"
        return self.session.panels["inspector"]  # type: ignore[return-value]

    def show_graph_properties(self) -> None:
        """Show the inspector of the graph itself."""
        if self.session is not None:
            self.session.document.select([])
            self.show_panel("inspector")

    def focus_palette(self) -> None:
        """Put the cursor into the palette's search."""
        self.docks.raise_panel("palette")
        self.palette_.search.setFocus()
        self.palette_.search.selectAll()

    # recovery

    def found_orphans(self, orphans: list[Orphan]) -> None:
        """Take in what crashed editors left, and offer it."""
        self.orphans = orphans
        self.welcome.show_recovered(orphans)
        if orphans:
            self.offer_recovery()

    def offer_recovery(self) -> None:
        """Offer what crashed editors left: restore, discard, or later."""
        from quartet.editor import recovery_dialog

        recovery_dialog.offer(self)

    # the window itself

    def quit(self) -> None:
        """End the program, by the one path: closing every window."""
        QApplication.closeAllWindows()

    def _close(self, event: QCloseEvent) -> None:
        from quartet.editor import composing

        composing.settle()
        if all(not session.document.modified and not session.runner.running for session in self.sessions):
            for session in list(self.sessions):
                self.remove(session)
            self._remember()
            for orphan in self.orphans:
                orphan.later()
            self.local_history.close()
            super()._close(event)
            return
        event.ignore()
        # what is asked may be answered at once, and a window that is being closed cannot be closed
        self.files.close_all(lambda: QTimer.singleShot(0, self, self.close))

    def _activated(self) -> None:
        self.refresh_recent()
        QTimer.singleShot(0, self, self.outside.notice)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.whole or not self.actions_.press(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from quartet.editor import window_drops

        if window_drops.accepts(self, event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        from quartet.editor import window_drops

        event.acceptProposedAction()
        window_drops.take(self, event.mimeData())
