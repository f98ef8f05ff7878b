"""The agent kind `python`: a function of an installed module. It is imported when it runs, never before.

A plain function runs in a thread of its own, an async one on the run's loop. Neither is a sandbox: running somebody
else's graph asks first and shows what would run.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, field_validator

from quartet.agents.calls import Answer, Call, Emit
from quartet.agents.kinds import Config, kind

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


class PythonConfig(Config):
    """Which function, and what it is given beside the value."""

    function: str = Field(
        title="Function",
        description="package.module:function, installed or on PYTHONPATH. It is given the value that came in.",
        json_schema_extra={"widget": "code"},
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict, title="Arguments", description="Further arguments, by name.",
        json_schema_extra={"widget": "code"},
    )  # fmt: skip

    @field_validator("function")
    @classmethod
    def _path(cls, function: str) -> str:
        if not _PATH.fullmatch(function):
            raise ValueError("write package.module:function, such as textwrap:dedent")
        return function

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
)
async def execute(config: PythonConfig, call: Call, emit: Emit) -> Answer:
    """Import the function and call it; see `python_call`.

    Raises:
        AgentError: it cannot be imported, or gives no JSON. What it raises itself is passed on as it is.
    """
    from quartet.agents.python_call import run

    return await run(config.function, config.arguments, call, emit)
