"""Runs of the window are kept: real ones by default, shown again, gone on with; and what if they cannot be."""

from PySide6.QtCore import Qt

from editor.test_runner import Bench, agent, chain
from quartet.editor.kept_run import drawn_differently, moment, read
from quartet.editor.panels.run_bar import RunBar
from quartet.engine.journal.shelf import Shelf
from quartet.engine.journal.summary import summary_of
from quartet.graph.edits import Set


def asking(**more):
    """A step, a person who is asked, a step."""
    graph = chain(
        agent("first"), agent("ask", "human", config={"prompt": "Go on?", "choices": ["yes", "no"]}), agent("last")
    )
    graph.name = more.pop("name", "Asking")
    return graph


def shown(bench: Bench) -> RunBar:
    bar = RunBar(bench.document, bench.live, bench.runner)
    bench.qtbot.addWidget(bar)
    bar.resize(1000, 300)
    return bar


def started(bench: Bench, value="hello") -> None:
    bench.runner.input = value
    bench.runner.run()


def test_a_real_run_is_kept_with_its_file_and_a_rehearsal_is_not(loop, qtbot, tmp_path):
    path = tmp_path / "a.quartet.json"
    bench = Bench(chain(agent("a"), agent("b")), loop, qtbot, path)

    async def scene() -> None:
        bench.runner.rehearse()
        await bench.ended()
        assert Shelf().paths() == []
        assert bench.runner.record is None
        assert not bench.live.kept
        started(bench)
        await bench.ended()
        (run,) = Shelf().runs()
        assert (run.state, run.file, run.id) == ("succeeded", str(path), bench.runner.record.id)
        assert bench.live.kept

    bench.play(scene)


def test_keeping_can_be_switched_off_and_stays_off(loop, qtbot):
    bench = Bench(chain(agent("a"), agent("b")), loop, qtbot)

    async def scene() -> None:
        bench.runner.keeps = False
        started(bench)
        await bench.ended()
        assert bench.live.present.status == "succeeded"

    bench.play(scene)
    assert Shelf().paths() == []
    assert not Bench(chain(agent("a")), loop, qtbot).runner.keeps


def test_a_run_that_cannot_be_kept_asks_in_the_run_bar_before_anything_starts(loop, qtbot, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("QUARTET_RUNS", str(tmp_path / "file"))
    bench = Bench(chain(agent("a"), agent("b")), loop, qtbot)
    bar = shown(bench)

    async def scene() -> None:
        started(bench)
        await bench.until(lambda: bar.trouble is not None)
        assert not bench.runner.running
        assert bench.live.state is None
        assert "cannot be kept" in bar.trouble.accessibleName()
        bench.press(bar.trouble, "Do not run")
        assert bar.trouble is None
        started(bench)
        await bench.until(lambda: bar.trouble is not None)
        bench.press(bar.trouble, "Try again")
        await bench.until(lambda: not bench.runner.running and bar.trouble is not None)
        bench.press(bar.trouble, "Run without keeping it")
        await bench.until(lambda: bench.live.present is not None and bench.live.present.finished)
        await bench.ended()
        assert bench.live.present.status == "succeeded"
        assert bench.runner.record is None

    bench.play(scene)


def test_a_journal_that_goes_away_pauses_the_run_until_somebody_decides(loop, qtbot):
    bench = Bench(asking(), loop, qtbot)
    bar = shown(bench)

    async def scene() -> None:
        started(bench)
        await bench.until(lambda: bench.runner.questions)
        bench.runner.record.path.unlink()
        for _ in range(300):  # a journal looks for its file once in a second
            await bench.moment()
        bench.runner.answer("ask", "yes")
        await bench.until(lambda: bar.trouble is not None)
        assert "moved or deleted" in bar.trouble.text.text()
        bench.press(bar.trouble, "Go on without it")
        await bench.ended()
        assert bench.live.present.status == "succeeded"
        assert bench.runner.record is None, "what is not in its journal cannot be gone back to"

    bench.play(scene)


def test_a_run_that_is_left_goes_on_where_it_was_and_asks_again(loop, qtbot, monkeypatch):
    bench = Bench(asking(), loop, qtbot)
    bar = shown(bench)

    async def scene() -> None:
        started(bench)
        await bench.until(lambda: bench.runner.questions)
        bench.runner.leave()
        await bench.ended()
        assert bar.word.text() == "Interrupted"
        path = Shelf().paths()[0]
        assert summary_of(path).state == "interrupted"
        kept = read(path)
        assert kept.resumable
        bench.live.clear()
        bench.runner.kept.resume(kept)
        await bench.until(lambda: bench.runner.questions)
        assert bench.live.present.agents["first"].status == "succeeded", "what happened before is shown, too"
        bench.runner.answer("ask", "yes")
        await bench.ended()
        assert bench.live.present.status == "succeeded"
        assert [e.seq for e in bench.live.events] == list(range(1, len(bench.live.events) + 1))
        assert len(Shelf().paths()) == 1, "it goes on in its own journal"
        assert summary_of(path).state == "succeeded"

    bench.play(scene)


def test_a_drained_run_is_left_as_paused_and_can_be_resumed(loop, qtbot):
    bench = Bench(asking(), loop, qtbot)
    bar = shown(bench)

    async def scene() -> None:
        started(bench)
        await bench.until(lambda: bench.runner.questions)
        bench.runner.drain()
        await bench.until(lambda: bench.runner.paused and bar.leave.isVisible())
        bench.qtbot.mouseClick(bar.leave, Qt.MouseButton.LeftButton)
        await bench.ended()
        assert bar.word.text() == "Paused"
        path = Shelf().paths()[0]
        assert summary_of(path).state == "paused"
        assert summary_of(path).resumable
        bench.runner.kept.resume(read(path))
        await bench.until(lambda: bench.runner.questions)
        bench.runner.answer("ask", "yes")
        await bench.ended()
        assert bench.live.present.status == "succeeded"

    bench.play(scene)


def test_a_kept_run_is_shown_as_if_it_had_just_ended_and_can_be_scrubbed(loop, qtbot):
    bench = Bench(chain(agent("a"), agent("b")), loop, qtbot)

    async def scene() -> None:
        started(bench)
        await bench.ended()
        told = list(bench.live.events)
        bench.live.clear()
        bench.document.do("Rename", [Set(section="agents", id="b", values={"name": "Other"})])
        kept = read(Shelf().paths()[0], keep=5)
        bench.runner.kept.show(kept)
        live = bench.live
        assert live.present.status == "succeeded"
        assert live.edited_since, "the drawing is another one now"
        assert live.events == told[-5:]
        assert live.dropped == len(told) - 5
        live.show_at(len(told) - 2)
        assert not live.state.finished
        live.show_at(None)
        bench.runner.leave_demonstration()
        assert bench.runner.record is None
        assert live.state is None

    bench.play(scene)


def test_a_run_of_the_drawing_as_it_is_is_not_called_edited(loop, qtbot):
    bench = Bench(asking(), loop, qtbot)

    async def scene() -> None:
        started(bench)
        await bench.until(lambda: bench.runner.questions)
        bench.runner.answer("ask", "yes")
        await bench.ended()
        kept = read(Shelf().paths()[0])
        assert not drawn_differently(kept.graph, bench.document.graph)
        bench.runner.kept.show(kept)
        assert not bench.live.edited_since

    bench.play(scene)


def test_a_run_of_a_drawing_without_a_layout_is_shown_arranged(loop, qtbot):
    bench = Bench(chain(agent("a"), agent("b"), agent("c")), loop, qtbot)
    assert not bench.document.graph.positions

    async def scene() -> None:
        started(bench)
        await bench.ended()
        kept = read(bench.runner.record.path)
        assert sorted(kept.graph.positions) == ["a", "b", "c"]
        lefts = [kept.graph.positions[id][0] for id in kept.graph.agents]
        assert lefts == sorted(lefts) and len(set(lefts)) == 3, "one beside the other, not stacked"
        assert not drawn_differently(kept.graph, bench.document.graph)

    bench.play(scene)


def test_moments_are_as_short_as_they_are_clear():
    from datetime import datetime

    now = datetime(2026, 11, 22, 20, 0).astimezone()
    of = lambda *parts: moment(datetime(*parts).astimezone().timestamp(), now)  # noqa: E731
    assert of(2026, 11, 22, 14, 3) == "14:03"
    assert of(2026, 11, 21, 23, 59) == "yesterday, 23:59"
    assert of(2026, 3, 2, 8, 30) == "2 Mar, 08:30"
    assert of(2025, 3, 2, 8, 30) == "2 Mar 2025, 08:30"
