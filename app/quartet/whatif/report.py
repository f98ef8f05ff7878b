"""The numbers of a simulation as a table, to be pasted into a spreadsheet or a text."""

from __future__ import annotations

from collections.abc import Sequence

from quartet.whatif.ranges import mean_range, quantile, quantile_range
from quartet.whatif.simulate import Comparison, Outcome

PERCENTILES = (5, 10, 25, 50, 75, 90, 95, 99)


def table(outcome: Outcome, tried: Outcome | None = None, label: str | None = None) -> str:
    """Rows of cells parted by tabs; ranges hold the true number with 95 % certainty.

    Args:
        tried: with a change of this `label`, simulated with the same luck.
    """
    rows: list[Sequence[object]] = [("", "value", "from", "to")]
    rows.append(("runs", len(outcome.runs)))
    rows.append(("share that succeeds", outcome.success, *outcome.success_range))
    for name, values in (("seconds", outcome.seconds), ("US$", outcome.costs)):
        rows.append((f"{name}, mean", sum(values) / len(values), *mean_range(values)))
        for percent in PERCENTILES:
            share = percent / 100
            ends = quantile_range(values, share)
            rows.append((f"{name}, {percent} % of the runs within", quantile(values, share), *ends))
        rows.append((f"{name}, the most", values[-1]))
    if tried is not None:
        change = Comparison(outcome, tried)
        rows.append((f"with the change: {label or ''}",))
        rows.append(("share that succeeds, more", change.success, *change.success_range))
        rows.append(("seconds, mean, more", change.mean_seconds, *change.mean_seconds_range))
        rows.append(("US$, mean, more", change.cost, *change.cost_range))
    rows += [
        (),
        ("agent", "share of runs that wait for it", "seconds at work", "share of runs that fail because of it"),
    ]
    critical, busy, blamed = outcome.critical, outcome.busy, outcome.blamed
    for id in outcome.expected:
        if id in busy or id in blamed:
            rows.append((id, critical.get(id, 0.0), busy.get(id, 0.0), blamed.get(id, 0.0)))
    rows += [(), *((each,) for each in outcome.assumed)]
    return "\n".join("\t".join(_cell(cell) for cell in row) for row in rows)


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else " ".join(str(value).split())
