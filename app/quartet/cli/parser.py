"""What may stand on the command line, and which module carries it out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import quartet
from quartet.cli.diff_parser import DIFF_COMMANDS, add_diff_commands, carry_out_diff
from quartet.cli.parser_envelope import add_limits, add_prices, limits_of
from quartet.cli.parser_runs import RUN_COMMANDS, add_commands, carry_out

COMMANDS = (
    "classify",
    "validate",
    "run",
    "runs",
    "show",
    "resume",
    "fork",
    "check-run",
    "prices",
    "simulate",
    "diff",
    "merge-driver",
    "export",
    "schema",
)

_EPILOG = """\
commands:
  quartet classify FILE…         which pattern was drawn, and why
  quartet validate FILE…         what will go wrong
  quartet run FILE               run it; --rehearse needs no model and no network
  quartet runs                   the runs that are kept
  quartet show RUN               what happened in one of them
  quartet resume RUN             go on with one that was interrupted
  quartet fork RUN               begin anew from any moment of one, with a change if you like
  quartet check-run RUN          whether the engine kept its rules in it
  quartet prices                 what models cost, and your own prices
  quartet simulate FILE          what runs of it will take: time, money, chance of success
  quartet diff A B               what differs between two graphs, in words
  quartet merge-driver           merge two versions of a graph, for git
  quartet export FILE --to FORM  json, node-link, mermaid, png, svg or pdf
  quartet schema                 the JSON Schema of a graph file, or of what --json prints

`quartet COMMAND --help` says more. FILE is a graph of ours or networkx node-link JSON; - reads standard input. RUN is
the id of a run or the beginning of one, the name of a graph (its latest run), a path, or `last`.
To open a file that is called like a command, write ./run.
"""


def parse(given: Sequence[str]) -> int:
    """Carry out a command line and return its exit code."""
    if given and given[0] in COMMANDS:
        return _command(given)
    parser = argparse.ArgumentParser(
        prog="quartet",
        usage="quartet [FILE …]\n       quartet COMMAND …",
        description="Draw AI agents, see which pattern they form and where it will fail, run the drawing.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="graphs to open in the editor")
    parser.add_argument("--separate", action="store_true", help="open a window even if the editor is running already")
    parser.add_argument("--screenshot", metavar="PNG", help="draw the window into a file and end")
    parser.add_argument("-V", "--version", action="version", version=f"quartet {quartet.__version__}")
    options = parser.parse_intermixed_args(given)
    from quartet.cli.editor import open_editor

    return open_editor(options.files, options.screenshot, separate=options.separate)


def _command(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="quartet")
    commands = parser.add_subparsers(dest="command")

    classify = commands.add_parser(
        "classify",
        help="which pattern was drawn",
        description="Say which pattern was drawn, how sure that is, why, and what would make it another.",
        epilog="Exit code 0: judged; 2: a file cannot be read. `quartet schema classify` describes what --json prints: "
        "of each file “top”, “confidence”, “tree”, and in “parts” the questions, answers and smallest changes.",
    )
    _files(classify)
    _json(classify, "print one JSON object a line, for programs")

    validate = commands.add_parser(
        "validate",
        help="what will go wrong",
        description="Say what will go wrong in a run, and what mends it. Nothing is run, imported or contacted.",
        epilog="Exit code 0: it can run; 1: an error (with --strict also a warning); 2: a file cannot be read. "
        "`quartet schema validate` describes what --json prints: of each file “ok” and “findings”, each with its code, "
        "the agents and edges it is about, and fixes as edits.",
    )
    validate.add_argument("--strict", action="store_true", help="count warnings as errors")
    validate.add_argument(
        "--fix",
        action="store_true",
        help="first mend what can be mended unseen, and write the file: limits and policies that nobody stated, loops "
        "that nobody marked; nothing drawn is added, removed or reworded",
    )
    _files(validate)
    form = validate.add_mutually_exclusive_group()
    _json(form, "print one JSON object a line, for programs")
    form.add_argument("--sarif", action="store_true", help="print one SARIF 2.1.0 log, for code hosts and CI services")
    form.add_argument(
        "--diff",
        action="store_true",
        help="only show what --fix would change, and write nothing; exit code 1 if it would change a file",
    )

    run = commands.add_parser(
        "run",
        help="run a graph",
        description="Run a graph. The output goes to standard output: a text as it is, everything else as JSON. On a "
        "terminal a live view shows every agent.",
        epilog="Exit code 0: succeeded; 1: failed; 2: unreadable or refused; 130: interrupted with Ctrl-C.",
    )
    run.add_argument("file", metavar="FILE", help="the graph; - reads it from standard input")
    run.add_argument(
        "--input",
        metavar="TEXT|@FILE|-",
        help="the input of the run, instead of the graph's own: a text, a file's content, or standard input; an "
        "object or a list in JSON is taken as such",
    )
    run.add_argument("--rehearse", action="store_true", help="run from the scripts in the file: no model, no network")
    run.add_argument("--trust", action="store_true", help="let the graph's code run on this machine without asking")
    run.add_argument("--events", metavar="FILE|-", help="write every event as a line of JSON; - is standard output")
    run.add_argument("--json", action="store_true", help="print how the run and each agent ended as one JSON object")
    add_limits(run)
    kept = run.add_mutually_exclusive_group()
    kept.add_argument(
        "--journal",
        metavar="PATH",
        help="keep the run in this file; without it a real run is kept among those that `quartet runs` lists, and a "
        "rehearsal is not kept",
    )
    kept.add_argument("--no-journal", action="store_true", help="keep no journal: the run ends with this program")

    add_commands(commands, given[0])
    add_prices(commands)

    simulate = commands.add_parser(
        "simulate",
        help="what runs will take",
        description="Rehearse a graph a thousand times with the engine itself, on a virtual clock: how long runs take, "
        "what they cost, how often they succeed, and whom they wait for. What agents take is as the graph states it "
        "(estimate), else as kept runs of it show, else as their kind usually is. Nothing is executed.",
        epilog="Exit code 0: simulated; 2: unreadable, or cannot run. `quartet schema simulate` describes what --json "
        "prints: “success”, quantiles of “seconds” and “cost”, and each agent's part in them.",
    )
    simulate.add_argument("file", metavar="FILE", help="the graph; - reads it from standard input")
    simulate.add_argument("--runs", type=_runs, default=1000, metavar="N", help="so many (default 1000)")
    simulate.add_argument("--seed", type=int, default=0, metavar="N", help="another number is other luck (default 0)")
    simulate.add_argument("--fixes", action="store_true", help="also what the suggested changes would do to it")
    simulate.add_argument("--assume", action="store_true", help="do not look at kept runs")
    _json(simulate, "print one JSON object")

    export = commands.add_parser(
        "export", help="write a graph in another form", description="Write a graph in another form."
    )
    export.add_argument("file", metavar="FILE", help="the graph; - reads it from standard input")
    export.add_argument("--to", required=True, metavar="FORM",
                        choices=["json", "node-link", "mermaid", "png", "svg", "pdf"],
                        help="json (our own, canonical), node-link (networkx), mermaid, png, svg or pdf; a png and an "
                        "svg carry the graph inside and are read like its file")  # fmt: skip
    export.add_argument("-o", "--output", metavar="FILE",
                        help="where to; without it, standard output (a picture: beside FILE)")  # fmt: skip
    export.add_argument("--scale", type=_scale, default=2.0, help="png: pixels per pixel of the canvas (default 2)")
    export.add_argument("--dark", action="store_true", help="pictures: in the dark theme")

    add_diff_commands(commands)

    schema = commands.add_parser(
        "schema",
        help="the JSON Schema",
        description="Print the JSON Schema (2020-12) of a graph file, or of what a command prints with --json. Such a "
        "report says its name and version; within a version fields may come, none goes or changes its meaning.",
    )
    schema.add_argument(
        "what",
        nargs="?",
        default="graph",
        choices=["graph", "classify", "validate", "simulate", "diff"],
        help="default: graph",
    )

    return _carry_out(parser.parse_args(given))


def _files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="graphs; - reads one from standard input")


def _json(parser: argparse._ActionsContainer, help: str) -> None:
    parser.add_argument("--json", action="store_true", help=help)


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.1 <= scale <= 8:
        raise argparse.ArgumentTypeError("a number from 0.1 to 8")
    return scale


def _runs(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if not 1 <= count <= 1_000_000:
        raise argparse.ArgumentTypeError("a number from 1 to 1,000,000")
    return count


def _carry_out(options: Any) -> int:
    if options.command in ("classify", "validate"):
        from quartet.cli import verdicts

        if options.command == "classify":
            return verdicts.classify_files(options.files, as_json=options.json)
        if options.diff:
            return verdicts.preview_files(options.files)
        return verdicts.validate_files(
            options.files, strict=options.strict, as_json=options.json, as_sarif=options.sarif, fix=options.fix
        )
    if options.command == "run":
        from quartet.cli.run import run_file

        return run_file(
            options.file,
            input=options.input,
            rehearse=options.rehearse,
            trusted=options.trust,
            events=options.events,
            as_json=options.json,
            journal=options.journal,
            unkept=options.no_journal,
            limits=limits_of(options),
        )
    if options.command == "prices":
        from quartet.cli import prices

        return prices.prices(options)
    if options.command in DIFF_COMMANDS:
        return carry_out_diff(options)
    if options.command in RUN_COMMANDS:
        return carry_out(options)
    if options.command == "simulate":
        from quartet.cli.simulate import simulate_file

        return simulate_file(
            options.file,
            runs=options.runs,
            seed=options.seed,
            assume=options.assume,
            fixes=options.fixes,
            as_json=options.json,
        )
    if options.command == "export":
        from quartet.cli import export

        return export.export_file(options.file, options.to, options.output, scale=options.scale, dark=options.dark)
    from quartet.cli import export

    return export.print_schema(options.what)
