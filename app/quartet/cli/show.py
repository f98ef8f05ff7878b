"""`quartet show`: what happened in a run, for a person or for a program. The journal is only read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.cli.console import UNREADABLE, put, refuse, say, wrapped
from quartet.cli.lines import Lines
from quartet.cli.runs import WORDS, cost_in_words, size_in_words
from quartet.cli.session import summary
from quartet.editor.value_words import line_of, plural, seconds, text_of
from quartet.engine.events import Event
from quartet.engine.journal import JournalError, Recorded
from quartet.engine.journal.shelf import NoSuchRun, Shelf
from quartet.engine.journal.summary import name_of, size_of
from quartet.engine.state import AgentState, RunState
from quartet.graph.model import Graph
from quartet.graph.nesting import agent_at, title

JSON = Any
OUTCOMES = {
    "succeeded": "done", "failed": "failed", "timed_out": "timed out", "skipped": "skipped", "cancelled": "cancelled",
    "idle": "not started", "ready": "ready", "queued": "queued", "running": "running", "backoff": "retrying",
    "waiting": "waiting for a person", "held": "held",
}  # fmt: skip


class Story:
    """All of a run that one command needs, read once."""

    def __init__(self, path: Path) -> None:
        with Recorded.open(path) as recorded:
            self.path, self.header = path, recorded.header
            self.graph: Graph = recorded.graph()
            self.standing, self.carried = recorded.state, recorded.carried
            self.walls: list[float] = []
            self.events: list[Event] = []
            for batch in recorded.batches():
                self.events += batch.events
                self.walls += [batch.wall] * len(batch.events)
            self.damage = recorded.damage
        self.state = RunState()
        self.attempts: dict[str, int] = {}
        self.reused: dict[str, int] = {}
        for event in self.events:
            self.state.apply(event)
            if event.agent is not None and event.type in ("attempt.started", "attempt.reused"):
                counts = self.attempts if event.type == "attempt.started" else self.reused
                counts[event.agent] = counts.get(event.agent, 0) + 1
        if self.damage and not self.state.finished and not self.carried:
            self.standing = "interrupted"  # its end cannot be read; it can be gone on with before that

    @property
    def agents(self) -> list[str]:
        """The ids of all agents: those of the drawing, then those of sub-graphs that were at work, by their paths."""
        drawn: list[str] = list(self.graph.agents)
        return drawn + [id for id in self.state.agents if id not in self.graph.agents]

    @property
    def resumable(self) -> bool:
        """Whether it has not ended and nobody carries it."""
        return self.standing in ("interrupted", "paused") and not self.carried


def open_story(text: str, *, as_json: bool = False) -> Story | None:
    """The run that is meant; None if there is none or it cannot be read, which was said."""
    try:
        return Story(Shelf().find(text))
    except (NoSuchRun, JournalError) as problem:
        refuse(text, problem, as_json=as_json)
    except (ValueError, KeyError, AssertionError, TypeError) as problem:
        why = f"What happened in {text} is not understood by this version: {problem}. Try a newer one."
        refuse(text, why, as_json=as_json)
    return None


def show_run(text: str, *, as_json: bool = False, as_events: bool = False, agent: str | None = None) -> int:
    """Print the run that `text` names; 2 if there is none, or it cannot be read, or has no such agent."""
    story = open_story(text, as_json=as_json)
    if story is None:
        return UNREADABLE
    only: str | None = None
    if agent is not None:
        only = _agent(story, agent)
        if only is None:
            return UNREADABLE
    if as_events:
        for event, wall in zip(story.events, story.walls, strict=True):
            if only is None or event.agent == only:
                put(_line(event, wall))
        _say_damage(story)
        return 0
    if as_json:
        put(json.dumps(_as_json(story, only), ensure_ascii=False))
        return 0
    for line in _head(story) if only is None else _about(story, only):
        put(line)
    return 0


def _agent(story: Story, text: str) -> str | None:
    ids = story.agents
    if text in ids:
        return text
    found = [id for id in ids if title(story.graph, id).casefold() == text.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        say(f"quartet: {len(found)} agents are called “{text}”; name one by its id: {', '.join(found[:8])}.")
        return None
    names = ", ".join(f"{title(story.graph, id)} ({id})" for id in ids[:8])
    say(f"quartet: the run has no agent “{text}”. There are: {names}{' …' if len(ids) > 8 else ''}.")
    return None


def _line(event: Event, wall: float) -> str:
    found = {**event.as_json(), "wall": datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")}
    return json.dumps(found, ensure_ascii=False)


def _say_damage(story: Story) -> None:
    if story.damage:
        say(f"quartet: {story.damage}")


# ---------------------------------------------------------------------- for a program


def _as_json(story: Story, only: str | None) -> dict[str, JSON]:
    header, state = story.header, story.state
    found: dict[str, JSON] = {
        "id": header.run_id, "path": str(story.path), "graph": story.graph.name, "state": story.standing,
        "started": datetime.fromtimestamp(header.started, UTC).isoformat(timespec="milliseconds"),
        "seconds": round(state.t, 6), "events": state.seq, "rehearse": header.rehearse, "version": header.version,
        "resumable": story.resumable, "input": header.input, "output": state.output,
    }  # fmt: skip
    optional = {
        "reason": state.reason,
        "unhandled": state.unhandled or None,
        "parent": header.parent,
        "damage": story.damage,
    }
    found |= {key: value for key, value in optional.items() if value is not None}
    found["agents"] = {id: _agent_json(story, id) for id in story.agents if only in (None, id)}
    return found


def _agent_json(story: Story, id: str) -> dict[str, JSON]:
    state = story.state.agents.get(id) or AgentState()
    found: dict[str, JSON] = {
        "name": title(story.graph, id), "state": state.status, "visits": state.act,
        "attempts": story.attempts.get(id, 0), "seconds": round(_spent(state, story.state.t), 6),
    }  # fmt: skip
    optional: dict[str, JSON] = {
        "reused": story.reused.get(id), "restarts": state.restarts or None, "value": state.value, "error": state.error,
        "reason": state.reason, "prompt": state.prompt, "degraded": state.degraded or None,
        "input_tokens": state.input_tokens or None, "output_tokens": state.output_tokens or None,
        "cost": state.cost or None,
    }  # fmt: skip
    return found | {key: value for key, value in optional.items() if value is not None}


def _spent(state: AgentState, now: float) -> float:
    """Seconds of work: attempts only, not the pauses and waits between them."""
    return sum((now if span.end is None else span.end) - span.start for span in state.spans if span.status == "running")


# ---------------------------------------------------------------------- for a person


def _head(story: Story) -> Iterable[str]:
    header, state = story.header, story.state
    called = story.graph.name or name_of(header.settings) or "Run"
    yield f"{called} · run {header.run_id} · {WORDS.get(story.standing, story.standing)}"
    began = datetime.fromtimestamp(header.started).astimezone()
    kind = "a rehearsal" if header.rehearse else "a run"
    size = size_in_words(size_of(story.path))
    yield f"  {kind} of {began:%Y-%m-%d %H:%M:%S %Z}, {plural(state.seq, 'event')}, {size}"
    yield f"  {story.path}"
    if header.parent is not None:
        yield f"  forked from run {header.parent.get('run')} at event {header.parent.get('at')}"
    if story.damage:
        yield wrapped(f"DAMAGED: {story.damage} What follows is what stands before that.", "  ")
    yield wrapped(summary(story.graph, state, header.rehearse), "  ")
    if state.reason:
        yield wrapped(f"Reason: {state.reason}", "  ")
    if story.resumable:
        yield f"  To go on with it: quartet resume {header.run_id}"
    elif story.carried:
        yield "  A program carries it at this moment."
    yield from _block("Input", header.input)
    yield from _block("Output", state.output)
    yield ""
    yield from _table(story)
    asked = [event for event in story.events if event.type in ("wait.started", "wait.resolved")]
    if asked:
        yield ""
        yield "What was asked"
        lines = Lines(story.graph, header.rehearse)
        yield from (line for line in map(lines.line, asked) if line is not None)
    yield ""
    yield "Log"
    yield from _log(story, story.events)


def _block(title: str, value: JSON) -> Iterable[str]:
    text = text_of(value).rstrip()
    if not text:
        return
    yield ""
    yield title
    yield from (f"  {line}" for line in text.splitlines())


def _table(story: Story) -> Iterable[str]:
    rows = [["AGENT", "STATE", "TRIES", "WORKED", "COST", "RESULT"]]
    for id in story.agents:
        state = story.state.agents.get(id) or AgentState()
        tries, again = story.attempts.get(id, 0), story.reused.get(id, 0)
        told = line_of(state.error, 80) if state.error else line_of(state.prompt or state.value, 80)
        rows.append(
            [
                title(story.graph, id), _standing(story, state),
                f"{tries:,}" + (f" ({again:,} reused)" if again else "") if tries else "",
                seconds(_spent(state, story.state.t)) if tries else "", cost_in_words(state.cost), told,
            ]
        )  # fmt: skip
    kept = [column for column in range(len(rows[0])) if any(row[column] for row in rows[1:])]
    widths = [min(40, max(len(row[column]) for row in rows)) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            row[column].rjust(widths[column]) if column in (2, 3, 4) else row[column].ljust(widths[column])
            for column in kept
        ]
        yield "  ".join(cells).rstrip()


def _standing(story: Story, state: AgentState) -> str:
    if story.resumable and state.status in ("running", "backoff", "queued", "ready"):
        return "under way"  # when the program ended
    return OUTCOMES.get(state.status, state.status) + (" (degraded)" if state.degraded else "")


def _log(story: Story, events: Iterable[Event]) -> Iterable[str]:
    lines = Lines(story.graph, story.header.rehearse)
    for event in events:
        line = lines.line(event)
        if line is not None:
            yield line


def _about(story: Story, id: str) -> Iterable[str]:
    """One agent, with all it received and gave."""
    agent, state = agent_at(story.graph, id), story.state.agents.get(id) or AgentState()
    kind = f", {agent.kind}" if agent is not None else ""
    header = story.header
    whole = story.graph.name or name_of(header.settings) or "a graph"
    yield f"{title(story.graph, id)} ({id}{kind}) in run {header.run_id} of {whole}"
    facts = [_standing(story, state), plural(state.act, "visit")]
    facts.append(plural(story.attempts.get(id, 0), "attempt"))
    if story.reused.get(id):
        facts.append(f"{plural(story.reused[id], 'answer')} reused")
    facts.append(f"{seconds(_spent(state, story.state.t))} of work")
    if state.input_tokens or state.output_tokens:
        facts.append(f"{state.input_tokens:,} + {state.output_tokens:,} tokens")
    if state.cost:
        facts.append(cost_in_words(state.cost))
    yield wrapped(", ".join(facts), "  ")
    if story.damage:
        yield wrapped(f"DAMAGED: {story.damage} What follows is what stands before that.", "  ")
    yield from _block("It received", state.inputs if state.inputs is not None else story.header.input)
    yield from _block("It asks", state.prompt)
    yield from _block("It gave", state.value)
    yield from _block("It failed with", state.error)
    yield from _block("Where", state.trace)
    yield ""
    yield "Log"
    yield from _log(story, (event for event in story.events if event.agent == id))
