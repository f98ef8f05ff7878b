"""The agent kind `python`: a function of a module, installed or beside the graph's file. It is imported when it runs,
never before.

It runs in a process of its own, which can be stopped whatever the function does, or where a person says so in this
program: then a plain function gets a thread, an asynchronous one a place on the run's loop. Neither is a sandbox:
running somebody else's graph asks first and shows what would run.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from quartet.agents.calls import Answer, Call, Emit
from quartet.agents.kinds import Config, Process, kind

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


LEAST_MEMORY = 64
"""MB. With less, Python itself hardly starts."""


class PythonConfig(Config):
    """Which function, and what it is given beside the value."""

    function: str = Field(
        title="Function",
        description="package.module:function, beside the graph's file, installed or on PYTHONPATH. It is given the "
        "value that came in.",
        json_schema_extra={"widget": "code"},
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict, title="Arguments", description="Further arguments, by name.",
        json_schema_extra={"widget": "code"},
    )  # fmt: skip

    runs_in: Literal["process", "program"] = Field(
        "process", title="Runs in",
        description="A process of its own can be stopped whatever the function does. Functions in this program share "
        "what they keep in memory, and one that does not end cannot be stopped.",
    )  # fmt: skip
    memory_limit: Annotated[int, Field(ge=LEAST_MEMORY)] | None = Field(
        None, title="Memory limit",
        description="MB that its process may take, Python itself included (default none).",
    )  # fmt: skip

    @field_validator("function")
    @classmethod
    def _path(cls, function: str) -> str:
        if not _PATH.fullmatch(function):
            raise ValueError("write package.module:function, such as textwrap:dedent")
        return function

    @model_validator(mode="after")
    def _limited(self) -> PythonConfig:
        if self.memory_limit is not None and not self._apart:
            raise ValueError("only a process of its own can have a memory limit")
        return self

    @property
    def _apart(self) -> bool:
        # what the program that runs us defines itself cannot be imported anywhere else
        return self.runs_in == "process" and not self.function.startswith("__main__:")

    def process(self) -> Process | None:
        """Where it runs, if not in this program."""
        if not self._apart:
            return None
        return Process("quartet.agents.python_function:execute", memory=self.memory_limit)

    def essence(self) -> str:
        return self.function


def _surface(config: PythonConfig) -> list[str]:
    named = ", ".join(f"{name}={value!r}"[:80] for name, value in config.arguments.items())
    return [f"runs {config.function}({named})"]


@kind(
    "python",
    title="Python",
    summary="A function of your own",
    icon="code",
    config=PythonConfig,
    repeatable=lambda config: False,
    surface=_surface,
    process=PythonConfig.process,
)
async def execute(config: PythonConfig, call: Call, emit: Emit) -> Answer:
    """Import the function and call it in this program; see `python_call`.

    Raises:
        AgentError: it cannot be imported, or gives no JSON. What it raises itself is passed on as it is.
    """
    from quartet.agents.python_call import run

    return await run(config.function, config.arguments, call, emit)
