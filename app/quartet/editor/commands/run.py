"""The Run menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor.actions import Command, first_of, needs_document

if TYPE_CHECKING:
    from quartet.editor.runner import Runner
    from quartet.editor.window import Window


def _runner(window: Window) -> Runner:
    assert window.session is not None, "the command was refused without one"
    return window.session.runner


def _idle(window: Window) -> str | None:
    return "A run of this graph is under way." if _runner(window).running else None


def _running(window: Window) -> str | None:
    runner = _runner(window)
    if not runner.running:
        return "Nothing runs."
    return "The run is being stopped already." if runner.stopping else None


def _draining(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    state = window.session.live.present
    return "Nothing new starts already." if state is not None and state.status in ("draining", "paused") else None


def _decided(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    runner, state = _runner(window), window.session.live.present
    if runner.trouble is not None or (state is not None and state.reached):
        return "The run waits for a decision: it is asked below the drawing."
    return None


def _is_paused(window: Window) -> bool:
    return window.session is not None and _runner(window).paused


def _pause(window: Window) -> None:
    runner = _runner(window)
    if runner.paused:
        runner.resume()
    else:
        runner.pause()


def _looks_back(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return "The present is shown." if window.session.live.shown_seq is None else None


def _to_present(window: Window) -> None:
    assert window.session is not None, "refused before"
    window.session.live.show_at(None)


def _has_agents(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.graph.agents else "The graph is empty: drag an agent onto the canvas first."


def _has_run(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    if window.session.live.state is None:
        return "This graph has not run yet."
    return _idle(window)


def _clear(window: Window) -> None:
    assert window.session is not None, "refused before"
    window.session.runner.leave_demonstration()
    window.session.live.clear()


def _keeps(window: Window) -> bool:
    return window.session is not None and _runner(window).keeps


def _toggle_keeping(window: Window) -> None:
    runner = _runner(window)
    runner.keeps = not runner.keeps
    window.say("Real runs are kept from now on." if runner.keeps else "Runs are no longer kept: they end with Quartet.")


def _prices(window: Window) -> None:
    from quartet.editor.prices_dialog import open_prices

    open_prices(window, window.say)


MENU: tuple[Command | str, ...] = (
    Command(
        "run.run", "&Run", lambda window: _runner(window).run(), ["F5"],
        first_of(needs_document, _has_agents, _idle), icon="play", tip="Run the graph for real",
    ),
    Command(
        "run.rehearse", "Re&hearse", lambda window: _runner(window).rehearse(), ["Ctrl+F5"],
        first_of(needs_document, _has_agents, _idle), icon="flask-conical",
        tip="Run without a model, a network or a cost, from the scripts in the graph",
    ),
    Command(
        "run.stop", "&Stop", lambda window: _runner(window).stop(), ["Shift+F5"],
        first_of(needs_document, _running), icon="square", tip="Stop the run: every agent is told to",
    ),
    Command(
        "run.drain", "&Finish What Runs, Then Stop", lambda window: _runner(window).drain(), ["Ctrl+Shift+F5"],
        first_of(needs_document, _running, _draining), icon="hourglass",
        tip="Start nothing new; when everything under way has ended the run pauses, and can go on",
    ),
    Command(
        "run.pause", "P&ause", _pause, ["F9"], first_of(needs_document, _running, _decided), checked=_is_paused,
        icon="circle-pause", tip="Start nothing new; what is under way goes on to its end. Once more: go on",
    ),
    Command(
        "run.present", "&Back to the Present", _to_present, refuse=first_of(needs_document, _looks_back),
        icon="skip-forward", tip="After looking back on the timeline: show how the run stands now",
    ),
    "-",
    Command(
        "run.input", "&Input…", lambda window: _runner(window).ask_input(), ["Ctrl+Shift+I"],
        first_of(needs_document, _idle), tip="What the next run is given",
    ),
    Command(
        "run.prices", "Model &Prices…", _prices,
        tip="What models cost, and your own prices: they decide when a limit on money is reached",
    ),
    "-",
    Command("run.timeline", "Show the &Timeline", lambda window: window.show_panel("timeline"), refuse=needs_document),
    Command("run.messages", "Show the &Messages", lambda window: window.show_panel("messages"), refuse=needs_document),
    Command("run.log", "Show the &Log", lambda window: window.show_panel("log"), refuse=needs_document),
    Command("run.output", "Show the &Output", lambda window: window.show_panel("output"), refuse=needs_document),
    Command("run.runs", "Show Kept R&uns", lambda window: window.show_panel("runs"), refuse=needs_document),
    "-",
    Command(
        "run.keep", "&Keep Runs", _toggle_keeping, refuse=needs_document, checked=_keeps,
        tip="Real runs are written to a journal: shown again, gone on with after a crash, run again from any moment",
    ),
    Command(
        "run.clear", "&Clear the Run", _clear, refuse=first_of(needs_document, _has_run),
        tip="Show the drawing without the states of its last run",
    ),
)  # fmt: skip
