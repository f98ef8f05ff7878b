"""The agent kind `supervisor`: watches over workers. The engine does its part."""

from __future__ import annotations

from quartet.agents.kinds import Config, Kind, register


class SupervisorConfig(Config):
    """Nothing to set: the agent's oversight policy says what it does about failures."""


register(
    Kind(
        name="supervisor",
        title="Supervisor",
        summary="Watches over workers",
        icon="eye",
        config=SupervisorConfig,
        execute=None,
        role="supervisor",
    )
)
