"""Graph files made to do harm when they are merely opened: too large, too deep, deceitful, or naming code to run."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agents.hostile_expressions import DEEP, REACHING

EVIL = "evil_package"
"""A package that leaves a trace when it is imported; the probe looks for it."""


def _file(*agents: dict[str, Any], edges: Any = (), **more: Any) -> bytes:
    document = {
        "format": "quartet",
        "version": 1,
        "agents": [{"name": str(agent.get("id")), **agent} for agent in agents],
        "edges": [{"id": f"e{n}", **edge} for n, edge in enumerate(edges)],
        **more,
    }
    return json.dumps(document).encode()


def _python(function: Any, id: str = "p", **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "python", "config": {"function": function, **more}}


def _template(text: Any, id: str = "t") -> dict[str, Any]:
    return {"id": id, "kind": "template", "config": {"text": text}}


def _edge(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"source": source, "target": target, **more}


def _code() -> Iterator[tuple[str, bytes]]:
    """Files that name code to run."""
    paths = {
        "a package that leaves a trace": f"{EVIL}:run",
        "a module of it": f"{EVIL}.deeper:run",
        "a shell": "os:system",
        "a browser": "antigravity:geohash",
        "our own command line": "quartet.cli:main",
        "the main module": "__main__:main",
        "a relative path": f"..{EVIL}:run",
        "a file": f"/tmp/{EVIL}.py:run",
        "an expression": f"__import__('{EVIL}'):run",
        "a list": [EVIL, "run"],
        "a dunder": f"{EVIL}.__class__:__init__",
    }
    for name, path in paths.items():
        yield f"python runs {name}", _file(_python(path, arguments={"command": "touch trace"}))
    override = {"do": "restart", "with": {"function": f"{EVIL}:run"}}
    yield (
        "a supervisor swaps the function",
        _file(
            {"id": "s", "kind": "supervisor", "oversight": {"on_error": [override]}},
            _python("textwrap:dedent"),
            edges=[_edge("s", "p", kind="supervise")],
        ),
    )
    yield "a kind named like a module", _file({"id": "a", "kind": f"{EVIL}.run"}, {"id": "b", "kind": "os.system"})
    yield "a rehearsal that names code", _file({**_python("a:b"), "rehearsal": [{"returns": {"py/object": EVIL}}]})
    yield (
        "pickles and tags of other formats",
        _file(
            {
                "id": "a",
                "kind": "llm",
                "__class__": f"{EVIL}.run",
                "config": {"py/reduce": [{"py/type": f"{EVIL}.run"}]},
            },
            **{"!!python/object/apply:os.system": ["touch trace"], "$ref": "http://127.0.0.1:9/schema.json"},
        ),
    )
    yield (
        "node-link that names code",
        json.dumps(
            {
                "directed": True,
                "multigraph": False,
                "graph": {"__reduce__": EVIL},
                "nodes": [{"id": "a", "kind": "tool", "function": f"{EVIL}:run"}, {"id": "b", "__import__": EVIL}],
                "edges": [{"source": "a", "target": "b", "kind": "conditional", "when": f"__import__('{EVIL}')"}],
            }
        ).encode(),
    )


def _expressions() -> Iterator[tuple[str, bytes]]:
    for name, text in {**DEEP, **REACHING}.items():
        yield (
            f"expression: {name}",
            _file(_template("{{ " + text + " }}"), _template("x", "u"), edges=[_edge("t", "u", when=text)]),
        )
    yield "a template of braces", _file(_template("{{" * 50_000))
    yield "a template of many expressions", _file(_template("{{ value }}" * 20_000))
    yield "a template of an unclosed text", _file(_template("{{ '" + "x" * 100_000))
    yield (
        "a condition that would take for ever",
        _file(
            _template("x"),
            _template("y", "u"),
            edges=[_edge("t", "u", when="value.map(a, value.map(b, a + b)).map(c, c + c)")],
            input=["x" * 1000] * 1000,
        ),
    )


def _addresses() -> Iterator[tuple[str, bytes]]:
    urls = (
        "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:9/", "http://[::1]:9/",
        "http://user:password@localhost/", "http://localhost\\@evil.example/", "http://a\r\nX: y/", "//localhost/x",
        "http://{{ value }}/", "javascript:alert(1)", "http://localhost:99999/", "http://xn--/", "http://" + "a." * 500,
    )  # fmt: skip
    for n, url in enumerate(urls):
        config = {"url": url, "allow_hosts": ["127.0.0.1:9", "*", url], "headers": {"A\r\nB": "c\r\nd"}}
        yield f"web request {n}", _file({"id": "h", "kind": "http", "config": config})
        yield f"model at {n}", _file({"id": "l", "kind": "llm", "config": {"base_url": url, "key_env": "HOME"}})
    schema = {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/x.json"}}, "$ref": "#"}
    yield "a schema that refers outside", _file({"id": "l", "kind": "llm", "config": {"output_schema": schema}})
    for n, path in enumerate(("../../.bashrc", "/etc/cron.d/x", "a/../../b", "C:\\x", "\0", "x" * 10_000)):
        yield f"file {n}", _file({"id": "f", "kind": "file", "config": {"path": path, "text": "harm"}})
    image = "<img src='http://127.0.0.1:9/x.png'><script>alert(1)</script>"
    yield (
        "markup that loads",
        _file(
            {"id": "a", "kind": "llm", "name": image, "description": image},
            notes=[{"id": "n", "text": f"![x](http://127.0.0.1:9/x.png) {image}", "x": 0, "y": 0}],
            frames=[
                {"id": "f", "name": image, "x": 0, "y": 0, "width": 9, "height": 9, "color": "url(http://127.0.0.1:9/)"}
            ],
        ),
    )


def _shapes() -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "only spaces", b" " * 1000
    yield "a list", b"[]"
    yield "a text", b'"quartet"'
    yield "not json", b"{format: quartet}"
    yield "cut off", _file(_template("x"))[:-20]
    yield "not utf-8", b'{"format": "quartet", "version": 1, "name": "\xff\xfe"}'
    yield "utf-16", '{"format": "quartet", "version": 1}'.encode("utf-16")
    yield "compressed", gzip.compress(_file(_template("x")))
    yield "zeros", b"\0" * 10_000
    yield "a byte order mark", b"\xef\xbb\xbf" + _file(_template("x"))
    yield "not a number", b'{"format": "quartet", "version": 1, "input": NaN}'
    yield "infinite", b'{"format": "quartet", "version": 1, "limits": {"deadline": Infinity}}'
    yield "a number beyond all", b'{"format": "quartet", "version": 1, "input": 1e999}'
    yield "a number of many digits", b'{"format": "quartet", "version": 1, "input": ' + b"9" * 6_000 + b"}"
    yield "deep lists", b'{"format": "quartet", "version": 1, "input": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    yield "deep objects", b'{"format": "quartet", "version": 1, "x": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"
    yield "deep without an end", b'{"format": "quartet", "version": 1, "x": ' + b"[" * 500_000
    yield "the same key twice", b'{"format": "quartet", "version": 1, "agents": [], "agents": [{"id": "a"}]}'
    yield "half a character", b'{"format": "quartet", "version": 1, "name": "\\ud800", "agents": []}'
    yield "a newer version", json.dumps({"format": "quartet", "version": 999, "agents": {"a": 1}}).encode()
    yield "a version that is none", b'{"format": "quartet", "version": 1e400}'
    yield (
        "everything of the wrong kind",
        json.dumps(
            {
                "format": "quartet",
                "version": 1,
                "agents": {"a": 1},
                "edges": "x",
                "frames": 5,
                "notes": None,
                "layout": [],
            }
        ).encode(),
    )
    yield (
        "unknown fields everywhere",
        _file(
            {"id": "a", "kind": "llm", "x": {"y": [1, {"z": None}]}, "config": {"nobody": "knows"}},
            edges=[_edge("a", "a", nobody={"knows": 1})],
            nobody=[[[[[]]]]],
        ),
    )


def _content() -> Iterator[tuple[str, bytes]]:
    """Files of our shape with content that deceives or overwhelms."""
    yield "the same id twice", _file(_template("x"), _template("y"), _python(f"{EVIL}:run", "t"))
    yield "edges to nowhere", _file(_template("x"), edges=[_edge("t", "nobody"), _edge("", ""), _edge("t", "t")])
    yield "one edge very often", _file(_template("x"), _template("y", "u"), edges=[_edge("t", "u")] * 3_000)
    for n, id in enumerate(("", " ", "..", "../../x", "a\0b", "a\nb", "‮gnp.exe", "a" * 1_000_000, "__proto__", "true")):
        yield f"id {n}", _file(_template("x", id), edges=[_edge(id, id)])
    yield "text that runs backwards", _file({**_template("x"), "name": "‮⁦invoice‬⁩​﻿", "description": "‮" * 1000})
    yield "names that look alike", _file({**_template("x"), "name": "Admin"}, {**_template("y", "u"), "name": "Аdmin"})
    yield "a long text", _file(_template("x" * 3_000_000))
    many = [_template("x", f"a{n}") for n in range(1_500)]
    yield "a long chain", _file(*many, edges=[_edge(f"a{n}", f"a{n + 1}") for n in range(1_499)])
    yield "a star", _file(*many, edges=[_edge("a0", f"a{n}") for n in range(1, 1_500)])
    yield "a chain in a circle", _file(*many, edges=[_edge(f"a{n}", f"a{(n + 1) % 1_500}") for n in range(1_500)])
    few = many[:40]
    pairs = [(f"a{n}", f"a{m}") for n in range(40) for m in range(40) if n != m]
    for kind in ("flow", "handoff", "supervise", "share"):
        yield f"everything joined by {kind}", _file(*few, edges=[_edge(a, b, kind=kind) for a, b in pairs])
    supervisors = [{"id": f"s{n}", "kind": "supervisor"} for n in range(300)]
    yield (
        "supervisors of supervisors",
        _file(*supervisors, edges=[_edge(f"s{n}", f"s{n + 1}", kind="supervise") for n in range(299)]),
    )
    yield (
        "supervisors in a circle",
        _file(*supervisors, edges=[_edge(f"s{n}", f"s{(n + 1) % 300}", kind="supervise") for n in range(300)]),
    )
    huge = 10**18
    yield (
        "huge counts",
        _file(
            {
                **_template("x"),
                "dynamic": True,
                "max_concurrency": huge,
                "retry": {"max_attempts": huge, "backoff": 1e308},
                "join": {"mode": "n_of_m", "n": huge},
                "oversight": {"max_restarts": huge, "backoff": 1e308},
                "handover": {"max_hops": huge, "max_turns": huge},
                "limits": {"start_to_close": 1e-308, "heartbeat": 1e308},
            },
            edges=[_edge("t", "t", loop=True, max_iterations=huge)],
            limits={"deadline": 1e308, "max_activations": huge, "max_concurrency": huge},
        ),
    )
    yield (
        "counts that are none",
        _file(
            {
                **_template("x"),
                "retry": {"max_attempts": -1},
                "join": {"mode": "some"},
                "limits": {"start_to_close": 0},
            },
            {**_template("x", "u"), "oversight": {"on_error": [{"do": "explode"}]}, "skills": "all", "dynamic": "yes"},
        ),
    )
    yield "far away", _file(*many[:50], layout={f"a{n}": [1e308 if n % 2 else -1e308, n * 1e300] for n in range(50)})
    yield (
        "frames of no size",
        _file(_template("x"), frames=[{"id": "f", "name": "F", "x": 0, "y": 0, "width": 0, "height": -1e308}]),
    )


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Every hostile file by name."""
    for family in (_code, _expressions, _addresses, _shapes, _content):
        yield from family()


def write_all(folder: Path) -> list[Path]:
    """Write them all and return their paths."""
    paths = []
    for number, (name, content) in enumerate(hostile_files()):
        path = folder / f"{number:03} {name}.json"
        path.write_bytes(content)
        paths.append(path)
    return paths
