"""The shelf: where journals stand, how a run is found, and which are thrown out."""

import asyncio
import json
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.drawing import draw
from quartet.engine import run
from quartet.engine.journal.lock import Lock
from quartet.engine.journal.shelf import FOLDER, NoSuchRun, Policy, Shelf, default_folder, id_of
from quartet.engine.journal.summary import REMEMBERED, summary_of

DAY = 86_400.0
NOW = 1_800_000_000.0


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "runs")


def put(shelf: Shelf, id: str, name: str = "Letters", days: float = 0.0, **arguments: Any) -> Path:
    """A finished run that began so many days ago."""
    graph = draw("a -> b")
    graph.name = name
    path = shelf.place(id, name, NOW - days * DAY)

    async def go() -> None:
        async with run(graph, "in", rehearse=True, journal=path, run_id=id, **arguments) as r:
            await r.result()

    asyncio.run(go())
    for thread in threading.enumerate():
        if thread.name == "quartet journal":
            thread.join()  # its file is made one in the background
    return path


def interrupted(shelf: Shelf, id: str, days: float = 0.0) -> Path:
    """A run whose program has ended before it did."""
    path = put(shelf, id, days=days)
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM batches WHERE n > 1")
    database.close()
    return path


def test_a_file_is_called_after_its_time_its_graph_and_its_run(shelf: Shelf) -> None:
    path = shelf.place("3f9c2a1b7d04", "Größe & “Ärger”: 編集室!", 0.0)
    assert path.name == "19700101T000000000Z-größe-ärger-編集室-3f9c2a1b7d04.run"
    assert shelf.place("a1", "", 1.25).name == "19700101T000001250Z-run-a1.run"
    assert len(shelf.place("a1", "x" * 300).name.encode()) < 255
    assert id_of(path) == "3f9c2a1b7d04"


def test_the_folder_is_the_users_unless_the_environment_states_one(own_folders: Path, tmp_path: Path) -> None:
    assert default_folder({}).is_relative_to(own_folders)
    assert default_folder({FOLDER: str(tmp_path)}) == tmp_path
    assert Shelf().paths() == []
    assert not default_folder({}).exists(), "looking makes nothing"


def test_a_run_is_found_by_id_beginning_name_path_and_as_the_last(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = put(shelf, "abc1", "News room", days=2), put(shelf, "abd2", "News room", days=1)
    other = put(shelf, "ffff", "Other", days=3)
    for text, path in {
        "abc1": old, "ABC": old, "abd": new, "f": other, "last": new, "news room": new, "News-Room": new,
        "Other": other, str(old): old, old.name: old,
    }.items():  # fmt: skip
        assert shelf.find(text) == path, text
    monkeypatch.chdir(tmp_path)
    shutil.copy(old, tmp_path / "copy.run")
    assert shelf.find("copy.run") == Path("copy.run")
    for text, said in {
        "ab": "beginning of 2 runs: abd2, abc1. Type more", "nothing": "No run is called “nothing”",
        "x/y": "no journal x/y", "no.run": "no journal no.run", "": "No run is called",
    }.items():  # fmt: skip
        with pytest.raises(NoSuchRun, match=said):
            shelf.find(text)
    with pytest.raises(NoSuchRun, match="No run is kept in"):
        Shelf(tmp_path / "empty").find("last")


def test_a_listing_has_the_latest_first_and_says_what_each_run_is(shelf: Shelf) -> None:
    put(shelf, "aa", days=2)
    broken = interrupted(shelf, "bb", days=1)
    bad = shelf.place("cc", "bad", NOW)
    bad.write_text("no journal")
    found = shelf.runs()
    assert [(each.state, each.id, each.name) for each in found] == [
        ("unreadable", "", ""), ("interrupted", "bb", "Letters"), ("succeeded", "aa", "Letters"),
    ]  # fmt: skip
    assert "no journal of a run" in (found[0].problem or "")
    assert [each.resumable for each in found] == [False, True, False]
    assert (found[2].agents, found[2].seconds, found[2].rehearse) == (2, 2.0, True)
    assert found[2].size == found[2].path.stat().st_size
    lock = Lock(broken)
    assert lock.take()
    assert [each.state for each in shelf.runs()] == ["unreadable", "running", "succeeded"]
    lock.release()


def test_what_has_ended_is_remembered_until_its_file_changes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(shelf, "aa")
    first = shelf.runs()
    opened: list[Path] = []
    monkeypatch.setattr(
        "quartet.engine.journal.summary.summary_of", lambda path: (opened.append(path), summary_of(path))[1]
    )
    assert shelf.runs() == first
    assert opened == []
    shelf.pin(path)
    assert shelf.runs()[0].pinned
    assert opened == []
    path.touch()
    shelf.runs()
    assert opened == [path]
    for nonsense in ("", "[]", '{"version": 1, "runs": {"x": 1}}', json.dumps({"version": 1, "runs": {path.name: 3}})):
        (shelf.folder / REMEMBERED).write_text(nonsense)
        assert [each.id for each in shelf.runs()] == ["aa"]


# --- throwing out -----------------------------------------------------------------------------------------------------


def prune(shelf: Shelf, days: float | None = 30, megabytes: float | None = None, **arguments: Any) -> Any:
    pruned = shelf.prune(Policy(days, megabytes), now=NOW, **arguments)
    return [each.run.id for each in pruned.removed], {run.id: why for run, why in pruned.spared}


def test_what_is_too_old_goes_with_all_that_belongs_to_it(shelf: Shelf) -> None:
    old, young = put(shelf, "aa", days=31), put(shelf, "bb", days=29)
    old.with_name(old.name + "-wal").touch()
    assert prune(shelf, look_only=True) == (["aa"], {})
    assert old.exists()
    assert prune(shelf) == (["aa"], {})
    assert sorted(path.name for path in shelf.folder.iterdir() if path.name != REMEMBERED) == [young.name]
    assert prune(shelf) == ([], {})
    assert prune(shelf, days=None) == ([], {})


def test_what_is_too_much_goes_the_oldest_first(shelf: Shelf) -> None:
    paths = [put(shelf, id, days=days) for days, id in enumerate(("aa", "bb", "cc"))]
    size = paths[0].stat().st_size
    assert prune(shelf, None, (2.5 * size) / 1e6) == (["cc"], {})
    assert prune(shelf, None, 1.0 * size / 1e6) == (["bb"], {})
    assert prune(shelf, None, 0.5 * size / 1e6) == (["aa"], {})


def test_nothing_that_is_needed_goes(shelf: Shelf) -> None:
    put(shelf, "aaaa", days=99)
    put(shelf, "bbbb", days=40, parent={"run": "aaaa", "path": "x", "at": 1, "values": []})
    kept = put(shelf, "cccc", days=1, parent={"run": "bbbb", "path": "x", "at": 1, "values": []})
    shelf.pin(put(shelf, "dddd", days=99))
    interrupted(shelf, "eeee", days=99)
    going_on = Lock(put(shelf, "ffff", days=99))
    assert going_on.take()
    shelf.place("9999", "bad", NOW - 99 * DAY).write_text("no journal")
    removed, spared = prune(shelf)
    assert removed == []
    assert spared == {
        "aaaa": "run bbbb was forked from it", "bbbb": "run cccc was forked from it", "dddd": "it is pinned",
        "eeee": "it can be resumed", "ffff": "it is going on", "": "it cannot be read",
    }  # fmt: skip
    assert kept.exists()
    going_on.release()
    shelf.unpin(shelf.find("dddd"))
    assert set(prune(shelf)[0]) == {"dddd", "ffff"}


def test_when_a_fork_goes_what_it_came_from_may_go_too(shelf: Shelf) -> None:
    put(shelf, "aaaa", days=99)
    put(shelf, "bbbb", days=50, parent={"run": "aaaa", "path": "x", "at": 1, "values": []})
    assert prune(shelf, look_only=True) == (["bbbb", "aaaa"], {})
    assert prune(shelf, None, 0.000_001) == (["bbbb", "aaaa"], {})


def test_a_file_that_cannot_be_removed_stays_and_it_is_said_why(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf, "aa", days=99)

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert prune(shelf) == ([], {"aa": "it cannot be removed: Permission denied"})


@pytest.mark.parametrize(
    ("stated", "policy"),
    [
        ({}, Policy(30.0, 1_000.0)),
        ({"QUARTET_RUNS_DAYS": "7", "QUARTET_RUNS_MB": "0"}, Policy(7.0, None)),
        ({"QUARTET_RUNS_DAYS": " 0.5 "}, Policy(0.5, 1_000.0)),
    ],
)
def test_the_environment_says_how_much_is_kept(stated: dict[str, str], policy: Policy) -> None:
    assert Policy.of(stated) == policy


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=f"QUARTET_RUNS_MB is “{text}”; state a number from 0"):
        Policy.of({"QUARTET_RUNS_MB": text})
