"""Where the program's own files are: in a checkout, in an installed wheel and in the frozen program."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / f"_{name}"
    return inside if inside.is_dir() else _PACKAGE.parent.parent / name


RESOURCES = _folder("resources")
"""Icons, fonts and help pages."""
EXAMPLES = _folder("graphs")
"""The example graphs that the welcome page shows."""
