"""What a person sees and touches: the only room with Qt."""

# PySide6 reads the source text of every module that is imported after it, to look for its own name: 0.3 ms for each.
# What needs no Qt is therefore imported before it.
import asyncio  # noqa: F401

import quartet.agents.built_in
import quartet.engine.state
import quartet.graph.files  # noqa: F401
