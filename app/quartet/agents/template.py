"""The agent kind `template`: text put together from what the agents before it gave. No model, no network."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field

from quartet.agents.calls import AgentError, Answer, Call, Emit, Value
from quartet.agents.expressions import ExpressionError
from quartet.agents.kinds import Config, kind
from quartet.agents.message import message


class TemplateConfig(Config):
    """A text with `{{ expressions }}`, and what it becomes."""

    text: str = Field(
        "{{ value }}",
        title="Text",
        description="What the agent gives. {{ value }} is what it received, {{ input }} the input of the run.",
        json_schema_extra={"widget": "prompt", "template": True},
    )
    gives: Literal["text", "json"] = Field(
        "text", title="Gives", description="“json” reads the finished text as JSON, so that others can use its fields."
    )

    def essence(self) -> str:
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")


@kind(
    "template",
    title="Template",
    summary="Text from what came in",
    icon="braces",
    config=TemplateConfig,
    careful=True,
)
async def execute(config: TemplateConfig, call: Call, emit: Emit) -> Answer:
    """Fill the template in.

    Raises:
        AgentError: an expression fails, or the text is not JSON although it should be.
    """
    try:
        text = message(config.text, call)
    except ExpressionError as problem:
        raise AgentError(str(problem), type="ExpressionError", retryable=False) from problem
    if config.gives == "text":
        return Value(text)
    try:
        return Value(json.loads(text, parse_constant=_no_constant))
    except ValueError as problem:
        raise AgentError(
            f"The text should be JSON but is not: {problem}. Use json(…) around values in the template.",
            type="JSONError",
            retryable=False,
        ) from problem


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
