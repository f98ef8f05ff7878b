"""The agent kind `graph`: stands for a sub-graph of the same file and runs it. The engine does its part."""

from __future__ import annotations

from pydantic import Field

from quartet.agents.kinds import Config, Kind, register


class GraphConfig(Config):
    """Which sub-graph: what comes in is the input of its run, its result is what goes out."""

    graph: str = Field(
        title="Sub-graph",
        description="One of the graphs that this file holds beside its own.",
        min_length=1,
        json_schema_extra={"widget": "graph"},
    )

    def essence(self) -> str:
        return self.graph


register(
    Kind(
        name="graph",
        title="Sub-graph",
        summary="Runs a graph as one step",
        icon="workflow",
        config=GraphConfig,
        execute=None,
    )
)
