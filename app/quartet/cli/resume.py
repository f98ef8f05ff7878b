"""`quartet resume`: go on with a run whose program ended before it did."""

from __future__ import annotations

import json

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.agents.kinds import find
from quartet.cli.console import UNREADABLE, put, refuse, say, wrapped
from quartet.cli.gate import admitted, terminal
from quartet.cli.keeping import Keeping
from quartet.cli.run import refused, refused_as_json
from quartet.cli.session import conduct
from quartet.cli.show import Story, open_story
from quartet.engine import prices
from quartet.engine.carrying_on import resume
from quartet.engine.fork import reusing_again
from quartet.engine.journal import JournalError
from quartet.engine.journal.summary import folder_of
from quartet.engine.policies import is_repeatable
from quartet.engine.run import Refused
from quartet.graph.files import FileProblem
from quartet.graph.nesting import agent_at, title


def resume_run(
    text: str,
    *,
    rerun: bool = False,
    trusted: bool = False,
    events: str | None = None,
    as_json: bool = False,
) -> int:
    """Go on with the run that `text` names and return the exit code; `rerun`: make all lost attempts again unasked."""
    story = open_story(text, as_json=as_json)
    if story is None:
        return UNREADABLE
    if not story.resumable:
        return refuse(text, _why_not(story), as_json=as_json)
    header, graph = story.header, story.graph
    name = graph.name or f"run {header.run_id}"
    present = terminal(reads_input=False)
    if not header.rehearse:
        if not admitted(name, graph, folder_of(header.settings), trusted=trusted, reads_input=False):
            return UNREADABLE
        lost = _not_repeatable(story)
        if lost and not rerun and not present:
            names = ", ".join(f"“{each}”" for each in lost[:6]) + (" …" if len(lost) > 6 else "")
            say(
                wrapped(
                    f"quartet: {names} {'was' if len(lost) == 1 else 'were'} under way when the program ended, and "
                    f"{'is' if len(lost) == 1 else 'are'} not safe to run twice. Nothing was started. Look whether it "
                    "was done; then add --rerun, or resume in a terminal and be asked.",
                    "  ",
                    "",
                )
            )
            return UNREADABLE
    try:
        run = resume(
            story.path,
            rerun=True if rerun else None,
            executor=reusing_again(header, story.events),
            prices=prices.load(),
        )
    except Refused as problem:
        if as_json:
            put(json.dumps(refused_as_json(name, problem), ensure_ascii=False))
        return refused(name, problem.problems)
    except (JournalError, FileProblem) as problem:
        return refuse(text, problem, as_json=as_json)
    if story.damage:
        say(wrapped(f"{story.damage} The run goes on from what stands before that.", "  ", "DAMAGED: "))
    return conduct(
        name,
        graph,
        run,
        rehearse=header.rehearse,
        reads_input=False,
        events=events,
        as_json=as_json,
        keeping=Keeping.resumed(story.path, header.run_id),
    )


def _why_not(story: Story) -> str:
    id = story.header.run_id
    if story.carried:
        return f"Run {id} is going on in another program at this moment. Nothing was started."
    ended = story.standing.replace("cancelled", "was stopped")
    return (
        f"Run {id} has ended: it {ended}. There is nothing to go on with. `quartet fork {id}` begins anew with its "
        "answers."
    )


def _not_repeatable(story: Story) -> list[str]:
    """The names of the agents that were under way and are not safe to run twice."""
    found = []
    for agent_id, state in story.state.agents.items():
        agent = agent_at(story.graph, agent_id)
        if agent is not None and any(span.status == "running" and span.end is None for span in state.spans):
            kind = find(agent.kind)
            executes = kind is not None and kind.execute is not None
            if executes and not is_repeatable(agent, kind):
                found.append(title(story.graph, agent_id))
    return found
