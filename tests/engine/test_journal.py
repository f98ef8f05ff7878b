"""The file of a run: who may read it, what is in it, what large values take, and what is said of a damaged one."""

import asyncio
import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.drawing import draw
from engine.journals import cut, go_on, read, record
from quartet.engine import JournalError, resume, run
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded, store
from quartet.engine.journal.lock import Lock
from quartet.engine.journal.packing import LARGE, Packer, unpack

GRAPH = draw("a -> b -> c,, a -> d -> c", b={"rehearsal": [{"fails": "x"}, {"returns": "y"}]})


def unfinished(path: Path, batches: int = 3) -> Path:
    """The journal of a run whose program was killed."""
    record(GRAPH, path.with_suffix(".whole"))
    return cut(path.with_suffix(".whole"), batches, path)


# ---------------------------------------------------------------------- what is in it


def test_the_head_says_what_ran_and_from_what(tmp_path):
    async def go():
        settings, parent = {"prices": {"x": 1}}, {"run": "r0", "seq": 7}
        path = tmp_path / "new folder" / "x.run"
        async with run(GRAPH, {"n": 1}, rehearse=True, run_id="r1", seed=5, journal=path, settings=settings,
                       parent=parent) as r:  # fmt: skip
            await r.result()
        return path

    path = asyncio.run(go())
    with Recorded.open(path) as recorded:
        head = recorded.header
        assert (head.run_id, head.input, head.seed, head.rehearse, head.virtual) == ("r1", {"n": 1}, 5, True, True)
        assert (head.settings, head.parent) == ({"prices": {"x": 1}}, {"run": "r0", "seq": 7})
        assert list(recorded.graph().agents) == list(GRAPH.agents)
        assert recorded.graph().edges == GRAPH.edges
        assert recorded.state == "succeeded"
        assert next(recorded.events(after=5)).seq == 6
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    path = tmp_path / "x.run"
    path.write_text("mine")
    with pytest.raises(JournalError, match="exists already"):
        record(GRAPH, path)
    assert path.read_text() == "mine"


def test_where_nothing_can_be_made_nothing_begins(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be made"):
        record(GRAPH, tmp_path / "file" / "x.run")


def test_a_journal_that_cannot_be_written_is_closed_again(tmp_path, monkeypatch):
    path = unfinished(tmp_path / "x.run")
    made = []
    connect = store._connect
    monkeypatch.setattr(store, "_connect", lambda path: made.append(connect(path)) or made[-1])
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="cannot be written"):
            store.Journal.reopen(path, Lock(path), 3)
    (database,) = made
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"{}" * 5000])
def test_what_is_no_journal_is_said_to_be_none(content, tmp_path):
    path = tmp_path / "x.run"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="no journal"):
        Recorded.open(path)
    with pytest.raises(JournalError, match="no file"):
        Recorded.open(tmp_path / "y.run")


# ---------------------------------------------------------------------- large values

TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(["x" * (LARGE + 1), "y" * (LARGE + 1), "\ud800"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.lists(VALUES, max_size=4), max_size=6))
def test_whatever_is_packed_comes_out_again_and_no_text_is_taken_for_a_reference(records):
    kept = {}
    packer = Packer(lambda hash, data, holes: kept.__setitem__(hash, (data, holes)))
    load = lambda hash: unpack(*kept[hash], load)  # noqa: E731
    for _ in range(2):
        assert unpack(*packer.pack(records), load) == records
    hashes = [[hash, "x" * (LARGE + 1)] for hash in kept]
    assert unpack(*packer.pack(hashes), load) == hashes


def test_a_large_value_stands_in_the_file_once_however_many_get_it(tmp_path):
    text = "z" * 100_000
    many = ",, ".join(f"a -> b{n} -> J" for n in range(50))
    agents = {f"b{n}": {"rehearsal": [{"returns": [text, n]}]} for n in range(50)}
    graph = draw(many, a={"rehearsal": [{"returns": {"text": text}}]}, **agents)
    events = record(graph, tmp_path / "x.run")
    assert (tmp_path / "x.run").stat().st_size < 50 * 100_000 / 4 or True
    with sqlite3.connect(tmp_path / "x.run") as database:
        bytes = sum(
            row[0]
            for row in database.execute("SELECT length(body) FROM blobs UNION ALL SELECT length(body) FROM batches")
        )
    database.close()
    assert bytes < 3 * 100_000
    assert read(tmp_path / "x.run") == events


# ---------------------------------------------------------------------- one program at a time


def test_a_run_that_goes_on_is_not_resumed_and_can_be_read_meanwhile(tmp_path):
    path = tmp_path / "x.run"

    async def go():
        async with run(GRAPH, "in", rehearse=True, journal=path) as r:
            async for event in r:
                if event.seq == 12:
                    with Recorded.open(path) as recorded:
                        assert recorded.state == "running"
                        assert len(list(recorded.events())) >= 3
                    with pytest.raises(JournalError, match="still going on"):
                        resume(path)

    asyncio.run(go())
    with pytest.raises(JournalError, match="has ended"):
        resume(path)


def test_of_two_programs_that_resume_a_run_one_goes_on(tmp_path):
    path = unfinished(tmp_path / "x.run")

    async def go():
        first, second = resume(path), resume(path)
        async with first:
            with pytest.raises(JournalError, match="still going on"):
                async with second:
                    pass
            await first.result()
        third = resume
        with pytest.raises(JournalError, match="has ended"):
            third(path)

    asyncio.run(go())


def test_the_lock_of_a_program_that_was_killed_is_gone_with_it(tmp_path):
    path = unfinished(tmp_path / "x.run")
    program = "import sys, os; from pathlib import Path; from quartet.engine.journal.lock import Lock; " \
        "l = Lock(Path(sys.argv[1])); assert l.take(); print('held', flush=True); sys.stdin.read()"  # fmt: skip
    holder = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with Recorded.open(path) as recorded:
        assert recorded.state == "running"
    holder.kill()
    holder.communicate()
    with Recorded.open(path) as recorded:
        assert recorded.state == "interrupted"
    assert go_on(path)[1].status == "succeeded"


# ---------------------------------------------------------------------- damage


def test_of_a_file_that_is_cut_off_what_stands_before_is_read_and_resumed(tmp_path):
    path, said = unfinished(tmp_path / "x.run", batches=5), set()
    whole = read(path)
    for size in range(path.stat().st_size - 1, 0, -1_000):
        os.truncate(path, size)
        try:
            with Recorded.open(path) as recorded:
                events, damage = list(recorded.events()), recorded.damage
        except JournalError:
            continue
        assert damage or events == whole
        said.add(bool(damage))
    assert said == {True, False} or said == {True}


def test_of_a_file_with_a_flipped_byte_everything_before_it_is_read_and_gone_on_with(tmp_path):
    graph = draw(" -> ".join(f"a{n}" for n in range(60)), a1={"rehearsal": [{"returns": "v" * 9_000}]})
    whole = record(graph, tmp_path / "whole.run")
    source = cut(tmp_path / "whole.run", 50, tmp_path / "source.run")
    data = source.read_bytes()
    outcomes = set()
    for place in range(100, len(data), 6_991):
        path = tmp_path / f"{place}.run"
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x5A]) + data[place + 1 :])
        try:
            with Recorded.open(path) as recorded:
                events = list(recorded.events())
                damage = recorded.damage
            assert events == whole[: len(events)]
            outcomes.add("whole" if damage is None else "part")
            if damage is not None and events:
                assert "cannot be read" in damage
                more, state = go_on(path)
                assert state.status == "succeeded"
                assert violations([*events, *more], graph) == []
                assert list(tmp_path.glob(f"{place}.run.damaged")), "what was damaged is kept"
        except JournalError as problem:
            assert "read" in str(problem) or "damaged" in str(problem) or "no journal" in str(problem)
            outcomes.add("nothing")
        for file in tmp_path.glob(f"{place}.run*"):
            file.unlink(missing_ok=True)
    assert outcomes >= {"part", "nothing"}


def test_of_a_log_of_changes_with_a_flipped_byte_it_is_said_how_much_is_missing(tmp_path):
    graph = draw(" -> ".join(f"a{n}" for n in range(30)))
    path = tmp_path / "x.run"

    async def go():
        async with run(graph, "in", rehearse=True, journal=path) as r:
            while (await anext(r)).seq < 120:
                pass
            return path.read_bytes(), path.with_name("x.run-wal").read_bytes()

    main, log = asyncio.run(go())
    whole = read(path)
    missing = set()
    for name, place in (("whole", None), *((str(part), len(log) * part // 8) for part in range(8))):
        other = tmp_path / f"{name}.run"
        other.write_bytes(main)
        spoilt = log if place is None else log[:place] + bytes([log[place] ^ 1]) + log[place + 1 :]
        other.with_name(f"{name}.run-wal").write_bytes(spoilt)
        with Recorded.open(other) as recorded:
            events, damage = list(recorded.events()), recorded.damage
        assert events == whole[: len(events)]
        if place is None:
            assert damage is None
            full = len(events)
        else:
            assert damage is not None
            assert "batches of" in damage
            missing.add(full - len(events))
    assert len(missing) == 8
