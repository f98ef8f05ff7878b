"""Every conformance case is either a drawing that is tested, or outside for a stated reason; never both or neither."""

import json
import re
from collections import Counter

from engine.conformance import FOLDER, load, paths
from engine.otp_traces import traces

INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))


def number(case: int | str) -> int:
    return int(re.match(r"\d+", str(case))[0])


def test_every_number_is_a_drawing_or_outside() -> None:
    drawn = {number(load(path).about["case"]) for path in paths()}
    outside = [int(key) for key in [*INDEX["outside"], *INDEX["everywhere"]]]
    assert Counter([*drawn, *outside]) == Counter(INDEX["numbers"])


def test_a_file_is_called_by_its_number() -> None:
    for path in paths():
        assert path.stem.split("_")[0].lstrip("0") == str(load(path).about["case"])


def test_every_recorded_trace_is_compared_or_outside() -> None:
    compared = {name for path in paths() for name in load(path).about.get("traces", ())}
    assert not compared & INDEX["traces_outside"].keys()
    assert compared | INDEX["traces_outside"].keys() == traces().keys()


def test_every_reason_is_given() -> None:
    assert all(
        reason.endswith(".") for key in ("outside", "everywhere", "traces_outside") for reason in INDEX[key].values()
    )
