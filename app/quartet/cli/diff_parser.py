"""What may stand on the command line of `quartet diff` and `quartet merge-driver`, and how git is told of them."""

from __future__ import annotations

import argparse
from typing import Any

DIFF_COMMANDS = ("diff", "merge-driver")

_DIFF = """\
Exit code 0: nothing differs; 1: something differs; 2: a file cannot be read.
`quartet schema diff` describes what --json prints.

In git: a line in .gitattributes (kept with the graphs)
    *.quartet.json diff=quartet
and once, on each machine, either of
    git config --global diff.quartet.command "quartet diff --git"
    git config --global diff.quartet.textconv "quartet diff --textconv"
The first tells in git diff what changed, as here; the second lets git compare what the graphs say line by line, in
git log -p and git blame too. `git diff --no-ext-diff --no-textconv` shows the file itself.
"""
_MERGE = """\
Exit code 0: merged; 1: conflicts are left; 2: one of the files is no graph, nothing was written.

In git: a line in .gitattributes (kept with the graphs)
    *.quartet.json merge=quartet
and once, on each machine,
    git config --global merge.quartet.name "Quartet graphs"
    git config --global merge.quartet.driver "quartet merge-driver %O %A %B %P"

Edits of different agents, of different fields and of different lines of a prompt do not conflict. A conflict leaves a
graph that opens: what this side says stands in it, and under “conflicts” what both say. In the editor each is a problem
with two ways out; in a text editor put right what it names and take the entry away. Then `git add` as ever.
"""


def add_diff_commands(commands: Any) -> None:
    """Let the parser know the two."""
    raw = argparse.RawDescriptionHelpFormatter
    diff = commands.add_parser(
        "diff",
        help="what differs between two graphs",
        description="Say in words what differs between two graphs: agents, edges, policies, shared state, sub-graphs,\n"
        "prompts line by line, and what that does to the pattern. That something was moved is told apart.",
        epilog=_DIFF,
        formatter_class=raw,
    )
    diff.add_argument("files", nargs="+", metavar="FILE", help="two graphs; - reads one of them from standard input")
    diff.add_argument("--moves", action="store_true", help="tell also what stands elsewhere, and count it as different")
    form = diff.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--git", action="store_true", help="as a diff driver: take git's seven arguments")
    form.add_argument("--textconv", action="store_true", help="as a textconv: print what one graph says, line by line")
    merge = commands.add_parser(
        "merge-driver",
        help="merge two versions of a graph, for git",
        description="Merge two versions of a graph that come from one, and write the result to OURS.",
        epilog=_MERGE,
        formatter_class=raw,
    )
    merge.add_argument("base", metavar="BASE", help="what both come from; an empty file if they come from nothing")
    merge.add_argument("ours", metavar="OURS", help="this version; it becomes the result")
    merge.add_argument("theirs", metavar="THEIRS", help="the other version")
    merge.add_argument("path", metavar="PATH", nargs="?", help="what the file is called in messages")


def carry_out_diff(options: Any) -> int:
    """Carry out one of the two; the exit code."""
    if options.command == "merge-driver":
        from quartet.cli.merge import merge_files

        return merge_files(options.base, options.ours, options.theirs, options.path)
    from quartet.cli import diff
    from quartet.cli.console import UNREADABLE, say

    if options.git:
        return diff.git_diff(options.files)
    if len(options.files) != (1 if options.textconv else 2):
        say("quartet: --textconv takes one file." if options.textconv else "quartet: name two files to compare.")
        return UNREADABLE
    if options.textconv:
        return diff.text_of(options.files[0])
    return diff.diff_files(*options.files, as_json=options.json, with_moves=options.moves)
