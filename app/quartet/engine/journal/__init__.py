"""The journal of a run: one append-only SQLite file that holds all one needs to show, resume, fork or check it.

Writing is part of running:

    run(graph, input, journal=path, settings={…})     a new file; it is an error if there is one
    resume(path, executor=None, clock=None, rerun=None) -> Run
                                                        go on with a run whose program ended (`quartet.engine`)

Reading never changes a file, and may go on while the run does:

    with Recorded.open(path) as recorded:
        recorded.header     Header: run_id, graph, input, seed, rehearse, virtual, settings, started, version,
                            semantics, parent
        recorded.graph()    the drawing that ran, as a Graph
        recorded.state      running | interrupted | paused | succeeded | failed | cancelled
        recorded.events()   iterator of Event, all that can be read, in order
        recorded.inputs()   iterator of Input: what came into the scheduler from outside, in order
        recorded.damage     None, or in a sentence what of the file cannot be read; what stands before it can

What is in a file. `header`: one row. `batches`: one row for each turn of the loop that told something, with the
inputs and events of it as compact JSON and their checksum. `blobs`: values of more than a few KB, once each, by the
SHA-256 of their content. Nothing is ever changed or taken away.

How a run is resumed. The scheduler does the same things whenever it is given the same inputs in the same order at
the same times, and the journal holds these: what executions told and answered, which timers were due, what a person
did. `replay` gives them to a new scheduler with placeholders instead of executions, and compares each event with the
one in the file. Then the run goes on with real ones.

    replayed = Replayed(recorded, until=None)          all inputs, or those up to the event of that number
    replayed.events, replayed.answers                  answers: (seq, Call, Answer | Failure | None) of each execution
                                                       that ended and counted, in the order they ended

The clock of a run stands still while no process carries the run.
"""

from quartet.engine.journal.recorded import ENDED, Batch, Header, Input, Recorded
from quartet.engine.journal.replay import Answered, Replayed
from quartet.engine.journal.store import SEMANTICS, Journal, JournalError

__all__ = [
    "ENDED", "SEMANTICS", "Answered", "Batch", "Header", "Input", "Journal", "JournalError", "Recorded", "Replayed",
]  # fmt: skip
