"""The commands about runs that are kept: what may stand on the command line, and which module carries it out."""

from __future__ import annotations

import argparse
from typing import Any

RUN_COMMANDS = frozenset({"runs", "show", "resume", "fork", "check-run"})

_RUN = "the id of a run or the beginning of one, the name of a graph (its latest run), a path, or `last`"
_ENDED = "Exit code 0: succeeded; 1: failed; 2: unreadable or refused; 130: interrupted with Ctrl-C."


def _kept() -> str:
    """What becomes of the runs that are kept; asked for only where it is shown, for the engine takes its time."""
    from quartet.engine.journal.shelf import DAYS, FOLDER, KEEP_DAYS, KEEP_MEGABYTES, MEGABYTES, default_folder

    return f"""\
What is kept: every real run, for {KEEP_DAYS:g} days and as long as all take less than {KEEP_MEGABYTES:,g} MB together.
When a run ends, those beyond that are removed, the oldest first, and it is said which. Never removed are runs that are
going on, that can be resumed, that a kept run was forked from, that are pinned, and files that cannot be read.

Set with environment variables:
  {DAYS:<18} days to keep a run (default {KEEP_DAYS:g}; 0: for ever)
  {MEGABYTES:<18} megabytes for all of them together (default {KEEP_MEGABYTES:,g}; 0: no limit)
  {FOLDER:<18} the folder they stand in (now {default_folder()})
""".replace("%", "%%")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], wanted: str) -> None:
    """Add them to the parser; `wanted` is the command that was given."""
    runs = commands.add_parser(
        "runs",
        help="the runs that are kept",
        description="List the runs that are kept, the latest first.",
        epilog=_kept() if wanted == "runs" else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    runs.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    what = runs.add_mutually_exclusive_group()
    what.add_argument("--prune", action="store_true", help="remove what is too old or too much now, and say what")
    what.add_argument("--pin", metavar="RUN", help="keep this run whatever its age")
    what.add_argument("--unpin", metavar="RUN", help="let this run go when its time has come")
    what.add_argument("--remove", metavar="RUN", help="remove this run")

    show = commands.add_parser(
        "show",
        help="what happened in a run",
        description="Print what happened in a run: how it ended, every agent, what was asked, and the log.",
        epilog="Exit code 0: printed; 2: there is no such run, or it cannot be read.",
    )
    show.add_argument("run", metavar="RUN", help=_RUN)
    how = show.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print all of it as one JSON object")
    how.add_argument("--events", action="store_true", help="print the events, a line of JSON each")
    show.add_argument("--agent", metavar="AGENT", help="only this agent, by id or name, with all it received and gave")

    resume = commands.add_parser(
        "resume",
        help="go on with an interrupted run",
        description="Go on with a run whose program ended before it did. No agent that has answered is called again; "
        "attempts that were under way are lost and made again.",
        epilog=_ENDED,
    )
    resume.add_argument("run", metavar="RUN", help=_RUN)
    resume.add_argument(
        "--rerun",
        action="store_true",
        help="make lost attempts again also of agents that are not safe to run twice, without asking",
    )
    _as_a_run(resume)

    fork = commands.add_parser(
        "fork",
        help="begin anew from any moment of a run",
        description="Begin a new run that has the answers of an earlier one up to an event. An agent that is called "
        "as it was called then answers what it answered then; the others are really executed. It is said "
        "beforehand what will be reused and what not and why, and at the end what was.",
        epilog="`quartet show RUN --events` prints the events with their numbers. " + _ENDED,
    )
    fork.add_argument("run", metavar="RUN", help=_RUN)
    fork.add_argument("--at", metavar="SEQ", type=int, help="the last event whose answers are kept (default: the last)")
    fork.add_argument(
        "--set",
        metavar="AGENT[#ACT]=JSON",
        action="append",
        default=[],
        dest="values",
        help="what a visit of an agent answers instead; without ACT its latest by that event. What is no JSON is "
        "taken as a text. May be given several times",
    )
    fork.add_argument("--input", metavar="TEXT|@FILE|-", help="another input, as for `quartet run`")
    fork.add_argument("--graph", metavar="FILE", help="run this graph instead of the one that ran")
    fork.add_argument(
        "--rerun",
        action="store_true",
        help="execute what is not safe to run twice and has succeeded before again, without asking",
    )
    fork.add_argument("--dry-run", action="store_true", help="only say what would be reused and what not")
    kept = fork.add_mutually_exclusive_group()
    kept.add_argument("--journal", metavar="PATH", help="keep the new run in this file")
    kept.add_argument("--no-journal", action="store_true", help="keep no journal of the new run")
    _as_a_run(fork)

    check = commands.add_parser(
        "check-run",
        help="whether the engine kept its rules in a run",
        description="Check a run against what holds for every run, whatever happens in it.",
        epilog="Exit code 0: all hold; 1: one is violated; 2: there is no such run, or it cannot be read.",
    )
    check.add_argument("run", metavar="FILE|RUN", help=_RUN)
    check.add_argument("--json", action="store_true", help="print what was found as one JSON object")


def _as_a_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trust", action="store_true", help="let the graph's code run on this machine without asking")
    parser.add_argument("--events", metavar="FILE|-", help="write every event as a line of JSON; - is standard output")
    parser.add_argument("--json", action="store_true", help="print how the run and each agent ended as one JSON object")


def carry_out(options: Any) -> int:
    """Carry out one of these commands and return its exit code."""
    if options.command == "runs":
        from quartet.cli import runs

        return runs.runs(
            as_json=options.json,
            prune=options.prune,
            pin=options.pin,
            unpin=options.unpin,
            remove=options.remove,
        )
    if options.command == "show":
        from quartet.cli.show import show_run

        return show_run(options.run, as_json=options.json, as_events=options.events, agent=options.agent)
    if options.command == "check-run":
        from quartet.cli.check_run import check_run

        return check_run(options.run, as_json=options.json)
    if options.command == "resume":
        from quartet.cli.resume import resume_run

        return resume_run(
            options.run, rerun=options.rerun, trusted=options.trust, events=options.events, as_json=options.json
        )
    from quartet.cli.fork import fork_run

    return fork_run(
        options.run,
        at=options.at,
        values=options.values,
        input=options.input,
        graph_file=options.graph,
        rerun=options.rerun,
        look_only=options.dry_run,
        trusted=options.trust,
        events=options.events,
        as_json=options.json,
        journal=options.journal,
        unkept=options.no_journal,
    )
