"""The agent kind `board`: work that equal peers post, claim and finish. The engine does its part."""

from __future__ import annotations

from quartet.agents.kinds import Config, Kind, register


class BoardConfig(Config):
    """Nothing to set: peers are connected to it by share edges."""


register(
    Kind(
        name="board",
        title="Board",
        summary="Shared work for equal peers",
        icon="database",
        config=BoardConfig,
        execute=None,
        role="board",
    )
)
