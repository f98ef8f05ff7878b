"""What a run tells: plain Events, gap-free from 1. Whoever wants to know the state of a run folds them (`state`).

Types and what `data` holds (absent means nothing to tell; `agent`, `act` and `attempt` say whom it is about):

    run.started         {input, graph, state?}          graph: digest of the snapshot that runs
    run.cancel_requested {by}
    run.drain_requested {by}                    nothing new starts; run.paused follows when nothing is at work
    run.paused {reason} / run.resumed {}        reason: drained after run.drain_requested
    run.interrupted     {}                      the program that carried the run had ended, and another goes on: then
                        comes run.resumed, unless the run was paused or stopping
    run.failing         {cause}
    run.finished        {state, output?, reason?, unhandled: [agent id]}   state: succeeded | failed | cancelled;
                        always last
    activation.ready    {inputs?}               all inputs are decided; it may start. Parts of an activation, which put
                        no tokens of their own, say so: {copy, of} of a dynamic agent; {job} of a pool, a board or a
                        supervisor's work; {for} what another agent asked for or could not do; {hop} in a chain
    activation.queued   {limit}                 waits for a free place
    activation.held     {error}                 failed; its supervisor decides
    activation.stop_requested {by} / activation.restart_requested {by} / activation.resolved_manually {by, value}
                        what a person does to one agent (`act`: its first visit, if it has one)
    activation.finished {state, reason?, value?, error?, degraded?, by?, partial?, hops?, turns?}   state: succeeded |
                        failed | skipped | cancelled; in a chain: hops of the chain so far, turns that this agent had
    attempt.started     {fence, limit?, with?, turn?}  limit: start_to_close in s; with: a directive's overrides;
                        turn: in a chain of hand-offs, from the second on
    attempt.output      {text}                  a streamed piece
    attempt.heartbeat   {details}
    attempt.usage       {input_tokens, output_tokens, cached_tokens?, requests?, model?, cost?}   cost: in US$
    attempt.note        {text}
    attempt.succeeded   {}                      the value is told by activation.finished
    attempt.waiting     {limit?}                for a place where the agent can run, such as a process of its own, or
                        (without limit) for the journal; the time until attempt.begun {} counts for no limit on the
                        attempt
    attempt.failed      {error, type, retryable, origin?, trace?}   origin: of a sub-graph, the path of who failed in
                        it; trace: where in somebody's code, a line for each call, the innermost last
    scope.opened        {graph, name, agents, path}  an attempt of an agent that stands for a sub-graph begins its run;
                        agents: how many there are in it; events call them `path/their own id`
    attempt.lost        {error, type, retryable}  the process or the machine it ran on is gone, or the program that ran
                        it
    attempt.timed_out   {kind, after}           kind: start_to_close | heartbeat | schedule_to_start |
                        schedule_to_close | stalled (its supervisor heard nothing for too long)
    attempt.cancelled {} / attempt.abandoned {} / attempt.late_result {}
    attempt.reused      {run, seq} or {run, edited}   in a fork: the answer is that of event `seq` of the run it came
                        from, or a value that was stated for the fork
    retry.scheduled     {delay, n}              n: the attempt to come
    retry.exhausted     {reason}                max_attempts | non_retryable | no_time_to_retry
    fallback.started    {to, on, index}         agent: the primary
    edge.token          {edge, kind, act, value?}  kind: value | error | skipped | cancelled; act: whose token, of the
                        edge's source. An event of the edge, so it names no agent: after activation.finished nothing
                        but late results, abandonments and dropped tokens does
    route.chosen        {edges}                 of the conditional ways out, those taken
    loop.pass           {edge, n}               loop.ended {edge, n}
    join.opened {mode, k} / join.arrived {edge, kind, s, f, x, c, p} / join.fired {winners} / join.unsatisfiable
                        {counts}
    join.token_dropped  {edge, why} / join.reset {gen}
    group.up            {workers, strategy, dispatch}          agent: the supervisor
    group.child_failed  {child, error, n}
    group.restart_scheduled {child, strategy, affected, n, limit, delay, with?, by?}   n: the how manieth, 0 if a
                        person (by) wants it
    group.child_stopping {child, move}          move: the number of the intervention that stops it, with others or alone
    group.child_stopped {child, how}    how: shutdown | killed | given up
    group.escalated     {child, to?, reason}
    group.stopping      {}                      the supervisor's visit is over; so is the work it handed out
    group.supervisor_crashed {error} / group.supervisor_restarted {adopted}
    supervisor.lost     {deaths, seconds}       it died too often for the run to restart it: the run fails
    worker.stalled      {child, silent}         agent: the supervisor; silent: seconds
    worker.reassigned   {from, to, tried}
    work.handed_over    {to, value?, edge}      broadcast, split, pool and manager: what a worker is given; agent:
                        the supervisor
    handoff.requested {to} / handoff.accepted {to, hop, edge, message?} / handoff.rejected {to, reason} /
                        handoff.ignored {to} (not the first of one turn) / handoff.loop_detected {pair, count}
    turn.started {n, hop} / turn.finished {n}   in a chain: the agent's n-th turn, after so many hand-offs of all
    context.updated     {keys, values}
    call.started {tool, target?, arguments} / call.finished {tool, value?, error?}
    work.posted         {item, value, needs?, priority?, by?}   agent: the board, as of all work.*
    work.claimed        {item, by, fence, lease_until, value, edge?}   lease_until: seconds since the start
    work.renewed        {item, by, fence, lease_until}
    work.released       {item, by, fence, note?, prefer?} / work.expired {item, by, fence}
    work.done           {item, by, fence, value}
    work.dead           {item, value, deliveries, reasons, note?}   given up: a dead letter
    work.unclaimable    {item, needs, then}     nobody has the skills; then: fail | wait | escalate
    fence.rejected      {item, by, fence, current}   somebody reported what is no longer theirs; nothing changes
    swarm.quiescent     {by, done, dead, left}  the board's work is done; by: empty | done_when
    swarm.stalled       {by, done, dead, left}  no work is left, but its goal is not reached
    state.read          {keys, board?}          board: notes on it, rather than the run's state
    state.write         {key, value, board?} or {key, reducer, value, old?, new?, at?}   value: what was written; new:
                        what the key, or of a merge those entries, hold now; at: the place in the list. Of the run's
                        state told when the visit has succeeded, in the run's run.started stands what it begins with
    state.conflict      {key, agents}           both replaced it, and neither could see the other's write
    boundary.violation  {key, reason}
    wait.started {prompt, choices?} / wait.resolved {by, value}
    limit.exceeded      {which, value, limit, agents?, shares?, message?, grant?}   agents: those at fault; shares: how
                        much of the value is whose; message: what was repeated; grant: the run pauses, and so much more
                        is allowed if it goes on. An event of an agent where it is its own limit
    limit.granted       {which, limit}          more is allowed: up to `limit`
    usage.unpriced      {model?}                no price is known for it: its tokens count, its money does not
    engine.loop_blocked {lag, agents}           agents: whose executions were under way, one of which held the loop
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

JSON = Any


class Event(NamedTuple):
    """One thing that happened. `t` is seconds since the run started, on the run's own clock; wall time is for
    writers."""

    seq: int
    t: float
    type: str
    agent: str | None = None
    act: int | None = None
    attempt: int | None = None
    data: dict[str, JSON] | None = None

    def as_json(self) -> dict[str, JSON]:
        """The event as one JSON object; absent fields stay absent."""
        found: dict[str, JSON] = {"seq": self.seq, "t": round(self.t, 6), "type": self.type}
        if self.agent is not None:
            found["agent"] = self.agent
        if self.act is not None:
            found["act"] = self.act
        if self.attempt is not None:
            found["attempt"] = self.attempt
        if self.data:
            found["data"] = self.data
        return found


new_event = partial(tuple.__new__, Event)
"""Makes an Event of a tuple of all its fields, in half the time: nothing in a run is made as often."""
