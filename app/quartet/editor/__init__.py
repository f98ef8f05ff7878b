"""What a person sees and touches: the only room with Qt."""

import builtins

import PySide6.QtCore  # noqa: F401

# Qt for Python can give its classes other method names, module by module (`from __feature__ import …`). To know which
# modules ask for that, it takes the place of `__import__` and reads the source text of every module imported from then
# on: 0.3 ms each, and all that text stays in memory. Nothing here asks for it, so the import is Python's own again.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
