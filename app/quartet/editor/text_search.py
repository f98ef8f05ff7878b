"""Finding words in everything a person wrote into a graph, and writing others in their place, as Edits."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args, get_origin

from quartet.agents import kinds
from quartet.graph.edits import Edit, Set, SetGraph, Within
from quartet.graph.model import JSON, Agent, Edge, Graph, Section
from quartet.graph.writing import stated

if TYPE_CHECKING:
    import regex

PATIENCE = 0.5
"""Seconds that a regular expression may search in all, before it is given up as too hard."""
LISTED = 5_000
"""Places that are listed at most; replacing all replaces the others too."""

_AGENT_FIELDS = {
    "name": "Name",
    "description": "Description",
    "config": "",
    "rehearsal": "Rehearsal",
    "skills": "Skills",
    "reads": "Reads",
    "writes": "Writes",
}
_EDGE_FIELDS = {"name": "Name", "when": "Condition"}
_GRAPH_FIELDS = {"name": "Name", "description": "Description", "input": "Sample input"}
_COMMANDS = frozenset({"hands_off", "type"})
"""Entries of a rehearsal's step that name something else and are no text."""

Where = Section | Literal["graph"]


class QueryError(ValueError):
    """What was asked for cannot be searched; the message says why, for a person."""


class Query(NamedTuple):
    """What to look for."""

    text: str
    case: bool = False
    """Capitals matter."""
    words: bool = False
    """Whole words only."""
    pattern: bool = False
    """`text` is a regular expression; a replacement may say `\\1` for its first group."""


class Place(NamedTuple):
    """A text with what was looked for in it."""

    inside: str
    """The sub-graph it is in, by id; empty: the drawing itself."""
    section: Where
    id: str
    path: tuple[str | int, ...]
    """The field, and the way down into it."""
    label: str
    """What a person calls the field: “Prompt”, “Condition”."""
    text: str
    spans: tuple[tuple[int, int], ...]
    """Where in the text, as (begin, end); never empty."""


class Matcher:
    """A query made ready."""

    def __init__(self, query: Query) -> None:
        """Raises QueryError where the query is no regular expression."""
        self.query = query
        self._left = PATIENCE
        self._hard: regex.Pattern[str] | None = None
        self._plain: re.Pattern[str] | None = None
        if query.pattern:
            self._hard = _compiled(query)
        else:
            text = re.escape(query.text)
            if query.words:
                text = rf"(?<!\w){text}(?!\w)"
            self._plain = re.compile(text, 0 if query.case else re.IGNORECASE)

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where in `text`; matches of nothing do not count.

        Raises:
            QueryError: the expression takes too long.
        """
        if self._plain is not None:
            return tuple(found.span() for found in self._plain.finditer(text))
        assert self._hard is not None
        began = time.perf_counter()
        try:
            matches = self._hard.finditer(text, timeout=max(0.001, self._left))
            return tuple(found.span() for found in matches if found.end() > found.start())
        except TimeoutError as error:
            raise QueryError("This expression takes too long to search with. Make it simpler.") from error
        finally:
            self._left -= time.perf_counter() - began

    def replaced(self, text: str, spans: Sequence[tuple[int, int]], by: str) -> str:
        """`text` with what stands at `spans` (of its own) replaced.

        Raises:
            QueryError: the replacement names a group that the expression does not have.
        """
        pieces, at = list[str](), 0
        for begin, end in spans:
            pieces += text[at:begin], self._written(text, begin, end, by)
            at = end
        return "".join([*pieces, text[at:]])

    def _written(self, text: str, begin: int, end: int, by: str) -> str:
        if self._hard is None:
            return by
        found = self._hard.match(text, begin, timeout=PATIENCE)
        if found is None or found.end() != end:
            return by
        try:
            return str(found.expand(by))
        except Exception as error:  # the library's own errors are of several kinds
            raise QueryError(f"The replacement cannot be written: {error}.") from error


def _compiled(query: Query) -> regex.Pattern[str]:
    import regex  # only when somebody asks for an expression

    text = rf"(?<!\w)(?:{query.text})(?!\w)" if query.words else query.text
    try:
        return regex.compile(text, (0 if query.case else regex.IGNORECASE) | regex.MULTILINE)
    except regex.error as error:
        raise QueryError(f"This is no regular expression: {error}.") from error


def search(graph: Graph, query: Query) -> Iterator[Place]:
    """Every text of the graph, and of its sub-graphs, that holds what is looked for, in the order of the file.

    Raises:
        QueryError: the query is no regular expression, or one that takes too long.
    """
    if not query.text:
        return
    matcher = Matcher(query)
    for inside, level in (("", graph), *graph.graphs.items()):
        for section, id, path, label, text in _texts(level):
            spans = matcher.spans(text)
            if spans:
                yield Place(inside, section, id, path, label, text, spans)


Text = tuple[Where, str, tuple[str | int, ...], str, str]


def _texts(graph: Graph) -> Iterator[Text]:
    """All texts: section, id, path, label, text."""
    for name, label in _GRAPH_FIELDS.items():
        for path, text in _strings(getattr(graph, name), (name,)):
            yield "graph", "", path, label, text
    for agent in graph.agents.values():
        yield from _of_agent(agent)
    for edge in graph.edges.values():
        for name, label in _EDGE_FIELDS.items():
            text = getattr(edge, name)
            if text:
                yield "edges", edge.id, (name,), label, text
    for frame in graph.frames.values():
        if frame.name:
            yield "frames", frame.id, ("name",), "Frame", frame.name
    for note in graph.notes.values():
        if note.text:
            yield "notes", note.id, ("text",), "Note", note.text


def _of_agent(agent: Agent) -> Iterator[Text]:
    for name, label in _AGENT_FIELDS.items():
        content = getattr(agent, name)
        if not content:
            continue
        if name == "config":
            fixed, titles = _config_words(agent.kind)
            for key, child in content.items():
                if key not in fixed:
                    for path, text in _strings(child, ("config", key)):
                        yield "agents", agent.id, path, titles.get(key, key), text
        else:
            for path, text in _strings(content, (name,)):
                if not (name == "rehearsal" and len(path) == 3 and path[2] in _COMMANDS):
                    yield "agents", agent.id, path, label, text


@cache
def _config_words(kind: str) -> tuple[frozenset[str], dict[str, str]]:
    """Of a kind's config: the fields with a fixed choice of words, which are no texts; and the titles of all."""
    found = kinds.find(kind)
    if found is None:
        return frozenset(), {}
    fields = found.config.model_fields
    fixed = {field.alias or name for name, field in fields.items() if _is_choice(field.annotation)}
    return frozenset(fixed), {field.alias or name: field.title or name for name, field in fields.items()}


def _is_choice(annotation: object) -> bool:
    if get_origin(annotation) is Literal:
        return True
    return any(_is_choice(part) for part in get_args(annotation) if part is not type(None))


def _strings(value: JSON, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The strings in a JSON value, each with the way down to it; keys of objects are none."""
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _strings(child, (*path, key))
    elif isinstance(value, list | tuple):
        for number, child in enumerate(value):
            yield from _strings(child, (*path, number))


def replacing(graph: Graph, places: Sequence[Place], query: Query, by: str) -> list[Edit]:
    """The Edits that write `by` for what was found at these places of `graph` as it is now.

    A place whose text has changed since is left alone.

    Raises:
        QueryError: the replacement does not fit the expression.
    """
    matcher = Matcher(query)
    levels: dict[str, list[Place]] = {}
    for place in places:
        levels.setdefault(place.inside, []).append(place)
    edits = list[Edit]()
    for inside, found in levels.items():
        level = graph if not inside else graph.graphs.get(inside)
        if level is None:
            continue
        written = _replacing_in(level, found, lambda place: matcher.replaced(place.text, place.spans, by))
        edits += [Within(graph=inside, edits=tuple(written))] if inside and written else written
    return edits


def _replacing_in(graph: Graph, places: Sequence[Place], new_text: Callable[[Place], str]) -> list[Edit]:
    changed: dict[tuple[Where, str, str], JSON] = {}
    for place in places:
        field = str(place.path[0])
        key = (place.section, place.id, field)
        now = changed[key] if key in changed else _field(graph, place.section, place.id, field)
        if _at(now, place.path[1:]) == place.text:
            changed[key] = _with(now, place.path[1:], new_text(place))
    edits = list[Edit]()
    for (section, id, field), value in changed.items():
        if section == "graph":
            edits.append(SetGraph(values={field: value}))
        else:
            edits.append(Set(section=section, id=id, values={field: value}))
    return edits


def _field(graph: Graph, section: Where, id: str, field: str) -> JSON:
    if section == "graph":
        return getattr(graph, field)
    item: Agent | Edge | None = getattr(graph, section).get(id)
    return None if item is None else stated(item).get(field)


def _at(value: JSON, path: Sequence[str | int]) -> JSON:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _with(value: JSON, path: Sequence[str | int], text: str) -> JSON:
    """`value` with `text` at the end of a path; what it does not touch is shared."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, str(step): _with(value[step], rest, text)}
    items = list(value)
    items[int(step)] = _with(items[int(step)], rest, text)
    return items


def excerpt(place: Place, room: int = 120) -> tuple[str, tuple[tuple[int, int], ...]]:
    """One line round the first match, at most `room` characters, and where the matches are in it."""
    begin, end = place.spans[0]
    first = place.text.rfind("\n", 0, begin) + 1
    last = place.text.find("\n", end)
    last = len(place.text) if last < 0 else last
    first = max(first, begin - room // 3)
    last = min(last, max(end, first + room))
    head = "…" if first > 0 else ""
    tail = "…" if last < len(place.text) else ""
    line = place.text[first:last].replace("\n", " ").replace("\t", " ")
    shift = len(head) - first
    marks = tuple((start + shift, stop + shift) for start, stop in place.spans if first <= start and stop <= last)
    return f"{head}{line}{tail}", marks
