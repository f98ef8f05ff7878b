"""Expressions made to end the process, to take for ever or to reach out of the data. Run: python this-file"""

from __future__ import annotations

import contextlib
import sys
import threading

DEEP = {
    "brackets": "[" * 400 + "1" + "]" * 400,
    "brackets without an end": "[" * 999,
    "parentheses": "(" * 490 + "1" + ")" * 490,
    "objects": "{'a':" * 150 + "1" + "}" * 150,
    "indices": "value" + "[0]" * 300,
    "indices in indices": "value[" * 120 + "0" + "]" * 120,
    "calls in calls": "size(" * 150 + "value" + ")" * 150,
    "members": "value" + ".a" * 490,
    "methods": "value" + ".trim()" * 130,
    "additions": "+".join("1" * 500),
    "subtractions": "1" + "-1" * 490,
    "comparisons": "<".join("1" * 500),
    "equalities": "==".join("1" * 333),
    "ands": "&&".join(["true"] * 160),
    "ors": "||".join(["true"] * 160),
    "ins": " in ".join("1" * 190),
    "choices": "true?1:" * 140 + "1",
    "choices within": "true?" * 190 + "1",
    "nots": "!" * 990 + "true",
    "minuses": "-" * 990 + "1",
    "minuses apart": "- " * 490 + "1",
    "nots in brackets": "!(" * 300 + "true" + ")" * 300,
    "brackets behind a text": "'" + "[" * 900,
    "brackets behind a raw text": r"r'\' + " + "[" * 900,
    "brackets behind a raw text in double quotes": r'r"\" + ' + "[" * 900,
    "brackets behind three quotes": "'''a''" + "[" * 900,
    "brackets behind a comment": "1 // '\n+ " + "[" * 900,
    "brackets behind a strange character": "@" + "[" * 900,
    "brackets behind a backtick": "`" + "[" * 900,
    "brackets behind zero": "\0" + "[" * 900,
    "messages": "a{" * 300,
    "optional": "value" + "[?0]" * 240,
    "three loops": "[1].map(a,[1].map(b,[1].map(c,c)))",
    "five loops": "value.map(a,value.map(b,value.map(c,value.map(d,value.map(e,e)))))",
    "a long number": "9" * 990,
    "a long exponent": "1e" + "9" * 900,
    "long": "1" + " " * 2000,
    "commas": "[" + "1," * 490 + "1]",
    "commas only": "[" + "," * 900 + "]",
    "entries": "{" + ",".join(f"'{n}':1" for n in range(120)) + "}",
}
REACHING = {
    "class": "().__class__",
    "class of a text": "''.__class__.__mro__",
    "globals": "value.__init__.__globals__",
    "import": "__import__('os').system('true')",
    "format": "'{0.__class__}'.format(value)",
    "eval": "eval('1')",
    "power": "9**9**9",
    "repetition": "'a'*1000000000",
    "environment": "env.HOME",
    "lambda": "(lambda: 1)()",
    "assignment": "value = 1",
    "walrus": "(x := 1)",
    "statement": "import os",
    "f-string": "f'{value}'",
    "comprehension": "[x for x in value]",
    "bytes": "b'abc'",
    "message type": "google.protobuf.Any{}",
    "callable through a function": "json.__call__(value)",
}

if __name__ == "__main__":
    from quartet.agents.expressions import ExpressionError, evaluate

    def run() -> None:
        for expression in [*DEEP.values(), *REACHING.values()]:
            with contextlib.suppress(ExpressionError):
                evaluate(expression, {"value": [[1]], "input": None, "from": {}, "context": {}, "visit": 1})
        print("survived")

    threading.stack_size(int(sys.argv[1]) * 1024)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
