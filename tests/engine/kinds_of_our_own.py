"""A kind with a plain function, defined where any process can import it; registered by the test that needs it."""

import os

from quartet.agents.calls import Call, Emit, Value
from quartet.agents.kinds import Config, Kind


class Times(Config):
    """How often."""

    times: int = 2


def repeat(config: Times, call: Call, emit: Emit):
    emit("note", {"text": "at work"})
    return Value([call.value * config.times, os.getpid()])


KIND = Kind("repeat", "Repeat", "", "circle", Times, repeat)
