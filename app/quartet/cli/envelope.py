"""How somebody on the terminal is asked at a limit of a run."""

from __future__ import annotations

from collections.abc import Sequence

from quartet.editor.panels.limit_words import Names, more, used_by
from quartet.engine.run import Run
from quartet.engine.seen import Reached


def question(reached: Sequence[Reached], names: Names) -> str:
    """What somebody is asked at a limit: which, who is at fault, and how much more to allow."""
    lines = [used_by(one, names) for one in reached]
    if len(reached) == 1:
        lines.append(f"Allow {more(reached[0])}? [y, another amount, or N to stop]")
    else:
        lines.append("Allow each as much again? [y/N]")
    return "\n".join(lines)


def decide(run: Run, answer: str) -> bool:
    """Carry out what somebody answered at a pause: go on, go on with another amount, or stop. False: it is none of
    these, and nothing was done."""
    text = answer.strip().lower().removeprefix("us$").removeprefix("$").replace(",", "").strip()
    if text in ("y", "yes"):
        run.resume()
        return True
    if text in ("n", "no", "stop"):
        run.cancel()
        return True
    reached = run.state.reached
    try:
        (one,) = reached
        run.grant(one.which, float(text) if not text.isdecimal() else int(text), one.agent)
    except (ValueError, OverflowError):
        return False  # no amount, or not one that can be allowed
    run.resume()
    return True
