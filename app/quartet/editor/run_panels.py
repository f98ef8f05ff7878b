"""Which panel comes forward for a run: the timeline takes the place of the problems, and gives it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from quartet.editor.history import History

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window


class RunPanels(QObject):
    """Follows the runs of one session. A panel that the person chose, closed or took elsewhere stays as it is."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(session)
        self._window, self._session = window, session
        self._brought = False
        session.live.started.connect(self._began)
        session.live.moment_changed.connect(self._moved)
        session.runner.gate.mend = self._to_problems
        self.history = History(window, session)

    def _began(self) -> None:
        window = self._window
        timeline = window.docks.docks["timeline"]
        if window.session is self._session and not timeline.isHidden() and "problems" in window.docks.front():
            timeline.raise_()
            self._brought = True

    def _to_problems(self) -> None:
        """What keeps the drawing from running is at the top of the problems, with its fixes."""
        from quartet.editor.panels.problems import Problems  # panels are built when they are looked at

        self._window.show_panel("problems")
        panel = self._session.panels["problems"]
        assert isinstance(panel, Problems)
        panel.to_first()

    def _moved(self) -> None:
        """The run was put away: there is nothing to see in its timeline any more."""
        if self._session.live.state is not None:
            return
        window, brought = self._window, self._brought
        self._brought = False
        if brought and window.session is self._session and "timeline" in window.docks.front():
            window.docks.docks["problems"].raise_()
