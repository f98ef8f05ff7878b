"""Importing this registers the kinds that come with Quartet, in the palette's order."""

from quartet.agents import llm, http, python, template, file, human, trigger, collector, supervisor, board, graph  # noqa: I001

MODULES = (llm, http, python, template, file, human, trigger, collector, supervisor, board, graph)
NAMES = tuple(module.__name__.rpartition(".")[2] for module in MODULES)
"""What the kinds are called: as their modules."""
