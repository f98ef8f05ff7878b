"""The store of versions: found again wherever the file goes, each text once, bounded, and honest about damage."""

import sqlite3
from pathlib import Path

import pytest

from quartet.editor import checkpoints
from quartet.editor.checkpoints import Counts, Kind, Store, StoreProblem, Where
from quartet.editor.preferences import Preferences
from quartet.graph import files
from quartet.graph.model import Agent, AgentId, Graph

NONE = Counts()
DAY = 24 * 3600.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state" / "checkpoints.sqlite")


def named(name: str, agents: int = 1) -> Graph:
    made = [Agent(id=AgentId(f"a{n}"), kind="llm", name=f"{name} {n}") for n in range(agents)]
    return Graph(name=name, agents={agent.id: agent for agent in made})


def labels(store: Store, document: str) -> list[str]:
    return [entry.label for entry in store.entries(document)]


def at(path: Path, content: str = "") -> Where:
    stat = path.stat() if path.exists() else None
    return Where(str(path), stat.st_dev if stat else 0, stat.st_ino if stat else 0, content)


def test_what_is_kept_comes_back_also_in_another_session(store: Store) -> None:
    first = store.keep("d", named("One"), "Before: Run", "before", Counts(1, 2, 3), 10.0)
    store.keep("d", named("Two", 3), "Good", "hand", NONE, 20.0)
    assert first is not None
    later = Store(store.path)
    two, one = later.entries("d")
    assert one == first and (two.label, two.kind, two.agents) == ("Good", "hand", 3)
    assert files.dumps(later.read(one)) == files.dumps(named("One"))
    assert later.entries("other") == []


def test_the_same_text_is_kept_once_and_twice_only_when_asked(store: Store) -> None:
    assert store.keep("d", named("One"), "Saved", "save", NONE, 10.0) is not None
    assert store.keep("d", named("One"), "Before: Run", "before", NONE, 11.0) is None
    assert store.keep("d", named("One"), "Mine", "hand", NONE, 12.0) is not None
    assert labels(store, "d") == ["Mine", "Saved"]
    assert store.keep("e", named("One"), "Saved", "save", NONE, 13.0) is not None
    with sqlite3.connect(store.path) as database:
        assert database.execute("SELECT count(*) FROM texts").fetchone() == (1,)
    database.close()


def test_what_was_taken_by_itself_goes_in_time_and_by_number_what_was_named_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "MOST", 4)
    kind: Kind = "before"
    store.keep("d", named("Old"), "Old", kind, NONE, 0.0)
    store.keep("d", named("Mine"), "Mine", "hand", NONE, 1.0)
    for n in range(checkpoints.MOST + 5):
        store.keep("d", named(f"n{n}"), f"{n}", kind, NONE, 2.0 + n)
    found = labels(store, "d")
    assert len(found) == checkpoints.MOST + 1 and found[-1] == "Mine" and found[-2] == "5"
    store.keep("d", named("New"), "New", kind, NONE, (checkpoints.DAYS + 1) * DAY)
    assert labels(store, "d") == ["New", "Mine"]


def test_a_clock_that_is_set_back_costs_no_version_and_hides_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "MOST", 3)
    for n in range(3):
        store.keep("d", named(str(n)), str(n), "before", NONE, 10 * DAY + n)
    store.keep("d", named("new"), "new", "before", NONE, 9 * DAY)
    assert labels(store, "d") == ["new", "2", "1"]
    assert store.keep("d", named("new"), "again", "before", NONE, 9 * DAY + 1) is None  # the last is the last


def test_for_how_long_is_what_is_preferred(tmp_path: Path) -> None:
    assert Preferences().history_days == checkpoints.DAYS
    store = Store(tmp_path / "other.sqlite", lambda: 2)
    kind: Kind = "before"
    store.keep("d", named("Old"), "Old", kind, NONE, 0.0)
    store.keep("d", named("Mine"), "Mine", "hand", NONE, 1.0)
    store.keep("d", named("Day"), "Day", kind, NONE, 1.5 * DAY)
    assert labels(store, "d") == ["Day", "Mine", "Old"]
    store.keep("d", named("New"), "New", kind, NONE, 3 * DAY)
    assert labels(store, "d") == ["New", "Day", "Mine"]


def test_all_texts_together_are_bounded_the_oldest_go_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "BYTES", 2_000)
    store.keep("d", named("Mine"), "Mine", "hand", NONE, 0.0)
    for n in range(24):
        store.keep("d", named(f"n{n}", 3), f"{n}", "save", NONE, 1.0 + n)
    found = labels(store, "d")
    assert found[0] == "23" and found[-1] == "Mine" and 2 < len(found) < 24
    with sqlite3.connect(store.path) as database:
        (size,) = database.execute("SELECT sum(size) FROM texts").fetchone()
        (left,) = database.execute("SELECT count(*) FROM texts").fetchone()
    database.close()
    assert size <= 2_000 and left == len(found)


def test_a_document_is_found_again_where_its_file_was_moved(store: Store, tmp_path: Path) -> None:
    path, moved = tmp_path / "a.json", tmp_path / "b.json"
    path.write_text("x")
    id = store.identify(at(path, "digest"))
    assert store.identify(at(path, "other content")) == id
    path.rename(moved)
    assert store.identify(at(moved, "changed meanwhile")) == id
    assert store.identify(at(moved, "y")) == id
    far = tmp_path / "far.json"
    far.write_text("y")  # copied to another disk and deleted here: other numbers, the same content
    moved.unlink()
    assert store.identify(Where(str(far), 1, 2, "y")) == id


def test_a_copy_beside_the_original_is_a_document_of_its_own(store: Store, tmp_path: Path) -> None:
    path, copy = tmp_path / "a.json", tmp_path / "b.json"
    path.write_text("x")
    copy.write_text("x")
    assert store.identify(at(path, "d")) != store.identify(at(copy, "d"))


def test_saving_as_takes_the_history_along_up_to_then(store: Store, tmp_path: Path) -> None:
    path, other = tmp_path / "a.json", tmp_path / "b.json"
    path.write_text("x")
    other.write_text("x")
    id = store.note("new", at(path, "d"))
    assert id == "new"  # the first save of a new graph: the same document
    store.keep(id, named("One"), "One", "save", NONE)
    fork = store.note(id, at(other, "d"))
    assert fork != id and labels(store, fork) == ["One"]
    store.keep(fork, named("Fork"), "Fork", "save", NONE)
    store.keep(id, named("Two"), "Two", "save", NONE)
    assert labels(store, fork) == ["Fork", "One"] and labels(store, id) == ["Two", "One"]


def test_versions_are_named_and_deleted(store: Store) -> None:
    entry = store.keep("d", named("One"), "Saved", "save", NONE, 0.0)
    assert entry is not None
    store.rename(entry, "The good one")
    store.keep("d", named("Two"), "Two", "save", NONE, 100 * DAY)
    assert labels(store, "d") == ["Two", "The good one"]
    store.delete(entry)
    assert labels(store, "d") == ["Two"]
    with pytest.raises(files.FileProblem, match="not there any more"):
        store.read(entry)


def test_one_damaged_version_is_told_and_costs_no_other(store: Store) -> None:
    bad = store.keep("d", named("One"), "One", "save", NONE, 0.0)
    good = store.keep("d", named("Two"), "Two", "save", NONE, 1.0)
    assert bad is not None and good is not None
    with sqlite3.connect(store.path) as database:
        database.execute("UPDATE texts SET content = x'00' WHERE digest = ?", (bad.digest,))
    database.close()
    with pytest.raises(files.FileProblem, match="damaged"):
        store.read(bad)
    assert store.read(good).name == "Two"


def test_a_damaged_store_is_put_aside_and_a_newer_one_is_left_alone(store: Store) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(StoreProblem, match="put aside"):
        store.entries("d")
    assert store.keep("d", named("One"), "One", "save", NONE) is not None
    assert len(list(store.path.parent.glob("*-damaged-*"))) == 1
    with sqlite3.connect(store.path) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    with pytest.raises(StoreProblem, match="newer"):
        store.entries("d")
    assert len(list(store.path.parent.glob("*-damaged-*"))) == 1


def test_what_was_kept_before_something_and_then_saved_says_that_it_was_saved(store: Store) -> None:
    store.keep("d", named("One"), "Before: Run", "before", NONE, 10.0)
    assert store.keep("d", named("One"), "Saved", "save", NONE, 11.0) is None
    assert labels(store, "d") == ["Saved"]
