"""Measure every room, print a table, write build/bench.json. Ratios come from one run; lower is better.

python tests/benchmarks/run.py [ROOM …]
"""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parent.parent / "build" / "bench.json"
FIELDS = ("room", "work", "size", "value", "unit", "limit", "peers", "goal")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of one `bench_*.py`, each with the eight fields."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = module.rows()
    for row in rows:
        assert set(row) == set(FIELDS), f"{path.name}: {row}"
    return rows


def shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(figure)}" for name, figure in value.items())
    return f"{value:,.2f}" if isinstance(value, float) and abs(value) < 100 else f"{value:,.0f}"


def table(rows: list[dict[str, Any]]) -> str:
    lines = [("room", "work", "size", "value", "unit", "limit", "peers", "goal", "")]
    for row in rows:
        met = "" if row["goal"] is None else "met" if row["value"] <= row["goal"] else "missed"
        figures = (shown(row[field]) for field in ("size", "value"))
        rest = (shown(row[field]) for field in ("limit", "peers", "goal"))
        lines.append((row["room"], row["work"], *figures, row["unit"], *rest, met))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    right = {2, 3, 5, 7}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def main(rooms: list[str]) -> None:
    rows: list[dict[str, Any]] = []
    for path in sorted(HERE.glob("bench_*.py")):
        if not rooms or path.stem.removeprefix("bench_") in rooms:
            print(f"measuring {path.stem.removeprefix('bench_')} …", file=sys.stderr, flush=True)
            rows.extend(rows_of(path))
    print(table(rows))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
