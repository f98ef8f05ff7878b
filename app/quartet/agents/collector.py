"""The agent kind `collector`: gives the values of the branches before it as a list. The engine does its part."""

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
