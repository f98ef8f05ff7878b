"""The agent kind `file`: writes a text into the folder of the run, and nowhere else."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from quartet.agents.calls import AgentError, Answer, Call, Emit, Value
from quartet.agents.expressions import ExpressionError
from quartet.agents.kinds import Config, kind
from quartet.agents.message import message
from quartet.agents.run_folder import check_name, write


class FileConfig(Config):
    """Which file of the run's folder, and what goes into it."""

    path: str = Field(
        "result.txt", title="File", description="A name or a path inside the folder of the run, such as feed/news.xml."
    )
    text: str | None = Field(
        None,
        title="Text",
        description="What is written; without one, what came in. Use {{ xml(value) }} inside XML.",
        json_schema_extra={"widget": "prompt", "template": True},
    )
    mode: Literal["write", "append"] = Field(
        "write", title="How", description="“append” adds to what this run has written to the file before."
    )

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        check_name(path)
        return path

    def essence(self) -> str:
        return self.path


@kind(
    "file",
    title="File",
    summary="Writes a text to a file",
    icon="file-text",
    config=FileConfig,
    repeatable=lambda config: config.mode == "write",
    careful=True,
)
async def execute(config: FileConfig, call: Call, emit: Emit) -> Answer:
    """Write the file; gives its full path, name and size in bytes.

    Raises:
        AgentError: an expression of the text fails, or the file cannot be written.
    """
    try:
        text = message(config.text, call)
    except ExpressionError as problem:
        raise AgentError(str(problem), type="ExpressionError", retryable=False) from problem
    try:
        written = write(call.run, config.path, text, append=config.mode == "append")
    except OSError as problem:
        raise AgentError(
            f"“{config.path}” cannot be written: {problem.strerror or problem}", type="OSError"
        ) from problem
    emit("note", {"text": f"wrote {written}"})
    return Value({"path": str(written), "file": config.path, "bytes": len(text.encode())})
