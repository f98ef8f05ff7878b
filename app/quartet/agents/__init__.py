"""What an agent can do: one module for each kind, registered by `quartet.agents.built_in`.

Importing this room imports none of them, so that a process which runs one function starts as fast as Python itself.
"""
