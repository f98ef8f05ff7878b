"""Render the README's pictures, and more where wanted: every example before, during and after a rehearsal.

python packaging/screenshots.py                  the README's, into packaging/screenshots
python packaging/screenshots.py --all FOLDER     every example in every theme, and the welcome page
python packaging/screenshots.py --scale 2        with twice the pixels
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZE = (1440, 900)
LATE = 8.0
"""Simulated seconds after which a rehearsal in which nothing fails is drawn."""


async def settled(seconds: float = 0.4) -> None:
    """Let the window judge, lay out and paint."""
    await asyncio.sleep(seconds)


async def rehearsed(session: Any, picture: Callable[[str], object]) -> None:
    """Rehearse to the end, with a picture "during": when something waits for a retry or its supervisor, or late."""
    session.runner.rehearse()
    drawn = False
    while session.runner.running:
        await asyncio.sleep(0.02)
        state = session.live.state
        if state is None or drawn:
            continue
        held = any(agent.status in ("backoff", "held") for agent in state.agents.values())
        running = any(agent.status == "running" for agent in state.agents.values())
        if held or (running and state.t > LATE):
            await settled(0.1)
            picture("during")
            drawn = True
    await settled()


async def draw(folder: Path, names: list[str], schemes: list[str], moments: list[str], welcome: bool) -> None:
    """Write `<example>-<moment>-<scheme>.png` for each of them."""
    from PySide6.QtWidgets import QApplication

    from quartet.editor.app import Application

    application = QApplication.instance()
    assert isinstance(application, Application)
    for scheme in schemes:
        window = application.open_window()
        window.resize(*SIZE)
        window.set_scheme(scheme)  # type: ignore[arg-type]
        await settled()
        if welcome:
            await settled(2.0)  # the examples are drawn one after another, behind the window
            window.grab().save(str(folder / f"welcome-{scheme}.png"))
        for name in names:
            window.files.open_paths([ROOT / "graphs" / f"{name}.quartet.json"])
            session = window.session
            assert session is not None
            session.document.judge_now()
            await settled()
            session.canvas.fit()
            await settled()

            def picture(moment: str, window: Any = window, name: str = name, scheme: str = scheme) -> None:
                if moment in moments:
                    window.grab().save(str(folder / f"{name}-{moment}-{scheme}.png"))

            window.show_panel("verdict")
            await settled()
            picture("before")
            if moments != ["before"]:
                window.show_panel("timeline")
                await rehearsed(session, picture)
                picture("after")
        window.hide()  # closing the last window would end the program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    with tempfile.TemporaryDirectory() as home:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = home
        from quartet.editor.app import Application
        from quartet.editor.loop import EventLoop
        from quartet.editor.palettes import TOKENS as THEMES

        application = Application(sys.argv[:1])
        loop = EventLoop(application)
        asyncio.set_event_loop(loop)
        if options.all is not None:
            options.all.mkdir(parents=True, exist_ok=True)
            names = [path.name.removesuffix(".quartet.json") for path in sorted((ROOT / "graphs").glob("*.json"))]
            loop.run_until_complete(draw(options.all, names, list(THEMES), ["before", "during", "after"], True))
        else:
            folder = ROOT / "packaging" / "screenshots"
            folder.mkdir(parents=True, exist_ok=True)
            loop.run_until_complete(draw(folder, ["newsroom"], ["light"], ["before"], True))
            loop.run_until_complete(draw(folder, ["newsroom"], ["dark"], ["during"], False))
        loop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
