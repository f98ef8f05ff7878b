"""Which questions of the running agents a person has to answer, in the order of asking."""

from __future__ import annotations

from quartet.editor.live import Live
from quartet.editor.question import Question
from quartet.graph.nesting import agent_at, title


def asked(live: Live, questions: tuple[Question, ...], agents: frozenset[str]) -> tuple[Question, ...]:
    """The questions after the state of `agents` changed; those that are still open keep their places."""
    state = live.present
    if state is None:
        return questions
    waiting = {id for id in agents if id in state.agents and state.agents[id].prompt is not None}
    fresh = [
        question
        for question in questions
        if (found := state.agents.get(question.agent)) is not None and found.prompt == question.prompt
    ]
    kept = {question.agent for question in fresh}
    fresh.extend(_question(live, id, state.agents[id].prompt or "") for id in sorted(waiting - kept))
    return tuple(fresh)


def _question(live: Live, id: str, prompt: str) -> Question:
    graph, state = live.snapshot, live.present
    agent = agent_at(graph, id) if graph is not None else None
    choices = agent.config.get("choices") if agent is not None else None
    offered = state.agents[id].choices if state is not None else ()
    return Question(
        id,
        title(graph, id) if graph is not None else id,
        prompt,
        offered or (tuple(map(str, choices)) if isinstance(choices, list | tuple) else ()),
        free=bool(offered),
    )
