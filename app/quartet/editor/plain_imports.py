"""Python's own `import`, after Qt for Python has replaced it. Imported right after Qt, before anything of the editor.

Qt for Python can give its classes other method names, module by module (`from __feature__ import …`). To know which
modules ask for that, it takes the place of `__import__` and reads the source text of every module imported from then
on: 0.3 ms each, and all that text stays in memory. Nothing here asks for it.
"""

import builtins

import PySide6.QtCore  # noqa: F401  # whose first import replaces it

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
