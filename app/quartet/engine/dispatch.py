"""Who gives a supervisor's workers their work: the flow (graph), or the supervisor (broadcast, split, pool)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.moves import Move
from quartet.engine.nodes import Node
from quartet.engine.routing import route

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Dispatching:
    """What supervisors that do no work themselves do when their turn comes."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self.watches: list[Watch] = []

    def start(self, activation: Activation) -> None:
        """A supervisor has its input, or was restarted."""
        node = activation.node
        group = node.group
        group.begin(activation)
        if node.dispatch == "graph":
            watch = Watch(self.s, activation)
            activation.body = watch
            self.watches.append(watch)
            self.give_out(activation)
        else:
            work = group.works.get(activation)
            if work is None:
                work = group.works[activation] = Work(self.s, activation)
            activation.body = work
            work.go_on()

    def give_out(self, activation: Activation) -> None:
        """In graph mode the workers that nothing leads to get the supervisor's input, once."""
        boss = activation.node
        for worker in boss.workers:
            if worker.dispatched and not (worker.fed or worker.live or worker in activation.node.group.given):
                boss.group.given.add(worker)
                if worker.off == "muted":
                    self.s.flow.pass_over(worker, "skipped")
                    continue
                hand_over(self.s, activation, worker, activation.value)
                names = {**worker.names, boss.local: boss.agent.name}
                inputs = {boss.local: activation.value} if activation.inputs else {}
                self.s.begin(worker, activation.value, inputs, names=names)

    def passed_over(self, boss: Node, state: str, failure: Failure | None) -> None:
        """A supervisor never got its turn: neither do the workers that only it would have started."""
        for worker in boss.workers:
            if worker.dispatched and worker.acts == 0 and not worker.inputs:
                self.s.skip(worker, state, failure._replace(reason="upstream") if failure else None)

    def conclude_calls(self, boss: Activation) -> None:
        """A manager is done: the workers' own ways out get what their calls brought."""
        for worker in boss.node.workers:
            if worker.dispatched:
                jobs, worker.jobs = worker.jobs, ()
                conclude(self.s, worker, jobs)

    def detach(self, activation: Activation) -> None:
        """A supervisor no longer watches: it failed, or died."""
        self.watches = [watch for watch in self.watches if watch.boss is not activation]

    def settle(self, *, stuck: bool = False) -> bool:
        """When nothing else can be done: end the watches whose workers are all settled. False: there is none.

        `stuck`: nothing can happen any more, so a worker that has not begun never will.
        """
        for watch in [] if self.s.stopping else self.watches:
            if watch.is_over(stuck):
                self.watches.remove(watch)
                watch.end()
                return True
        return stuck and self.s.oversight.release()


def hand_over(s: Scheduler, activation: Activation, worker: Node, value: JSON) -> None:
    """Tell that a supervisor gives a worker something to do."""
    told = {"to": worker.id, "value": value, "edge": activation.node.gives.get(worker.id)}
    s.tell("work.handed_over", activation.node.id, activation.act, None, told)


class Watch:
    """A supervisor that only watches. It ends when all its workers are settled."""

    def __init__(self, scheduler: Scheduler, boss: Activation) -> None:
        self.s, self.boss = scheduler, boss
        self._seen = 0
        """So many workers, from the first on, were settled when last looked at."""

    def is_over(self, stuck: bool) -> bool:
        """Whether every worker has had its turn, or never will, and none is at work."""
        workers, begin = self.boss.node.workers, self._seen
        for place in range(begin, len(workers)):
            if workers[place].live or not (workers[place].acts or stuck):
                self._seen = place
                return False
        # only now look again at those that may have got something to do since
        for place in range(begin):
            if workers[place].live:
                self._seen = place
                return False
        # a worker that a board feeds may have nothing to do at the moment, and get something
        return stuck or not any(board.live for worker in workers if worker.fed for board in worker.boards)

    def end(self) -> None:
        """All workers are settled; their reports, if such edges are drawn, are the supervisor's result."""
        s, boss = self.s, self.boss
        failed = [worker for worker in boss.node.workers if boss.node.group.lost.get(worker)]
        if failed:
            boss.derived = True
            s.falling.last_resort(boss, escalated(boss.node.group.lost[failed[0]]))
            return
        reporting = [w for w in boss.node.workers if any(link.role == "report" for link in w.outs)]
        if not reporting:
            # data follow the workers' own edges: there is nothing to put on those of who only watches
            boss.routed = [link for link in boss.node.outs if link.role == "duty"]
            s.finish(boss, "succeeded")
            return
        s.succeed(boss, [boss.node.scope.reports[w] for w in reporting if w in boss.node.scope.reports] or None)

    def cancel(self, then: Then) -> None:
        """Stop watching; the workers belong to the group, not to this (see `Body`)."""
        self.s.dispatching.detach(self.boss)
        then()


def escalated(failure: Failure) -> Failure:
    """A supervisor's own failure because of one of its workers."""
    return Failure(f"a worker failed: {failure.chain()}", "Escalated", False, "escalated")


class Work:
    """What one visit of a supervisor hands out, and what came back. It outlives a restart of the supervisor."""

    supervised = True
    apart = True

    def __init__(self, scheduler: Scheduler, boss: Activation) -> None:
        self.s, self.boss = scheduler, boss
        self.mode = boss.node.dispatch
        self.workers = [worker for worker in boss.node.workers if worker.dispatched and worker.off != "muted"]
        self.results: dict[int, JSON] = {}
        self.settled_jobs: set[int] = set()
        self.done: dict[Activation, int] = {}
        """Which piece of work it was, of those that may have to be done again."""
        self.busy: set[Node] = set()
        self.let_go: dict[Node, list[int]] = {}
        """What workers were doing when a person stopped them."""
        self.last: dict[Node, list[Activation]] = {}
        self.live: dict[Activation, int] = {}
        self.failure: Failure | None = None
        self.closed = self.concluded = False
        value = boss.value
        items = value if isinstance(value, list) else [value]
        self.jobs: list[JSON] = [value] * len(self.workers) if self.mode == "broadcast" else list(items)
        own = len(self.workers)
        self.fixed: dict[Node, deque[int]] = {worker: deque() for worker in self.workers}
        self.free: deque[int] = deque()
        self.idle = list(range(len(self.workers)))
        """Who could be given something, as a heap of places among the workers."""
        self.places = {worker: place for place, worker in enumerate(self.workers)}
        self.most = boss.node.oversight.max_children if boss.node.oversight is not None else None
        for index in range(len(self.jobs)):
            if self.mode == "pool":
                self.free.append(index)
            elif own:
                self.fixed[self.workers[index % own]].append(index)

    def go_on(self) -> None:
        """Give every free worker its next piece of work; see whether that was all."""
        if self.boss.state:
            if not self.live and not self.closed:
                self.closed = True
                self.conclude()
            return
        if self.boss.body is not self or self.s.stopping:
            return  # held or being stopped
        self.closed = False
        while self.idle and not self._full():
            worker = self.workers[heapq.heappop(self.idle)]
            if worker not in self.busy and not worker.stopped_by_hand and (mine := self.fixed[worker] or self.free):
                self._hand(worker, mine.popleft())
        self._end_if_over()

    def _full(self) -> bool:
        """Whether no more workers may have something to do; those that are restarted count."""
        return self.most is not None and len(self.live) >= self.most

    def has_for(self, worker: Node) -> bool:
        """Whether anything is left to do that this worker may be given."""
        again = self.let_go.get(worker) and not ahead(worker)
        return worker in self.places and bool(again or self.fixed[worker] or self.free)

    def back(self, worker: Node) -> None:
        """A worker that a person had stopped takes work again, first what it was stopped in.

        Unless others wait for its result: they know already that there is none.
        """
        again, self.let_go[worker] = self.let_go.get(worker, []), []
        if not ahead(worker):
            for index in reversed(again):
                self.settled_jobs.discard(index)
                self.fixed[worker].appendleft(index)
        self._is_idle(worker)

    def again(self, child: Activation) -> None:
        """A worker does once more what it had finished; its result is taken back."""
        index, worker = self.done.pop(child), child.node
        self.results.pop(index, None)
        self.settled_jobs.discard(index)
        self.last[worker].remove(child)
        self.fixed[worker].appendleft(index)
        self._is_idle(worker)

    def _is_idle(self, worker: Node) -> None:
        if worker in self.places and worker not in self.busy:
            heapq.heappush(self.idle, self.places[worker])
            self.s.todo.append(self.go_on)

    def _hand(self, worker: Node, index: int) -> None:
        s, boss = self.s, self.boss
        hand_over(s, boss, worker, self.jobs[index])
        names = {**worker.names, boss.node.local: boss.node.agent.name}
        child = s.begin(
            worker, self.jobs[index], {boss.node.local: self.jobs[index]}, self,
            silent=self.mode != "broadcast" or bool(worker.inputs), names=names, note={"job": index},
        )  # fmt: skip
        self.last.setdefault(worker, []).append(child)
        if child.state:
            self._count(child, index)
            heapq.heappush(self.idle, self.places[worker])
            self.s.todo.append(self.go_on)
        else:
            self.live[child] = index
            self.busy.add(worker)

    def settled(self, child: Activation) -> None:
        """A worker is done with a piece of work (see `Owner`)."""
        if child not in self.live:
            return
        self._count(child, self.live.pop(child))
        self.busy.discard(child.node)
        heapq.heappush(self.idle, self.places[child.node])
        if not self.closed:
            self.s.todo.append(self.go_on)

    def _count(self, child: Activation, index: int) -> None:
        self.settled_jobs.add(index)
        if child.node.keeps:
            self.done[child] = index
        if child.state == "cancelled" and child.node.stopped_by_hand:
            self.let_go.setdefault(child.node, []).append(index)
        if child.state == "succeeded":
            self.results[index] = child.result
        elif child.state == "failed" and not (child.mended or child.node.agent.ignore_failures):
            self.failure = self.failure or child.failure
        self.s.flow.put_for(child)

    def _end_if_over(self) -> None:
        boss = self.boss
        if boss.state or self.closed or self.live or boss.body is not self:
            return
        if len(self.settled_jobs) < len(self.jobs) and self._anybody():
            return
        boss.node.group.works.pop(boss, None)
        self.conclude()
        if self.failure is not None:
            boss.derived = self.mode == "broadcast"
            self.s.falling.last_resort(boss, escalated(self.failure))
        else:
            self.s.succeed(boss, [self.results[index] for index in sorted(self.results)])

    def _anybody(self) -> bool:
        """Whether there is somebody for what is left to do; whom a person stopped is not counted on."""
        return any(not w.stopped_by_hand and (self.fixed[w] or self.free) for w in self.workers)

    def conclude(self) -> None:
        """The workers' own ways out get their tokens, once: the only result, or the list of several."""
        if self.concluded:
            return
        self.concluded = True
        for worker in self.boss.node.workers:
            if worker.off == "muted" and worker.dispatched and not worker.inputs:
                self.s.flow.pass_over(worker, "skipped")
            elif worker.dispatched:
                conclude(self.s, worker, self.last.get(worker, []))

    def cancel(self, then: Then) -> None:
        """Stop handing out; if the supervisor is to be settled, stop the workers too (see `Body`).

        Otherwise it is restarted, and whoever does that brings the workers to rest themselves.
        """
        if self.boss.stopping is None:
            then()
            return
        self.stop_children(then)

    def stop_children(self, then: Then) -> None:
        """Stop the workers in reverse order, one after another."""
        self.closed = True
        self.s.tell("group.stopping", self.boss.node.id, self.boss.act)

        def stopped() -> None:
            self.conclude()
            then()

        Move(self.s, sorted(self.live, key=lambda child: self.places[child.node])).bring_down(self.s.stop, stopped)


def ahead(worker: Node) -> bool:
    """Whether others wait for what a worker brings."""
    return any(link.role != "report" for link in worker.outs)


def conclude(s: Scheduler, worker: Node, jobs: Sequence[Activation]) -> None:
    """After its last job, put a worker's tokens: its only result, the list of several, or that it had nothing to do."""
    if worker.peers is not None:
        for member in worker.peers.members if jobs and jobs[-1].silent else ():
            if not member.inputs and not member.live:
                s.skip(member)  # a swarm's result belongs to who asked for it
        return
    if worker.inputs:
        return  # its own visits say what leaves on its edges
    if not jobs:
        if not worker.live:
            s.skip(worker, "cancelled" if s.stopping else "skipped")
        return
    last = jobs[-1]
    if not last.silent or not last.state:
        return
    done = [job for job in jobs if job.state == "succeeded"]
    last.state = "succeeded" if done else "skipped"  # a failure is counted where the job came from
    if done:
        last.result = done[0].result if len(jobs) == 1 else [job.result for job in done]
        if worker.conditional and (failure := route(s, last, last.result)) is not None:
            last.state, last.failure = "failed", failure
    last.generation = worker.generation
    s.flow.put(last)
