"""What an agent can do: one module for each kind. Importing this room registers the kinds, in the palette's order."""

from quartet.agents import llm, http, python, template, file, human, trigger, collector, supervisor, board  # noqa: I001

__all__ = ["board", "collector", "file", "http", "human", "llm", "python", "supervisor", "template", "trigger"]
