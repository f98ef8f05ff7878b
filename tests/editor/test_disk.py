"""A file that somebody else changed is noticed; one that was only touched is not."""

import os
from pathlib import Path

import pytest

from quartet.editor.disk import Print, changed_since, fingerprint


def test_other_content_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("one")
    known = fingerprint(path)
    assert not changed_since(path, known)
    path.write_text("two")
    os.utime(path, ns=(1, 1))
    assert changed_since(path, known)


def test_a_touched_or_missing_file_is_no_other_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("one")
    known = fingerprint(path)
    os.utime(path, ns=(5, 5))
    assert not changed_since(path, known)
    path.unlink()
    assert not changed_since(path, known)
    assert fingerprint(path) is None


def test_a_file_never_seen_before_is_other_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert not changed_since(path, None)
    path.write_text("theirs")
    assert changed_since(path, None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("one")
    known = fingerprint(path)
    path.unlink()
    os.mkfifo(path)
    assert fingerprint(path) is None
    assert not changed_since(path, known)


def test_a_print_survives_its_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("one")
    known = fingerprint(path)
    assert known is not None
    assert Print.from_json(known.as_json()) == known
