"""People asked on the terminal, one question at a time, while the run goes on."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from quartet.cli.console import say
from quartet.cli.envelope import decide, question
from quartet.engine.ending import DRAINED
from quartet.engine.events import Event
from quartet.graph.model import Graph
from quartet.graph.nesting import agent_at, title

if TYPE_CHECKING:
    from quartet.cli.session import View
    from quartet.engine.run import Run


_ANSWERED = frozenset({
    "wait.resolved", "activation.finished", "activation.resolved_manually", "attempt.cancelled", "attempt.started",
    "group.up",
})  # fmt: skip
"""What ends the questions of an agent: an answer, its end, or that it began again."""


class Question(NamedTuple):
    """What an agent asks, or (no agent) the run itself: whether to go on."""

    agent: str
    prompt: str
    choices: tuple[str, ...] = ()
    """What the question itself offers."""


def is_drained(event: Event) -> bool:
    """Whether a run has paused because somebody asked it to finish what runs and start nothing new."""
    return event.type == "run.paused" and (event.data or {}).get("reason") == DRAINED


class People:
    """Asks what agents ask and carries the answers to the run."""

    def __init__(self, graph: Graph, view: View, *, present: bool, rehearse: bool) -> None:
        """`present`: there is a terminal with a person at it; in a rehearsal agents get their answers by themselves."""
        self.present, self._rehearse = present, rehearse
        self._graph, self._view = graph, view
        self._waiting: deque[Question] = deque()
        self._asked: Question | None = None
        self._run: Run | None = None
        self._reads = False
        self.stop: Callable[[Run], None] = lambda run: run.cancel()
        """What is done where nobody can answer any more."""

    def take_up(self, run: Run) -> None:
        """Ask again what a run that goes on was waiting for."""
        self._run = run
        for id, state in run.state.agents.items():
            if state.status == "waiting" and state.prompt is not None and not self._rehearse:
                self._waiting.append(Question(id, state.prompt))
        self._ask()

    def show(self, event: Event, run: Run) -> None:
        """Ask when an event says that somebody must; forget the question when it is answered or taken back."""
        self._run = run
        agent = event.agent or ""
        if event.type == "wait.started" and not self._rehearse:
            data = event.data or {}
            self._waiting.append(Question(agent, str(data.get("prompt", "")), tuple(data.get("choices", ()))))
            self._ask()
        elif event.type == "run.paused" and self.present and not is_drained(event):
            self.ask_to_go_on(run)
        elif event.type in _ANSWERED or event.type == "run.resumed":
            self._forget(agent)
            self._ask()

    def _forget(self, agent: str) -> None:
        self._waiting = deque(question for question in self._waiting if question.agent != agent)
        if self._asked is not None and self._asked.agent == agent:
            self._close_question()

    def ask_to_go_on(self, run: Run) -> None:
        """Ask what is to become of a run that is paused; of several limits that were reached in one question."""
        self._run = run
        self._forget("")
        reached, reason = run.state.reached, run.state.reason or "Somebody asked to"
        self._waiting.append(Question("", question(reached, self._name) if reached else f"{reason}. Go on? [y/N]"))
        self._ask()

    def close(self) -> None:
        """The run has ended: nobody is asked any more."""
        self._waiting.clear()
        self._close_question()

    def _ask(self) -> None:
        if self._asked is not None or not self._waiting:
            return
        question = self._asked = self._waiting.popleft()
        self._view.pause()
        say(f"\n{title(self._graph, question.agent)} asks:" if question.agent else "\nThe run pauses:")
        say("\n".join(f"  {line}" for line in question.prompt.splitlines()))
        for number, choice in enumerate(self._choices(question), 1):
            say(f"  {number}. {choice}")
        sys.stderr.write("> ")
        sys.stderr.flush()
        if not self._reads:
            self._reads = True
            loop = asyncio.get_running_loop()
            # a thread, since a terminal cannot be read without blocking everywhere; it dies with the program
            threading.Thread(target=self._read, args=(loop,), daemon=True, name="quartet-answers").start()

    def _choices(self, question: Question) -> list[str]:
        if question.choices:
            return list(question.choices)
        agent = agent_at(self._graph, question.agent)
        choices = agent.config.get("choices") if agent is not None else None
        return [str(choice) for choice in choices] if isinstance(choices, list | tuple) else []

    def _name(self, id: str) -> str:
        return title(self._graph, id)

    def _close_question(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._view.resume()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            try:
                # not sys.stdin: the interpreter could not end while a thread waits in it
                line = os.read(sys.stdin.fileno(), 65536)
            except (OSError, ValueError):
                line = b""
            try:
                loop.call_soon_threadsafe(self._take, line)
            except RuntimeError:
                return  # the run is over
            if not line:
                return

    def _take(self, line: bytes) -> None:
        question, run = self._asked, self._run
        if not line:
            if run is not None and (question is not None or self._waiting):
                say("\nThere is nobody to answer any more; the run is stopped.")
                self.stop(run)
            return
        if question is None or run is None:
            return
        answer = line.decode(errors="replace").rstrip("\r\n")
        choices = self._choices(question)
        if answer.isdigit() and 1 <= int(answer) <= len(choices):
            answer = choices[int(answer) - 1]
        if question.agent:
            self._close_question()
            run.answer(question.agent, answer)
        elif decide(run, answer):
            self._close_question()
        else:
            say(f"“{answer}” is none of that: y goes on, N stops the run.")
            sys.stderr.write("> ")
            sys.stderr.flush()
            return
        self._ask()
