"""The agent kind `trigger`: an event that starts a part of the graph. The engine does its part."""

from __future__ import annotations

from quartet.agents.kinds import Config, Kind, register


class TriggerConfig(Config):
    """Nothing to set: it hands on the input of the run, or what came in."""


register(
    Kind(
        name="trigger",
        title="Trigger",
        summary="An event that starts a part",
        icon="zap",
        config=TriggerConfig,
        execute=None,
        role="trigger",
    )
)
