"""Does everything that happens to a graph before it runs, under an audit hook. Run: python this-file FOLDER

Prints one JSON object: what was done how often, and what was attempted that must not be.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from agents.hostile_graphs import EVIL
from quartet import rules
from quartet.agents import expressions, kinds, trust
from quartet.formats.mermaid import mermaid
from quartet.graph import check, files, names, node_link
from quartet.graph.model import Graph
from quartet.patterns.layout import layout
from quartet.patterns.verdict import classify

_NEVER = (
    "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.kill", "pty.",
    "socket.", "ctypes.", "pickle.", "shelve.", "webbrowser.", "urllib.", "http.", "ftplib.", "smtplib.",
    "code.__new__", "function.__new__", "sys._getframe.f_locals", "os.putenv", "os.remove", "os.rename", "os.mkdir",
    "os.rmdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "shutil.", "tempfile.",
)  # fmt: skip
_KNOWN_CODE = (
    sys.prefix,
    sys.base_prefix,
    str(Path(check.__file__).parent.parent),
    "<frozen",
    "<class 'networkx.utils.decorators.argmap'> compilation",
)

seen: list[str] = []
done: Counter[str] = Counter()
watching = False
current = ""


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not watching:
        return
    bad = event.startswith(_NEVER)
    if event == "open":
        mode = arguments[1]
        bad = isinstance(mode, str) and any(letter in mode for letter in "wax+")
    elif event == "import":
        bad = EVIL in str(arguments[0]) or arguments[0] in ("antigravity", "webbrowser", "quartet.cli")
    elif event == "exec":
        # importing a module of ours or of a library executes it, and networkx compiles its own decorators
        bad = not str(getattr(arguments[0], "co_filename", "")).startswith(_KNOWN_CODE)
    elif event == "compile":
        bad = arguments[0] is not None and EVIL in str(arguments[0])
    if bad:
        seen.append(f"{current}: {event} {arguments!r}"[:300])


def _no_evaluation(*_: Any) -> Any:
    seen.append(f"{current}: an expression was evaluated")


def step(name: str, work: Any, *allowed: type[Exception]) -> Any:
    """Do one thing to the current file."""
    try:
        result = work()
    except allowed:
        done[f"{name}: refused"] += 1
        return None
    except Exception as problem:
        seen.append(f"{current}: {name} raised {type(problem).__name__}: {str(problem)[:200]}")
        return None
    done[name] += 1
    return result


def handle(path: Path) -> None:
    """Everything that may happen to a file before somebody presses Run."""
    opened = step("open", lambda: files.read(path), files.FileProblem)
    if opened is None:
        return
    graph: Graph = opened.graph
    text = step("write", lambda: files.dumps(graph), files.FileProblem)
    if text is not None:
        again = step("open what was written", lambda: files.loads(text))
        if again is not None and opened.read_only is None and files.dumps(again.graph) != text:
            seen.append(f"{current}: changes when it is opened again")
    step("check", lambda: check.problems(graph))
    verdict = step("classify", lambda: classify(graph))
    if verdict is not None:
        step("say the verdict", lambda: (verdict.headline, json.dumps(verdict.as_json())))
        step("judge", lambda: rules.findings(graph, verdict))
        step("layout", lambda: layout(graph, verdict))
    step("list what would run", lambda: (trust.surface(graph), trust.digest(graph), trust.trusted(graph)))
    for agent in graph.agents.values():
        kind = kinds.find(agent.kind)
        if kind is not None:
            config = step("read a config", lambda k=kind, a=agent: k.config.model_validate(a.config), ValueError)
            if config is not None:
                step("say the essence", config.essence)
                step("ask whether it may run twice", lambda k=kind, c=config: k.repeatable(c))
    step("export as node-link", lambda: json.dumps(node_link.write(graph)), files.FileProblem)
    step("export as mermaid", lambda: mermaid(graph))
    step("copy and paste", lambda: names.paste(graph, names.fragment(graph, list(graph.agents)[:50])))


def misbehave(folder: Path) -> None:
    """Each thing that must not happen, once: shows that the watch would see it."""
    import socket
    import subprocess

    from quartet.agents.python_function import load

    trespasses: dict[str, Any] = {
        "import": lambda: load(f"{EVIL}:run"),
        "start": lambda: subprocess.run(["true"], check=True),
        "contact": lambda: socket.create_connection(("127.0.0.1", 9), 1),
        "write": lambda: (folder / "written").write_text("x"),
        "execute": lambda: exec(compile("1", "<config>", "exec")),
        "evaluate": lambda: expressions.evaluate("1 + 1", {}),
        "read": lambda: expressions.evaluate("value", {}),
    }
    global current, watching
    watching = True  # not before what the trespasses need is imported: named tuples are executed from text
    for name, trespass in trespasses.items():
        current = name
        with contextlib.suppress(OSError):
            trespass()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.addaudithook(_audit)
    # once for everything that is imported late by good right
    warm = folder / "warm.json"
    handle(warm)
    assert not seen, seen
    done.clear()
    expressions._execute = _no_evaluation  # type: ignore[assignment]
    expressions._follow = _no_evaluation
    watching = True
    for path in sorted(folder.glob("[0-9]*.json")):
        current = path.name
        handle(path)
    watching = False
    if "misbehave" in sys.argv:
        misbehave(folder)
        watching = False
    print(json.dumps({"done": done, "seen": seen, "evil": EVIL in sys.modules}))
