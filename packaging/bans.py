"""Static checks that no linter has: what the editor must never call.

A nested event loop stalls every other task. What the chain of focus answers, Qt for Python takes for a child of the
widget that was asked, and with that widget goes whatever the chain led to, the window too. What a layout answers for
one of its items is still known when Qt has deleted the item, and whatever comes to lie in its place is taken for it.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "app" / "quartet"
DIALOGS = {
    "QMessageBox": {"about", "aboutQt", "critical", "information", "question", "warning"},
    "QFileDialog": {"getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"},
    "QInputDialog": {"getDouble", "getInt", "getItem", "getMultiLineText", "getText"},
    "QColorDialog": {"getColor"},
    "QFontDialog": {"getFont"},
}
CHAIN = {"nextInFocusChain", "previousInFocusChain", "focusProxy"}
ITEMS = {"itemAt", "itemAtPosition"}


def offences(path: Path) -> list[str]:
    """One line for each such call in the file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = node.func.attr
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if name in ("exec", "exec_") or name in DIALOGS.get(owner, ()):
            call = f"{owner}.{name}" if owner else f".{name}"
            found.append(f"{path}:{node.lineno}: {call}() runs a nested event loop; use open() and await the answer")
        elif name in CHAIN:
            found.append(f"{path}:{node.lineno}: .{name}() makes its answer a child of the widget that was asked")
        elif name in ITEMS:
            found.append(f"{path}:{node.lineno}: .{name}() makes a Python object that outlives the layout's item")
    return found


def main() -> int:
    found = [line for path in sorted(ROOT.rglob("*.py")) for line in offences(path)]
    print("\n".join(found) if found else f"No nested event loops, chains of focus or items of layouts in {ROOT.name}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
