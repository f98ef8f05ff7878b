"""The drawing surface: scene, view, items, and one object for each gesture."""

import quartet.editor.overrides  # noqa: F401  # pictures are drawn without the program, too
