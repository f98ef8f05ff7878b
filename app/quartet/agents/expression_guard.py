"""Reads an expression before the CEL library may: what the library itself would not survive is refused here.

The library recurses without a limit (deep nesting ends the process) and works without one (nested loops over long
lists, texts that double again and again). Both are judged from the tokens of the text and the size of the data, so
nothing is compiled or evaluated until it is known to be harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

JSON = Any

MAX_LENGTH = 1_000
"""Characters of one expression."""
MAX_NESTING = 16
"""Brackets within brackets; also choices (`a ? b : c`) in one expression."""
MAX_NESTED_LOOPS = 2
MAX_LOOPS = 4
MAX_SIGNS = 4
"""`!` and `-` in a row."""
MAX_WORK = 50_000_000
"""Characters and items an evaluation may have to touch, estimated from above."""

LOOPS = frozenset({"all", "exists", "exists_one", "map", "filter"})
VARIABLES = ("input", "value", "from", "context", "visit", "state")
_TYPES = frozenset({"int", "uint", "double", "bool", "string", "list", "map", "null_type", "type"})
_WORDS = frozenset({"true", "false", "null", "in"})
_MATCH_WORK = 50_000
"""What preparing one regular expression may cost, in the unit of MAX_WORK."""


class ExpressionError(ValueError):
    """An expression that cannot be used. `position` counts characters of its text from 0; None: of no one place."""

    def __init__(self, message: str, text: str, position: int | None = None) -> None:
        self.message = message
        self.text = text
        self.position = position
        where = "" if position is None else f" (at character {position + 1} of “{_short(text)}”)"
        super().__init__(message + where)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


class Token(NamedTuple):
    """A piece of an expression; `kind` is string, number, name or sign."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*)
    | (?P<raw>[rR](?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|"[^"\n]*"))
    | (?P<string>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<number>(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[uU]?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENS = {"(": ")", "[": "]", "{": "}"}
_CLOSES = frozenset(_OPENS.values())


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start` on, without spaces and comments.

    Raises:
        ExpressionError: a character that no expression has, or a text without an end.
    """
    at = start
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(_unreadable(text, at), text, at)
        kind = found.lastgroup or ""
        if kind == "raw":
            # the library and the language's definition disagree on where r'\' ends; nobody needs it
            if re.search(r"\\['\"]{1,3}$", found.group()):
                raise ExpressionError("A text with r in front cannot end with a backslash.", text, at)
            kind = "string"
        if kind == "name" and found.group() in ("b", "B", "rb", "br", "Rb", "bR", "RB", "BR"):
            follows = text[found.end() : found.end() + 1]
            if follows in ("'", '"') and follows:
                raise ExpressionError("Bytes cannot be used here; leave the b away.", text, at)
        if kind != "space":
            yield Token(kind, found.group(), at)
        at = found.end()


def _unreadable(text: str, at: int) -> str:
    character = text[at]
    if character in "'\"":
        return "A text begins here and never ends: add the closing quote."
    hints = {
        "=": "Write == to compare.",
        "&": "Write && for “and”.",
        "|": "Write || for “or”.",
        "“": 'Write plain quotes: "…".',
        "”": 'Write plain quotes: "…".',
        "‘": "Write plain quotes: '…'.",
        "’": "Write plain quotes: '…'.",
    }
    named = f"“{character}”" if character.isprintable() else f"The character U+{ord(character):04X}"
    return hints.get(character) or f"{named} means nothing in an expression: take it away."


@dataclass
class Loop:
    """One `list.map(x, …)` and its kin."""

    variable: str
    depth: int
    """How many loops it is in, itself included."""
    own: int = 0
    """How often its body names its variable."""
    outer: list[str] = field(default_factory=list)
    """What else its body names: roots like `value` or `from.writer`, and the variables of loops around it."""


@dataclass
class Reading:
    """What the tokens of an expression tell."""

    roots: list[tuple[str, int]]
    """The variables named, each time, with their positions: `input`, `value`, `from.<id>`, `from` (some id that is
    only known when it is evaluated), `context`, `visit`, and names that nobody knows."""
    functions: list[tuple[str, int]]
    loops: list[Loop]
    additions: int
    matches: int
    literal_items: int

    @property
    def names(self) -> frozenset[str]:
        """The roots as a set."""
        return frozenset(name for name, _ in self.roots)


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """What `text` names and how deep it goes.

    Raises:
        ExpressionError: it exceeds a limit or holds what no expression can; says where and what to do.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"The expression has {len(text):,} characters; {MAX_LENGTH:,} are allowed. "
            "Let an agent of kind “python” do the work.",
            text,
            MAX_LENGTH,
        )
    if not text.strip():
        raise ExpressionError("The expression is empty: write what it should give, such as value.", text, 0)
    found = list(tokens(text))
    _check_signs(found, text)
    return _Reader(text, found).read()


def _check_signs(found: list[Token], text: str) -> None:
    row = choices = 0
    for token in found:
        row = row + 1 if token.text in ("!", "-") else 0
        choices += token.text == "?"
        if row > MAX_SIGNS:
            raise ExpressionError("Too many signs in a row: one is enough.", text, token.at)
        if choices > MAX_NESTING:
            raise ExpressionError(
                f"More than {MAX_NESTING} choices (“? :”) in one expression: use conditional edges.", text, token.at
            )


@dataclass
class _Bracket:
    closes: str
    loop: Loop | None = None


class _Reader:
    """Goes through the tokens once, with a stack of open brackets."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self.text = text
        self.found = found
        self.stack: list[_Bracket] = []
        self.reading = Reading([], [], [], 0, 0, 0)

    def read(self) -> Reading:
        for at, token in enumerate(self.found):
            if token.text in _OPENS and token.kind == "sign":
                self._open(at, token)
            elif token.text in _CLOSES and token.kind == "sign":
                self._close(token)
            elif token.kind == "name":
                self._name(at, token)
            elif token.text == "+":
                self.reading.additions += 1
            elif token.text == "," and self.stack and self.stack[-1].closes != ")":
                self.reading.literal_items += 1
        if self.stack:
            missing = self.stack[-1].closes
            raise ExpressionError(f"A closing “{missing}” is missing.", self.text, len(self.text))
        return self.reading

    def _text(self, at: int) -> str:
        return self.found[at].text if 0 <= at < len(self.found) and self.found[at].kind != "string" else ""

    def _open(self, at: int, token: Token) -> None:
        if len(self.stack) >= MAX_NESTING:
            raise ExpressionError(
                f"More than {MAX_NESTING} brackets within each other: split the expression over two agents.",
                self.text,
                token.at,
            )
        loop = None
        if token.text == "(" and self._text(at - 1) in LOOPS and self._text(at - 2) == ".":
            loop = self._loop(at, token)
        self.stack.append(_Bracket(_OPENS[token.text], loop))

    def _loop(self, at: int, token: Token) -> Loop:
        depth = sum(1 for bracket in self.stack if bracket.loop) + 1
        if depth > MAX_NESTED_LOOPS or len(self.reading.loops) >= MAX_LOOPS:
            raise ExpressionError(
                f"More than {MAX_NESTED_LOOPS} loops within each other, or {MAX_LOOPS} in all (loops are "
                f"{', '.join(sorted(LOOPS))}): let an agent of kind “python” do the work.",
                self.text,
                token.at,
            )
        loop = Loop(self._text(at + 1), depth)
        self.reading.loops.append(loop)
        return loop

    def _close(self, token: Token) -> None:
        if not self.stack or self.stack[-1].closes != token.text:
            raise ExpressionError(f"This “{token.text}” closes nothing: take it away.", self.text, token.at)
        self.stack.pop()

    def _name(self, at: int, token: Token) -> None:
        before, after = self._text(at - 1), self._text(at + 1)
        if before == "." and not (at >= 2 and self.found[at - 2].kind == "sign" and self._text(at - 2) not in _CLOSES):
            if after == "(":
                self.reading.functions.append((token.text, token.at))
                self.reading.matches += token.text == "matches"
            return
        if after == "(":
            self.reading.functions.append((token.text, token.at))
            self.reading.matches += token.text == "matches"
            return
        # {key: …}: a key that is a bare name is a variable too, as in CEL
        loops = [bracket.loop for bracket in self.stack if bracket.loop]
        bound = {loop.variable for loop in loops}
        if token.text in bound:
            for loop in loops:
                if loop.variable == token.text:
                    loop.own += 1
                elif loop.depth > 1:
                    loop.outer.append("")
            return
        if token.text in _WORDS or token.text in _TYPES:
            return
        root = self._root(at, token)
        self.reading.roots.append((root, token.at))
        for loop in loops:
            loop.outer.append(root)

    def _root(self, at: int, token: Token) -> str:
        if token.text not in ("from", "state"):
            return token.text
        if self._text(at + 1) == "." and at + 2 < len(self.found) and self.found[at + 2].kind == "name":
            return f"{token.text}.{self._text(at + 2)}"
        if self._text(at + 1) == "[" and at + 3 < len(self.found) and self.found[at + 2].kind == "string":
            quoted = self.found[at + 2].text
            plain = re.fullmatch(r"(?:'([^'\\]*)'|\"([^\"\\]*)\")", quoted)
            if plain and self._text(at + 3) == "]":
                return f"{token.text}.{plain.group(1) if plain.group(1) is not None else plain.group(2)}"
        return token.text


def check_work(text: str, reading: Reading, variables: Mapping[str, JSON]) -> None:
    """Refuse an evaluation that could take more than a moment or more memory than is sane.

    An upper estimate: what each loop may copy, from how often its body names what, and how large that is.

    Raises:
        ExpressionError: it could touch more than MAX_WORK characters and items.
    """
    sizes: dict[str, float] = {}
    longest = max(1, reading.literal_items + 1)
    for name in reading.names:
        size, length = _measure(_pick(variables, name))
        sizes[name] = size
        longest = max(longest, length)
    base = float(len(text) + sum(sizes[name] for name, _ in reading.roots))
    total = base * (1 + reading.additions / 2)
    length_now = float(longest)
    for loop in reading.loops:
        copies = max(1, loop.own)
        passes = length_now**loop.depth
        others = sum(sizes[name] if name else base / longest for name in loop.outer)
        total = total * copies + passes * (others + 1)
        length_now *= copies
    deepest = max((loop.depth for loop in reading.loops), default=0)
    total += reading.matches * _MATCH_WORK * length_now**deepest
    if total > MAX_WORK:
        raise ExpressionError(
            "The expression would have to work through too much data: shorten the list or the texts before, or let an "
            "agent of kind “python” do the work.",
            text,
        )


def _pick(variables: Mapping[str, JSON], name: str) -> JSON:
    head, _, rest = name.partition(".")
    found = variables.get(head)
    if rest and isinstance(found, Mapping):
        return found.get(rest)
    return found


def _measure(value: JSON) -> tuple[int, int]:
    """How many characters and items a value has, and how long its longest list or object is."""
    size = longest = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            size += len(item)
            continue
        size += 1
        if isinstance(item, Mapping):
            longest = max(longest, len(item))
            size += sum(len(key) for key in item)
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            longest = max(longest, len(item))
            waiting.extend(item)
        if size > MAX_WORK:
            break
    return size, longest
