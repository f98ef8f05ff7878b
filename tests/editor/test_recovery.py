"""Journals: every step is there at once, gone when not needed, offered after a real kill, never lost by a click."""

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from quartet.editor import disk, document_journal, journal, orphans, recovery, restoring
from quartet.editor.document import Document
from quartet.editor.document_steps import Change
from quartet.editor.drafts import Draft
from quartet.editor.orphans import Orphan
from quartet.editor.recovery import Keeper
from quartet.editor.recovery_dialog import RecoveryDialog
from quartet.graph import files
from quartet.graph.edits import Add, Edit, Move, Remove, Set, SetGraph
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

VICTIM = """
import sys, time
from PySide6.QtCore import QCoreApplication
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.graph.edits import SetGraph
app = QCoreApplication([])
keeper = Keeper()
document = Document()
keeper.watch(document)
for number in range(100_000):
    document.do("Name", [SetGraph(values={"name": f"version {number}"})])
    print(number, flush=True)
    app.processEvents()
"""


def rename(name: str) -> list[Edit]:
    return [SetGraph(values={"name": name})]


def graph() -> Graph:
    agent = Agent(id=AgentId("a"), kind="llm", name="A")
    return Graph(name="Start", agents={agent.id: agent}, positions={agent.id: (1.0, 2.0)})


def steps() -> list[Path]:
    return sorted(orphans.folder().glob("*/*" + journal.STEPS))


MADE: list[Document] = []


def again(file: Path | None = None) -> Document:
    return restoring.restore(file or steps()[0]).document


def state(document: Document) -> tuple[object, ...]:
    """Everything that has to come back."""
    stack = document.undo_stack
    return (
        files.dumps(document.graph), document.path, document.print, document.drafts, document.modified,
        stack.index(), stack.cleanIndex(), [stack.text(place) for place in range(stack.count())],
        [found.merge for place in range(stack.count()) if isinstance(found := stack.command(place), Change)],
    )  # fmt: skip


def story(document: Document) -> list[str]:
    """The graph at each place of the undo history."""
    stack, found = document.undo_stack, []
    here = stack.index()
    for place in range(stack.count() + 1):
        stack.setIndex(place)
        found.append(files.dumps(document.graph))
    stack.setIndex(here)
    return found


@pytest.fixture(autouse=True)
def taken_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Qt takes the documents down, as in a window: PySide deletes the steps of an undo stack that is garbage twice."""
    real = Document.__init__

    def made(self: Document, *given: Any, **named: Any) -> None:
        real(self, *given, **named)
        MADE.append(self)

    monkeypatch.setattr(Document, "__init__", made)
    yield
    while MADE:
        shiboken6.delete(MADE.pop())


@pytest.fixture
def keeper(qapp: object) -> Keeper:
    return Keeper()


def test_an_unchanged_document_leaves_nothing(keeper: Keeper, qtbot: QtBot) -> None:
    keeper.watch(Document(graph()))
    keeper.write_now()
    assert not orphans.folder().exists()
    keeper.close()


def test_a_step_is_there_when_do_returns(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph(), Path("/somewhere/a.quartet.json"))
    keeper.watch(document)
    document.do("Rename", rename("First"))
    assert again().graph.name == "First"
    document.do("Rename", rename("Second"))
    assert state(again()) == state(document)
    document.undo_stack.undo()
    assert again().graph.name == "First"
    assert again().path == Path("/somewhere/a.quartet.json")
    keeper.close()


def test_saving_leaves_nothing_to_offer_and_closing_takes_the_journal_away(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    assert state(again())[4] is True
    document.undo_stack.setClean()
    assert state(again()) == state(document)
    document.do("Rename", rename("Second"))
    assert again().modified
    keeper.unwatch(document)
    assert not steps()
    keeper.close()
    assert not list(orphans.folder().iterdir())


def test_undo_reaches_across_a_save_and_a_crash(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("One", rename("1"))
    document.undo_stack.setClean()
    document.do("Two", rename("2"))
    found = again()
    assert found.modified
    found.undo_stack.undo()
    assert found.graph.name == "1" and not found.modified
    found.undo_stack.undo()
    assert found.graph.name == "Start" and found.modified
    keeper.close()


def test_a_living_editor_is_not_offered(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("Mine"))
    assert orphans.orphans() == []
    keeper.close()


def test_what_stands_in_a_field_and_is_no_value_comes_back(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.keep_draft("agents.a.timeout", Draft(("a",), "Time limit", "2,,5", "This is no number."))
    assert again().drafts == document.drafts
    document.keep_draft("agents.a.timeout", None)
    assert again().drafts == {}
    keeper.close()


def test_a_file_stands_in_for_what_was_not_written_yet(keeper: Keeper, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.quartet.json"
    files.write(graph(), path)
    document = Document(files.read(path).graph, path)
    document.print = disk.fingerprint(path)
    keeper.watch(document)
    document.do("Rename", rename("Mine"))
    keeper.write_now()
    journal.base_of(steps()[0]).unlink()  # as if the program had been killed before it was there
    assert state(again()) == state(document)
    path.write_text("{}")
    with pytest.raises(files.FileProblem, match="missing or damaged"):
        again()
    keeper.close()


def test_a_save_waits_until_the_file_need_not_stand_in(keeper: Keeper, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.quartet.json"
    files.write(graph(), path)
    document = Document(files.read(path).graph, path)
    document.print = disk.fingerprint(path)
    keeper.watch(document)
    held = threading.Event()
    keeper._writer.submit(held.wait)  # a slow disk
    document.do("Rename", rename("Mine"))
    assert not journal.base_of(steps()[0]).exists() and state(again()) == state(document)
    threading.Timer(0.02, held.set).start()
    keeper.before_save(document)
    path.write_text("{}")  # what is saved is no longer what the steps begin with
    assert state(again()) == state(document)
    keeper.close()


def kill_an_editor() -> int:
    """A real process, killed while it writes; what it said it had done."""
    victim = subprocess.Popen([sys.executable, "-c", textwrap.dedent(VICTIM)], stdout=subprocess.PIPE, env=os.environ)
    assert victim.stdout is not None
    said = 0
    while said < 60:
        said = int(victim.stdout.readline())
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    rest = victim.stdout.read().split(b"\n")[:-1]
    victim.stdout.close()
    return int(rest[-1]) if rest else said


def test_what_a_killed_editor_had_is_offered_and_whole(qtbot: QtBot) -> None:
    said = kill_an_editor()
    found = orphans.orphans()
    assert len(found) == 1
    copy = found[0].copies[0]
    assert int(again(copy.file).graph.name.split()[1]) in (said, said + 1)
    assert copy.path is None and copy.steps >= said and not copy.damaged
    assert orphans.orphans() == []  # while we look at it, nobody else is offered it
    found[0].later()
    later = orphans.orphans()
    assert len(later) == 1
    later[0].done()
    assert orphans.orphans() == []


def test_what_was_discarded_can_still_be_fetched_for_a_while(qtbot: QtBot) -> None:
    kill_an_editor()
    orphans.orphans()[0].discard()
    assert orphans.orphans() == []
    (aside,) = orphans.discarded()
    assert again(aside.copies[0].file).graph.name.startswith("version ")
    old = time.time() - orphans.discarded_days() * 24 * 3600 - 60
    os.utime(aside.place, (old, old))
    assert orphans.discarded() == []
    assert not aside.place.exists()


# what can go wrong


def test_a_torn_end_costs_the_torn_line_only_and_a_damaged_middle_is_told(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    for name in ("First", "Second", "Third"):
        document.do("Rename", rename(name))
    keeper.write_now()
    (file,) = steps()
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    torn = file.with_name("torn-1" + journal.STEPS)
    shutil.copy(journal.base_of(file), journal.base_of(torn))
    for cut in range(len(whole) - len(lines[-1]), len(whole)):
        torn.write_bytes(whole[:cut])
        found = restoring.restore(torn)
        assert (found.document.graph.name, found.missing) == ("Second", 0)
    at = next(place for place, text in enumerate(lines) if b"Second" in text)
    lines[at] = lines[at].replace(b"Second", b"Sekond")
    torn.write_bytes(b"".join(lines))
    found = restoring.restore(torn)
    assert found.document.graph.name == "First" and found.missing == len(lines) - at and found.document.modified
    del lines[at]
    torn.write_bytes(b"".join(lines))
    assert restoring.restore(torn).document.graph.name == "First"
    torn.write_bytes(b"nonsense" + whole[8:])  # without the head nobody knows its file, but what was drawn is there
    headless = restoring.restore(torn).document
    assert (headless.graph.name, headless.path, headless.modified) == ("Third", None, True)
    torn.write_bytes(b"nonsense")
    with pytest.raises(files.FileProblem, match="first line"):
        restoring.restore(torn)
    keeper.close()


def test_no_room_is_told_once_and_editing_goes_on_until_there_is_some(
    keeper: Keeper, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    keeper.failed.connect(told.append)
    keeper.works_again.connect(lambda: told.append("again"))
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    write, room = os.write, 10

    def full(file: int, content: bytes) -> int:
        if not room:
            raise OSError(28, "No space left on device")
        return write(file, bytes(content)[:room])  # some of it fits

    def fuller(file: int, content: bytes) -> int:
        nonlocal room
        done = full(file, content)
        room = 0
        return done

    monkeypatch.setattr("quartet.editor.journal.os.write", fuller)
    document.do("Rename", rename("Second"))
    document.do("Rename", rename("Third"))
    document.undo_stack.undo()
    assert told == ["No space left on device"]
    assert document.graph.name == "Second" and not keeper.kept(document)
    assert again().graph.name == "First"
    monkeypatch.setattr("quartet.editor.journal.os.write", write)
    document.do("Rename", rename("Fourth"))
    assert told == ["No space left on device", "again"] and keeper.kept(document)
    assert state(again()) == state(document) and story(again()) == story(document)
    keeper.close()


def test_no_folder_is_told_and_tried_again(
    keeper: Keeper, own_folders: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "AGAIN", 1)
    told: list[str] = []
    keeper.failed.connect(told.append)
    place = orphans.folder()
    place.parent.mkdir(parents=True)
    place.write_text("a file where the folder should be")
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    document.do("Rename", rename("Second"))
    document.undo_stack.undo()
    assert document.graph.name == "First" and len(told) == 1
    place.unlink()
    with qtbot.waitSignal(keeper.works_again):
        pass
    assert state(again()) == state(document) and story(again()) == story(document)
    keeper.close()


def test_a_folder_that_is_cleared_away_is_made_again(
    keeper: Keeper, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "AGAIN", 1)
    monkeypatch.setattr(recovery, "TO_DISK", 1)
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    keeper.write_now()
    shutil.rmtree(orphans.folder())
    document.do("Rename", rename("Second"))
    qtbot.waitUntil(lambda: bool(steps()) and keeper.kept(document))
    keeper.write_now()
    assert state(again()) == state(document)
    keeper.close()


def test_a_journal_that_grew_is_written_anew_when_saved_with_the_same_history(
    keeper: Keeper, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_journal, "SLACK", 2_000)
    document = Document(graph())
    keeper.watch(document)
    for number in range(100):
        document.do("Rename", rename(f"name {number}"), merge="name")
    document.do("Rename", rename("other"))
    document.undo_stack.undo()
    before = steps()[0].stat().st_size
    document.undo_stack.setClean()
    document.do("Rename", rename("while it is written"))
    qtbot.waitUntil(lambda: steps()[0].stem.endswith("-2"))
    assert len(steps()) == 1 and steps()[0].stat().st_size < before / 4
    document.do("Rename", rename("and after it"))
    assert state(again()) == state(document) and story(again()) == story(document)
    keeper.close()


# whatever is done


@st.composite
def sessions(draw: st.DrawFn) -> list[tuple[str, int]]:
    what = st.sampled_from(["add", "set", "type", "move", "connect", "remove", "undo", "redo", "jump", "save", "draft"])
    return draw(st.lists(st.tuples(what, st.integers(0, 9)), max_size=30))


def carry_out(document: Document, what: str, number: int) -> None:
    drawn, stack = document.graph, document.undo_stack
    ids = list(drawn.agents)
    id = ids[number % len(ids)] if ids else None
    match what:
        case "add":
            fresh = Agent(id=AgentId(f"n{stack.count()}-{number}-{len(ids)}"), kind="llm", name="é\n\u2028")
            if fresh.id not in drawn.agents:
                document.do("Add", [Add(section="agents", item=fresh, at=(number / 3, -1))])
        case "set" if id is not None:
            document.do("Set", [Set(section="agents", id=id, values={"name": str(number), "config": {"x": [number]}})])
        case "type" if id is not None:
            document.do("Type", [Set(section="agents", id=id, values={"name": "n" * number})], merge=f"{id}.name")
        case "move" if id is not None:
            document.do("Move", [Move(to={id: (number * 1.5, 2)})])
        case "connect" if id is not None:
            edge = Edge(id=EdgeId(f"e{stack.count()}-{number}-{len(drawn.edges)}"), source=id, target=ids[0])
            if edge.id not in drawn.edges:
                document.do("Connect", [Add(section="edges", item=edge)])
        case "remove" if id is not None:
            lost = [edge.id for edge in drawn.edges.values() if id in (edge.source, edge.target)]
            edits: list[Edit] = [Remove(section="edges", id=each) for each in lost]
            document.do("Remove", [*edits, Remove(section="agents", id=id)])
        case "undo":
            stack.undo()
        case "redo":
            stack.redo()
        case "jump":
            stack.setIndex(min(number, stack.count()))
        case "save":
            stack.setClean()
        case "draft":
            document.keep_draft(f"f{number % 2}", Draft((), "F", "x", "no") if number % 3 else None)


@given(sessions(), st.integers(0, 30))
def test_whatever_is_done_the_journal_tells_the_same_document_and_the_same_history(
    qapp: object, todo: list[tuple[str, int]], crash: int
) -> None:
    """Also what is done after a first crash, in the document that was restored."""
    shutil.rmtree(orphans.folder(), ignore_errors=True)
    keeper, document = Keeper(), Document(graph())
    keeper.watch(document)
    for place, (what, number) in enumerate(todo):
        if place == crash and steps():
            restored = again()
            assert state(restored) == state(document)
            keeper.close()
            keeper, document = Keeper(), restored
            keeper.watch(document)
        carry_out(document, what, number)
    keeper.write_now()
    if document.modified or document.drafts:
        assert state(again()) == state(document)
        assert story(again()) == story(document)
    keeper.close()


def test_a_restored_document_stays_modified_until_it_is_saved(qtbot: QtBot) -> None:
    document = Document(graph())
    document.mark_modified()
    document.do("Rename", rename("More"))
    document.undo_stack.undo()
    assert document.modified
    document.undo_stack.setClean()
    assert not document.modified


def test_orphans_whose_work_was_saved_are_cleared_away(qtbot: QtBot, keeper: Keeper) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    document.undo_stack.setClean()
    keeper.write_now()
    dead = orphans.folder() / "dead"
    shutil.copytree(steps()[0].parent, dead, ignore=shutil.ignore_patterns("owner.lock"))
    found: list[Orphan] = orphans.orphans()
    assert found == [] and not dead.exists()
    keeper.close()


def test_nothing_is_cleared_away_that_cannot_be_read(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    keeper.write_now()
    whole = steps()[0].read_bytes()
    newer = re.sub(rb"^.*", journal.line([0, "head", {"version": journal.VERSION + 1}]).strip(), whole, count=1)
    left = {"zeroes": bytes(len(whole) - 1) + b"\n", "newer": newer, "torn": whole[:40], "headless": b"x" + whole[1:]}
    for name, text in left.items():
        place = orphans.folder() / name
        shutil.copytree(steps()[0].parent, place, ignore=shutil.ignore_patterns("owner.lock"))
        next(place.glob("*" + journal.STEPS)).write_bytes(text)
    (found,) = orphans.orphans()
    assert found.place.name == "headless" and found.copies[0].title == "Untitled"
    assert {name for name in left if (orphans.folder() / name).exists()} == {"zeroes", "newer", "headless"}
    found.done(found.copies)
    assert orphans.orphans() == [] and not found.place.exists()
    keeper.close()


def test_copies_without_a_file_are_told_apart_by_their_agents(keeper: Keeper, qtbot: QtBot) -> None:
    agents = {AgentId(name.lower()): Agent(id=AgentId(name.lower()), kind="llm", name=name) for name in NAMES}
    document = Document(Graph(name="Untitled", agents=agents))
    keeper.watch(document)
    document.do("Rename", rename("Untitled 2"))
    (file,) = orphans.folder().rglob("*" + journal.STEPS)
    copies = [orphans.Copy(file, "Untitled", None, 0.0), orphans.Copy(file, "Kept", Path("/a.json"), 0.0)]
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = RecoveryDialog(parent, [Orphan(file.parent, QLockFile("unused"), copies)])
    names = [box.accessibleName() for box in dialog.boxes.values()]
    assert names == ["Untitled, 4 agents: Planner, Writer, Editor…", "Kept"]
    keeper.close()


NAMES = ("Planner", "Writer", "Editor", "Printer")
