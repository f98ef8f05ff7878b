"""A folder of hostile graph files: what a stranger might send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BAIT = [
    "quartet_trap:boom",
    "os:system",
    "subprocess:run",
    "ctypes:CDLL",
    "pickle:loads",
    "builtins:eval",
]
PLACES = [
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "\\\\attacker\\share",
    "https://example.com/{{ from.a }}",
]
EXPRESSIONS = [
    "__import__('os').system('touch trap')",
    "value.__class__.__mro__",
    "[1,2].map(x, [1,2].map(y, [1,2].map(z, x + y + z)))",
    "size(" * 30 + "value" + ")" * 30,
    "'" + "x" * 5000 + "' == value",
    "value ==",
    "\u202evalue == 1",
    "{{ value }}",
    "a" * 100_000,
    "1/0 == 1",
]


def _agent(id: str, kind: str = "llm", **config: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "name": id, "config": config}


def _edge(source: str, target: str, **fields: Any) -> dict[str, Any]:
    return {"id": f"{source}>{target}", "source": source, "target": target, **fields}


def _graph(agents: list[Any], edges: list[Any] = [], **fields: Any) -> str:  # noqa: B006
    return json.dumps({"format": "quartet", "version": 1, "agents": agents, "edges": edges, **fields})


def _texts() -> Iterator[str]:
    for function in BAIT:
        yield _graph(
            [_agent("a", "python", function=function, arguments={"command": "touch trap"})], input="touch trap"
        )
        yield _graph([_agent("a", function, model=function)])
    for place in PLACES:
        yield _graph(
            [_agent("a", "http", url=place), _agent("b", "http", method="POST", url=place, body="{{ value }}")]
        )
        yield _graph([_agent("a", "llm", base_url=place, model="m", prompt="{{ from.b }}")])
        yield _graph([_agent("a", "file", path=f"../../{place}"), _agent("b", "file", path="/etc/shadow")])
    for expression in EXPRESSIONS:
        yield _graph([_agent("a"), _agent("b")], [_edge("a", "b", when=expression)])
        yield _graph([_agent("a", "template", text=f"{{{{ {expression} }}}}")])
        yield _graph([_agent("a", "llm", prompt=f"{{{{ {expression}")])
    names = [
        "\u202egnp.exe",
        "<script>alert(1)</script>",
        "\x00",
        "%s%n",
        "../../etc",
        "\ud800",
        "a\x1b[2J",
        "x" * 1_000_000,
    ]
    yield _graph([{"id": name, "kind": "llm", "name": name} for name in names])
    yield _graph([_agent("a")] * 3, [_edge("a", "a")] * 3)
    yield _graph([_agent(f"n{i}") for i in range(300)], [_edge(f"n{i}", f"n{(i + 1) % 300}") for i in range(300)])
    yield _graph([_agent(f"n{i}") for i in range(60)], [_edge(f"n{i}", f"n{j}") for i in range(60) for j in range(60)])
    yield _graph(
        [_agent("s", "supervisor"), _agent("t", "supervisor")],
        [_edge("s", "t", kind="supervise"), _edge("t", "s", kind="supervise")],
    )
    yield _graph(
        [
            {
                **_agent("a"),
                "retry": {"max_attempts": 10**9},
                "limits": {"start_to_close": 1e300},
                "max_concurrency": 10**18,
            }
        ]
    )
    yield _graph([{**_agent("a"), "rehearsal": [{"fails": "x"}] * 10_000}])
    yield _graph(
        [{"id": "a"}, 5, None, [], "x", {"id": {"$ref": "#"}}],
        [{}, 7],
        frames=[{"id": "f", "x": 1e308}],
        layout={"a": [1, 2, 3]},
    )
    yield _graph([_agent("a")], limits={"deadline": -1}, name=["x"], input={"__proto__": {}}, graphs=[[[[]]]])
    yield '{"format": "quartet", "version": 1, "agents": [{"id": "a", "id": "b"}]}'
    yield '{"format": "quartet", "version": 1, "input": NaN}'
    yield '{"format": "quartet", "version": 1, "input": ' + "[" * 100_000 + "]" * 100_000 + "}"
    yield '{"format": "quartet", "version": ' + "9" * 5000 + "}"
    yield '{"format": "quartet", "version": 999999999, "agents": {}}'
    yield "!!python/object/apply:os.system ['touch trap']"
    yield "cos\nsystem\n(S'touch trap'\ntR."
    yield json.dumps(
        {
            "directed": True,
            "nodes": [{"id": "a", "kind": "python", "config": {"function": BAIT[0]}}],
            "edges": [{"source": "a", "target": "a"}],
        }
    )
    yield json.dumps({"nodes": [{"id": [["x"]]}, {"id": {"a": 1}}], "links": [{"source": {}, "target": []}, 5]})


def make(folder: Path) -> list[Path]:
    """Write the files into `folder`."""
    found = []
    for number, text in enumerate(_texts()):
        path = folder / f"{number:03}.json"
        path.write_text(text, encoding="utf-8")
        found.append(path)
    for number, data in enumerate([b"", b"\xff\xfe", b"\x80\x04K\x01.", b"\x89PNG\r\n", bytes(range(256))]):
        path = folder / f"binary{number}.json"
        path.write_bytes(data)
        found.append(path)
    return found
