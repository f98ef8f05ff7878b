"""The agent kind `collector`: waits for the branches before it and gives a list of their values in edge order. The engine does its part."""

from __future__ import annotations

from quartet.agents.kinds import Config, Kind, register


class CollectorConfig(Config):
    """Nothing to set: the join policy of the agent says how many it waits for."""


register(
    Kind(
        name="collector",
        title="Collector",
        summary="Brings branches together",
        icon="combine",
        config=CollectorConfig,
        execute=None,
        role="collector",
    )
)
