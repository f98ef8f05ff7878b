"""`quartet prices`: what models cost, and a person's own prices."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import Any

from quartet.cli.console import UNREADABLE, complain, put, say
from quartet.engine.prices import Price, PriceTable, load, own_path, price_problem, read_own, write_own
from quartet.graph.strict_json import FileProblem

JSON = Any


def prices(options: Any) -> int:
    """Carry out the command and return the exit code."""
    try:
        if options.where:
            put(str(own_path()))
            return 0
        if options.edit:
            return _edit()
        if options.set is not None or options.remove:
            return _state(options.model, options.set)
        return _show(load(), options.model, as_json=options.json)
    except FileProblem as problem:
        complain(problem)
        return UNREADABLE


def _show(table: PriceTable, model: str | None, *, as_json: bool) -> int:
    if model is not None:
        found = table.find(model)
        if found is None:
            state = f"quartet prices {shlex.quote(model)} --set 0.25 2"
            say(f"quartet: no price is known for “{model}”. State your own: {state}")
            return 1
        rows = [(model.lower(), *found)]
    else:
        shipped = {name: price for name, price in table.shipped.items() if name not in table.own}
        rows = [(name, price, True) for name, price in sorted(table.own.items())]
        rows += [(name, price, False) for name, price in sorted(shipped.items())]
    if as_json:
        for name, price, own in rows:
            put(json.dumps({"model": name, **price.as_json(), "own": own}, ensure_ascii=False))
        return 0
    width = max(len(name) for name, _, _ in rows)
    put(f"{'':{width}}  {'input':>9}  {'output':>9}  {'cached':>9}   US$ for a million tokens")
    for name, price, own in rows:
        cached = "" if price.cached is None else f"{price.cached:,g}"
        line = f"{name:{width}}  {price.input:>9,g}  {price.output:>9,g}  {cached:>9}{'   your own' if own else ''}"
        put(line.rstrip())
    say(f"\nThe prices that are not your own are from {table.as_of}: {table.source}. Check them with your provider.")
    say(f"Your own stand in {own_path()}")
    return 0


def _state(model: str | None, numbers: list[str] | None) -> int:
    if not model or not model.strip():
        say("quartet: say which model: quartet prices MODEL --set 0.25 2")
        return UNREADABLE
    own = read_own()
    name = model.strip().lower()
    if numbers is None:
        if own.pop(name, None) is None:
            say(f"quartet: you have stated no price of “{name}”.")
            return 1
        write_own(own)
        return 0
    entry = dict(zip(("input", "output", "cached"), map(_number, numbers), strict=False))
    problem = price_problem(name, entry) if len(numbers) <= 3 else "--set takes two numbers or three."
    if problem:
        say(f"quartet: {problem}")
        return UNREADABLE
    own[name] = Price(**entry)
    write_own(own)
    return 0


def _number(text: str) -> JSON:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _edit() -> int:
    path = own_path()
    if not path.exists():
        write_own({})
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor or not sys.stdin.isatty():
        say("quartet: set $VISUAL or $EDITOR to your text editor, and run this on a terminal; the file is")
        put(str(path))
        return UNREADABLE
    try:
        subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603 - what the person has chosen
    except (OSError, ValueError) as error:
        say(f"quartet: “{editor}” cannot be started: {error}")
        return UNREADABLE
    read_own()
    return 0
