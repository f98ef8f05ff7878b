"""A second start hands its files to the first, which comes forward; nobody is ever left without a window."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket

from quartet.editor.single_instance import LONGEST, SingleInstance, _files_in


@pytest.fixture
def first(qapp, tmp_path: Path):
    found = SingleInstance(tmp_path)
    yield found
    found.close()


HEAD = (
    "import os, sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication;"
    "from quartet.editor.single_instance import SingleInstance; app = QCoreApplication([]);"
    "one = SingleInstance(Path(sys.argv[1]));"
)
HANDS_OVER = HEAD + "sys.exit(0 if not one.first and one.hand_over([Path(name) for name in sys.argv[2:]]) else 1)"
CRASHES = HEAD + "one.listen(); os._exit(9 if one.first else 1)"


def start(code: str, *given: object) -> subprocess.Popen[bytes]:
    """Another start of the program."""
    return subprocess.Popen([sys.executable, "-c", code, *map(str, given)])


def test_the_first_start_is_asked_for_the_files_of_the_second(qtbot, first, tmp_path):
    first.listen()
    with qtbot.waitSignal(first.asked) as heard:
        second = start(HANDS_OVER, tmp_path, tmp_path / "a b.quartet.json", "relative.json")
    assert second.wait(60) == 0
    assert heard.args == [[tmp_path / "a b.quartet.json", Path("relative.json").absolute()]]


def test_when_the_first_has_ended_the_next_one_is_the_first(first, tmp_path):
    assert first.first and not SingleInstance(tmp_path).first
    first.close()
    again = SingleInstance(tmp_path)
    assert again.first
    again.close()


def test_a_first_one_that_hears_nobody_leaves_the_second_to_itself(first, tmp_path):
    assert SingleInstance(tmp_path).hand_over([]) is False  # it does not listen yet


def test_what_a_crashed_editor_left_is_in_nobodys_way(qtbot, tmp_path):
    assert start(CRASHES, tmp_path).wait(60) == 9
    first = SingleInstance(tmp_path)
    assert first.first
    first.listen()
    with qtbot.waitSignal(first.asked):
        second = start(HANDS_OVER, tmp_path)
    assert second.wait(60) == 0
    first.close()


def test_where_no_lock_can_be_had_every_start_opens_a_window(tmp_path, qapp):
    (tmp_path / "file").write_text("")
    other = SingleInstance(tmp_path / "file" / "folder")
    assert not other.first and not other.hand_over([])
    other.close()


NONSENSE = (b"", b"{}", b"[1]", b"\xff", b'{"files": "a", "token": ""}', b'{"files": [], "token": 1}')


@pytest.mark.parametrize("said", NONSENSE)
def test_what_is_no_message_of_ours_is_not_taken(said):
    assert _files_in(said) is None


def test_a_message_without_end_is_cut_off(qtbot, first):
    first.listen()
    socket = QLocalSocket()
    socket.connectToServer(first._name)
    assert socket.waitForConnected(2_000)
    with qtbot.waitSignal(socket.disconnected):
        socket.write(b"x" * (LONGEST + 10))
