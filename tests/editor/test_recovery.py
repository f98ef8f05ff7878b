"""Recovery copies: there within seconds, gone when saved, offered after a real kill, never lost by a wrong click."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from quartet.editor import recovery
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper, Orphan
from quartet.graph import files
from quartet.graph.edits import Edit, SetGraph
from quartet.graph.model import Agent, AgentId, Graph

VICTIM = """
import sys, time
from PySide6.QtCore import QCoreApplication
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.graph.edits import SetGraph
app = QCoreApplication([])
keeper = Keeper(soon=0, throttle=0)
document = Document()
keeper.watch(document)
for number in range(100_000):
    document.do("Name", [SetGraph(values={"name": f"version {number}"})])
    app.processEvents()
    if number == 20:
        keeper.write_now()
        print("ready", flush=True)
"""


def rename(name: str) -> list[Edit]:
    return [SetGraph(values={"name": name})]


def graph() -> Graph:
    agent = Agent(id=AgentId("a"), kind="llm", name="A")
    return Graph(name="Start", agents={agent.id: agent})


def found() -> list[Orphan]:
    return recovery.orphans()


def copies() -> list[Path]:
    return sorted(recovery.folder().glob("*/*.json"))


@pytest.fixture
def keeper() -> Keeper:
    return Keeper(soon=1, throttle=20)


def test_an_unchanged_document_leaves_no_copy(keeper: Keeper, qtbot: QtBot) -> None:
    keeper.watch(Document(graph()))
    qtbot.wait(30)
    assert not recovery.folder().exists()
    keeper.close()


def test_a_change_is_copied_soon_and_later_ones_too(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph(), Path("/somewhere/a.quartet.json"))
    keeper.watch(document)
    document.do("Rename", rename("First"))
    qtbot.waitUntil(lambda: len(copies()) == 1)
    qtbot.waitUntil(lambda: files.read(copies()[0]).graph.name == "First")
    document.do("Rename", rename("Second"))
    qtbot.waitUntil(lambda: files.read(copies()[0]).graph.name == "Second")
    keeper.close()


def test_saving_and_closing_take_the_copy_away(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    qtbot.waitUntil(lambda: len(copies()) == 1)
    document.undo_stack.setClean()
    qtbot.waitUntil(lambda: not copies())
    document.do("Rename", rename("Second"))
    qtbot.waitUntil(lambda: len(copies()) == 1)
    keeper.unwatch(document)
    qtbot.waitUntil(lambda: not copies())
    keeper.close()
    assert not list(recovery.folder().iterdir())


def test_a_living_editor_is_not_offered(keeper: Keeper, qtbot: QtBot) -> None:
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("Mine"))
    keeper.write_now()
    assert found() == []
    keeper.close()


def kill_an_editor() -> None:
    """A real process, killed while it writes."""
    victim = subprocess.Popen([sys.executable, "-c", textwrap.dedent(VICTIM)], stdout=subprocess.PIPE, env=os.environ)
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == b"ready"
    time.sleep(0.05)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()


def test_what_a_killed_editor_had_is_offered_and_whole(qtbot: QtBot) -> None:
    kill_an_editor()
    orphans = found()
    assert len(orphans) == 1
    copy = orphans[0].copies[0]
    assert files.read(copy.file).graph.name.startswith("version ")
    assert copy.path is None
    assert recovery.orphans() == []  # while we look at it, nobody else is offered it
    orphans[0].later()
    again = found()
    assert len(again) == 1
    again[0].done()
    assert found() == []


def test_discarded_copies_can_still_be_fetched_for_a_while(qtbot: QtBot) -> None:
    kill_an_editor()
    orphan = found()[0]
    orphan.discard()
    assert found() == []
    aside = list((recovery.folder() / "discarded").glob("*/*.json"))
    assert len(aside) == 1
    old = time.time() - recovery.KEEP_DISCARDED - 60
    os.utime(aside[0].parent, (old, old))
    assert found() == []
    assert not list((recovery.folder() / "discarded").glob("*/*.json"))


def test_a_copy_that_cannot_be_written_is_told(keeper: Keeper, own_folders: Path, qtbot: QtBot) -> None:
    reasons: list[str] = []
    keeper.failed.connect(reasons.append)
    place = recovery.folder()
    place.parent.mkdir(parents=True)
    place.write_text("a file where the folder should be")
    document = Document(graph())
    keeper.watch(document)
    document.do("Rename", rename("First"))
    qtbot.waitUntil(lambda: bool(reasons))
    assert document.graph.name == "First"
    keeper.unwatch(document)


def test_a_recovered_document_stays_modified_until_it_is_saved(qtbot: QtBot) -> None:
    document = Document(graph())
    document.mark_modified()
    document.do("Rename", rename("More"))
    document.undo_stack.undo()
    assert document.modified
    document.undo_stack.setClean()
    assert not document.modified
