"""Pictures of drawings: where they go, how large they become, and what is said meanwhile."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from cli.cli_graphs import agent, edge, save, two_templates
from quartet.cli import main


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_picture_goes_to_standard_output_where_that_is_asked_for(tmp_path: Path) -> None:
    name = two_templates(tmp_path / "g.json")
    done = subprocess.run(
        [sys.executable, "-m", "quartet", "export", name, "--to", "png", "--scale", "1", "-o", "-"],
        capture_output=True,
        cwd=tmp_path,
        check=True,
    )
    assert size(done.stdout) > (184, 62)
    assert [path.name for path in tmp_path.iterdir()] == ["g.json"]


def test_a_large_drawing_is_announced_and_gets_a_smaller_scale(
    tmp_path: Path, qtbot: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quartet.editor.export.MOST", 20_000)
    monkeypatch.setattr("quartet.cli.export.LARGE", 3)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    name = save(
        tmp_path / "g.json", agents=[agent(id) for id in "abc"], edges=[edge("a", "b"), edge("b", "c")],
        layout={"a": [0, 0], "b": [300, 0], "c": [600, 0]},
    )  # fmt: skip
    assert main(["export", name, "--to", "png"]) == 0
    width, height = size((tmp_path / "g.png").read_bytes())
    assert width * height <= 20_500
    said = capsys.readouterr().err
    assert said.startswith("Drawing 3 agents …\n")
    assert f"{width:,} × {height:,} pixels; at the scale 0." in said


def test_a_picture_that_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, qtbot: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    name = two_templates(tmp_path / "g.json")
    assert main(["export", name, "--to", "png", "-o", str(tmp_path / "none" / "a.png")]) == 2
    assert f"There is no folder “{tmp_path / 'none'}”." in capsys.readouterr().err


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_picture_opens_again_as_the_graph(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    name = two_templates(tmp_path / "g.json")
    assert main(["export", name, "--to", form]) == 0
    picture = tmp_path / f"g.{form}"
    capsys.readouterr()
    assert main(["classify", str(picture)]) == 0
    assert "Pipeline" in capsys.readouterr().out
    assert main(["diff", name, str(picture)]) == 0
    capsys.readouterr()
    assert main(["validate", "--fix", str(picture)]) == 2
    assert "a picture is not mended in place" in capsys.readouterr().err
    before = picture.read_bytes()
    assert main(["export", str(picture), "--to", form]) == 0
    assert picture.read_bytes() == before
    assert (tmp_path / f"g-2.{form}").exists()


def test_an_svg_is_shapes_and_text_and_a_pdf_is_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    name = two_templates(tmp_path / "g.json")
    assert main(["export", name, "--to", "svg"]) == 0
    svg = (tmp_path / "g.svg").read_text()
    assert ">Greeter</text>" in svg
    assert "<image" not in svg
    assert main(["export", name, "--to", "pdf", "--dark"]) == 0
    pdf = (tmp_path / "g.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 1\n" in pdf
    assert b"graph.quartet.json" in pdf or b"EmbeddedFile" in pdf
