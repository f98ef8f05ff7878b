"""The agent kind `human`: a person is asked and answers. While they think, the agent holds no place in the run."""

from __future__ import annotations

from pydantic import Field

from quartet.agents.calls import AgentError, Answer, Call, Emit, Value, Wait
from quartet.agents.expressions import ExpressionError, as_text
from quartet.agents.kinds import Config, kind
from quartet.agents.message import message


class HumanConfig(Config):
    """What a person is asked, and what they may answer."""

    prompt: str | None = Field(
        None,
        title="Question",
        description="What the person reads; without one, what came in. {{ value }} is what the agent received.",
        json_schema_extra={"widget": "prompt", "template": True},
    )
    choices: tuple[str, ...] = Field(
        (),
        title="Choices",
        description="The answers to choose from; none: any text. A condition can compare them: value == 'Approve'.",
        json_schema_extra={"widget": "list"},
    )

    def essence(self) -> str:
        if self.choices:
            return " / ".join(self.choices)
        return next((line.strip() for line in (self.prompt or "").splitlines() if line.strip()), "")


@kind(
    "human",
    title="Person",
    summary="Asks and waits for an answer",
    icon="user-check",
    config=HumanConfig,
    careful=True,
)
async def execute(config: HumanConfig, call: Call, emit: Emit) -> Answer:
    """Ask, and in the continuation give the answer on.

    Raises:
        AgentError: an expression of the question fails.
    """
    if not call.results:
        return _ask(config, call, "")
    answer = call.results[0]
    if answer.error is not None:
        raise AgentError(answer.error, type="NoAnswer", retryable=False)
    if config.choices and answer.value not in config.choices:
        return _ask(config, call, f"“{as_text(answer.value)}” is not one of the choices.\n\n")
    return Value(answer.value)


def _ask(config: HumanConfig, call: Call, before: str) -> Wait:
    try:
        text = message(config.prompt, call)
    except ExpressionError as problem:
        raise AgentError(str(problem), type="ExpressionError", retryable=False) from problem
    choices = f"\n\nChoose: {', '.join(config.choices)}" if config.choices else ""
    return Wait(before + text + choices)
