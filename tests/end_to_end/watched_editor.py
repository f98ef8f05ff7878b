"""The editor as anybody starts it, which also answers questions: a line of Python in, a line of JSON out.

`python watched_editor.py [FILE…]`; what is asked is worked out between two events of the window, also in the middle of
a drag. `-` as a question lets the window do its work and answers nothing.
"""

import json
import sys
import threading
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from quartet.editor import app


class Ear(QObject):
    """Hears questions in a thread and has them answered in the window's."""

    heard = Signal(str)

    def __init__(self, application: Any) -> None:
        super().__init__(application)
        self._names: dict[str, Any] = {"app": application, "Qt": Qt}
        self.heard.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.heard.emit(line.strip())

    def _answer(self, question: str) -> None:
        names = self._names
        names["window"] = window = names["app"].windows[-1] if names["app"].windows else None
        names["session"] = session = None if window is None else window.session
        names["document"] = None if session is None else session.document
        names["graph"] = None if session is None else session.document.graph
        names["modal"] = names["app"].activeModalWidget()
        try:
            answer: Any = eval(question, names)
            said = json.dumps(answer, default=str)
        except Exception as error:
            said = json.dumps({"error": f"{type(error).__name__}: {error}"})
        print(said, file=OUT, flush=True)


class Heard(app.Application):
    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.ear = Ear(self)


OUT = sys.stdout
if __name__ == "__main__":
    app.Application = Heard  # type: ignore[misc]
    arguments = [one for one in sys.argv[1:] if one != "--separate"]
    sys.exit(app.main(arguments, separate="--separate" in sys.argv))
