"""The command line as a whole: what it imports, what it says of itself, what it does where there is no display."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import quartet
from cli.cli_graphs import save, two_templates
from quartet.cli import editor, main
from quartet.cli.parser import COMMANDS


def python(code: str, *arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        input=said,
    )


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_said_without_importing_anything(flag: str) -> None:
    done = python(
        "import sys; from quartet.cli import main; code = main(sys.argv[1:])\n"
        "heavy = {'pydantic', 'argparse', 'asyncio', 'json', 'networkx', 'rich', 'PySide6'} & sys.modules.keys()\n"
        "sys.exit(f'imported {heavy}' if heavy else code)",
        flag,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"quartet {quartet.__version__}\n", "")


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "quartet", "--version"], capture_output=True, text=True, check=False)
    assert done.stdout == f"quartet {quartet.__version__}\n"


NO_QT = """
import sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "qasync", "shiboken6"):
            raise ImportError(f"{name} is not for the command line")
sys.meta_path.insert(0, NoQt())
from quartet.cli import main
for line in sys.stdin.read().splitlines():
    print("ended with", main(line.split(chr(9))), flush=True)
"""


def test_no_command_needs_qt(tmp_path: Path) -> None:
    graph = two_templates(tmp_path / "g.json")
    lines = [
        ["classify", graph],
        ["validate", graph],
        ["run", graph, "--rehearse"],
        ["run", graph],
        ["runs"],
        ["show", "last"],
        ["check-run", "last"],
        ["fork", "last"],
        ["export", graph, "--to", "json"],
        ["export", graph, "--to", "node-link"],
        ["export", graph, "--to", "mermaid"],
    ]
    done = python(NO_QT, said="\n".join("\t".join(line) for line in lines))
    assert done.returncode == 0, done.stderr
    *told, after = done.stdout.split("ended with 0\n")
    assert after == "" and len(told) == len(lines), done.stdout + done.stderr
    assert all(told)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert f"quartet {command}" in text


@pytest.mark.parametrize(
    "line",
    [["classify"], ["run"], ["run", "a", "b"], ["export", "x"], ["export", "x", "--to", "gif"], ["--frobnicate"]],
)
def test_a_command_line_that_makes_no_sense_ends_with_2(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("quartet.cli.parser.parse", interrupted)
    assert main(["classify", "x"]) == 130


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_goes_away_is_no_failure_to_report(tmp_path: Path) -> None:
    graph = save(tmp_path / "g.json", agents=[], description="x" * 5_000_000)
    writer = subprocess.Popen(
        [sys.executable, "-m", "quartet", "export", graph, "--to", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # unbuffered, Python itself loses what a pipe did not take
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    assert writer.stdout is not None and writer.stderr is not None
    writer.stdout.read(10)
    writer.stdout.close()
    assert writer.stderr.read() == b""
    assert writer.wait(30) == 141
    writer.stderr.close()


def test_what_standard_output_cannot_show_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = save(tmp_path / "g.json", agents=[], name="日本")
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", ascii_only)
    assert main(["export", graph, "--to", "json"]) == 0
    ascii_only.seek(0)
    assert "\\u65e5" in ascii_only.read()


# --- the editor -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "platform", "display"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_display_is_known_by_what_the_system_says(environment: dict[str, str], platform: str, display: bool) -> None:
    assert editor.has_display(environment, platform) is display


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")


@pytest.mark.usefixtures("no_display")
def test_without_a_display_the_editor_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    said = capsys.readouterr().err
    assert "no display" in said
    assert "quartet run FILE --rehearse" in said


@pytest.mark.usefixtures("no_display")
def test_without_a_display_a_graph_is_rehearsed_in_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = two_templates(tmp_path / "g.json", name="Greeting")
    assert main([graph]) == 0
    said = capsys.readouterr()
    assert "no display" in said.err
    assert "Succeeded after 2.0 s of simulated time: 2 done." in said.err
    assert said.out.startswith("Shouter: ")


def test_the_editor_opens_the_files_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    app = ModuleType("quartet.editor.app")
    app.main = lambda files, **options: calls.append((files, options)) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "quartet.editor.app", app)
    monkeypatch.setattr("gc.disable", lambda: None)  # the editor's own `main` enables it again
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["a.json", "--screenshot", "x.png", "b.json"]) == 0
    assert main(["--separate"]) == 0
    options = {"screenshot": "x.png", "separate": False}
    assert calls == [(["a.json", "b.json"], options), ([], {"screenshot": None, "separate": True})]


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("validate - <&-", 2, "The file is empty"),
        ("schema >&-", 0, ""),
        ("schema >/dev/full", 2, "the output cannot be written: No space left on device"),
    ],
)
def test_closed_and_full_streams_are_no_crash(line: str, code: int, said: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    ended = subprocess.run(
        f"{sys.executable} -m quartet {line}", shell=True, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == code
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
