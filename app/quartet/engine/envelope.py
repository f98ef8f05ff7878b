"""The envelope of a run: hard limits on money, tokens, time, hand-offs, visits and repetitions.

What is used up is metered as it is reported. A meter that passes its limit says so (`limit.exceeded`, with those who
used most) and pauses the run until somebody grants more, or fails: a limit of the run fails the run, a limit of one
agent fails what that agent is doing. Models report at the end of an answer, so what is under way at that moment may
still pass a limit; nothing new starts then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure
from quartet.engine.dispatch import Work
from quartet.engine.meters import AgentMeters, Meter, amount, say
from quartet.engine.nodes import Node
from quartet.engine.repetition import Repetition

if TYPE_CHECKING:
    from quartet.engine.clock import Timer
    from quartet.engine.plan import Plan
    from quartet.engine.scheduler import Scheduler

JSON = Any
BLAMED = 3
"""So many agents are named at most when a limit of the whole run is reached."""
_USED = {"max_cost": "cost", "max_tokens": "tokens", "max_hops": "hops", "max_activations": "acts"}
"""Where a Node keeps its part of what a limit of the run is about."""


class Envelope:
    """The meters of one run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = s = scheduler
        limits = s.plan.limits
        self.ask = ask = limits.on_limit == "ask"
        self.deadline = Meter("deadline", limits.deadline, ask=ask)
        self.visits = Meter("max_activations", limits.max_activations, ask=ask)
        self.cost = Meter("max_cost", limits.max_cost, ask=ask)
        self.tokens = Meter("max_tokens", limits.max_tokens, ask=ask)
        self.hops = Meter("max_hops", limits.max_hops, ask=ask)
        self.asked: list[Meter] = []
        """The limits that somebody is asked about, in the order they were reached."""
        self.guards = limits.max_cost is not None or limits.max_tokens is not None
        """Whether something is to be looked at before each attempt: most runs have nothing of the kind."""
        self._budgets: dict[int, AgentMeters] = {}
        """By agent as drawn: a sub-graph may be at work several times, one after another or at once."""
        self.watch(s.plan)
        self.repetition = Repetition(self)
        self._unpriced: set[str] = set()
        self._timer: Timer | None = None
        self._failing = False

    def watch(self, plan: Plan) -> None:
        """These agents may begin to work: those with a budget are metered."""
        for node in plan.nodes.values():
            agent = node.agent
            if agent.budget is not None:
                meters = self._budgets.get(id(agent))
                if meters is None:
                    meters = self._budgets[id(agent)] = AgentMeters(node, agent.budget, ask=self.ask)
                meters.nodes.append(node)
                node.meters = meters
                self.guards = True

    def asks(self, node: Node | None) -> bool:
        """Whether a limit of an agent (None: of the run) asks; else it fails."""
        budget = node.agent.budget if node is not None else None
        return self.ask if budget is None or budget.on_limit is None else budget.on_limit == "ask"

    # ------------------------------------------------------------------ what is used up

    def use(self, activation: Activation, data: Mapping[str, JSON]) -> None:
        """An execution reported what it used (see `attempt.usage`)."""
        node = activation.node
        tokens = (data.get("input_tokens") or 0) + (data.get("output_tokens") or 0)
        cost = data.get("cost")
        unpriced = cost is None and tokens > 0
        if unpriced:
            self._tell_unpriced(activation, data.get("model"))
        node.tokens += tokens
        node.cost += cost or 0.0
        meters = [(self.tokens, tokens), (self.cost, cost)]
        within: Activation | None = activation
        while within is not None:  # an agent that stands for a sub-graph pays for those in it
            if (own := within.node.meters) is not None:
                meters += [(own.tokens, tokens), (own.cost, cost)]
            within = within.node.scope.activation
        for meter, used in meters:
            meter.value += used or 0
        for meter, _ in meters:
            if meter.passed:
                self.reach(meter)
            elif unpriced and meter.which == "max_cost" and meter.allowed is not None and not meter.blind:
                # a limit that cannot be kept is no limit: better to stop than to spend unseen
                meter.blind = True
                self.reach(meter, [node.id], str(data.get("model") or ""))

    def _tell_unpriced(self, activation: Activation, model: JSON) -> None:
        name = str(model or "")
        if name not in self._unpriced:
            self._unpriced.add(name)
            where = (activation.node.id, activation.act, activation.attempt)
            self.s.tell("usage.unpriced", *where, {"model": name} if name else None)

    def visited_again(self) -> None:
        """An agent is set to work that was before."""
        self.visits.value += 1
        if self.visits.passed:
            self.reach(self.visits)

    def visited(self, node: Node) -> None:
        """An agent with a budget is set to work, or has its turn."""
        assert node.meters is not None
        node.meters.visits.value += 1
        if node.meters.visits.passed:
            self.reach(node.meters.visits)

    def hopped(self, giver: Node) -> None:
        """A hand-off was accepted."""
        giver.hops += 1
        self.hops.value += 1
        if self.hops.passed:
            self.reach(self.hops)
        if giver.meters is not None:
            giver.meters.hops.value += 1
            if giver.meters.hops.passed:
                self.reach(giver.meters.hops)

    # ------------------------------------------------------------------ time

    def time(self) -> None:
        """Watch over the time of the run, from its start or from a grant on."""
        s = self.s
        s.timers.drop(self._timer)
        assert self.deadline.allowed is not None
        self._timer = s.timers.at(self.deadline.allowed, self._out_of_time)

    def _out_of_time(self) -> None:
        self.deadline.value = self.s.now
        at_work = [node.id for node in self.s.scopes.nodes() if node.live]
        self.reach(self.deadline, at_work[:BLAMED])

    def at_work(self, node: Node, change: int) -> None:
        """An execution of an agent with a budget begins (+1) or has ended (-1)."""
        meters, timers, now = node.meters, self.s.timers, self.s.now
        assert meters is not None
        meters.settle(now)
        meters.running += change
        timers.drop(meters.timer)
        meters.timer = None
        seconds = meters.seconds
        if seconds.allowed is not None and not seconds.reached and meters.running:
            left = max(0.0, seconds.allowed - seconds.value)
            meters.timer = timers.at(now + left / meters.running, lambda: self._worked_too_long(meters), node.index)

    def _worked_too_long(self, meters: AgentMeters) -> None:
        meters.timer = None
        meters.settle(self.s.now)
        self.reach(meters.seconds)

    # ------------------------------------------------------------------ before an attempt

    def holds_back(self, activation: Activation) -> bool:
        """Whether an attempt, or what goes on of one, may not start now: then it waits, or fails."""
        s, node = self.s, activation.node
        for meter in (self.cost, self.tokens):
            if meter.used_up:
                self.reach(meter)
        if node.meters is not None:
            node.meters.settle(s.now)
            for meter in node.meters.spent:
                if meter.used_up:
                    self.reach(meter)
            if node.meters.failed is not None:
                failure = self._failure(node.meters.failed)
                s.todo.append(lambda: self._fail(activation, failure))
                return True
        if s.paused:
            activation.queued = True
            s.attempts.queue.appendleft(activation)
            s.tell("activation.queued", node.id, activation.act, None, {"limit": s.attempts.max_busy})
            return True
        return self._failing

    # ------------------------------------------------------------------ at a limit

    def reach(self, meter: Meter, at_fault: Iterable[str] = (), message: str = "") -> None:
        """A limit is reached: say so once, with those at fault; then pause and ask, or fail."""
        s = self.s
        if meter.reached or self._failing or s.stopping or s.finished:
            return
        meter.reached = True
        node = meter.node
        data: dict[str, JSON] = {"which": meter.which, "value": amount(meter.value), "limit": amount(meter.allowed)}
        shares = self._shares(meter) if node is None else {}
        agents = list(at_fault) or list(shares) or ([node.id] if node is not None else [])
        if agents:
            data["agents"] = agents
        if shares:
            data["shares"] = shares
        if message:
            data["message"] = message
        if meter.ask:
            data["grant"] = amount(meter.stated)
        s.tell("limit.exceeded", node.id if node is not None else None, None, None, data)
        reason = f"limit reached: {self._words(meter, agents)}"
        if meter.ask:
            self.asked.append(meter)
            s.pause(reason)
        elif node is None:
            self._failing = True
            s.todo.append(lambda: s.cancelling.start("failed", reason, "limit"))
        else:
            assert node.meters is not None
            meters, failure = node.meters, self._failure(meter)
            meters.failed = meter
            s.todo.append(lambda: self._fail_all(meters, failure))

    def _shares(self, meter: Meter) -> dict[str, JSON]:
        """Who used how much of what a limit of the run is about, the most first."""
        kind = _USED.get(meter.which)
        if kind is None:
            return {}
        least = 1 if kind == "acts" else 0
        used = [(getattr(node, kind) - least, node.id) for node in self.s.scopes.nodes() if getattr(node, kind) > least]
        used.sort(key=lambda pair: -pair[0])
        return {id: amount(value) for value, id in used[:BLAMED]}

    def _words(self, meter: Meter, agents: list[str]) -> str:
        assert meter.allowed is not None
        limit = say(meter.which, meter.allowed)
        names = [node.agent.name if (node := self.s.scopes.find(id)) else id for id in agents]
        if meter.which == "max_cost" and not meter.passed and meter.blind:
            return f"{limit} cannot be kept, for nobody knows what the model of {' and '.join(names)} costs"
        if meter.which == "max_repeats":
            return f"{' and '.join(names)} said the same {say('max_repeats', meter.value)}"
        if meter.node is not None:
            return f"{limit} for {meter.node.agent.name}"
        if meter is self.deadline:
            return f"the run took longer than {limit}" + (f"; at work: {', '.join(names)}" if names else "")
        return f"{limit} for the whole run" + (f", most by {', '.join(names)}" if names else "")

    def _failure(self, meter: Meter) -> Failure:
        return Failure(f"limit reached: {self._words(meter, [])}", "LimitExceeded", False, "limit")

    def _fail_all(self, meters: AgentMeters, failure: Failure) -> None:
        for activation in [activation for node in meters.nodes for activation in node.live]:
            self._fail(activation, failure)

    def _fail(self, activation: Activation, failure: Failure) -> None:
        a, s = activation, self.s
        if a.state or s.stopping or a.stopping is not None or a.halting is not None or a.held is not None:
            return  # it is being stopped, or its supervisor decides; if it is to go on, it is held back then
        if isinstance(a.body, Work):
            a.body.stop_children(lambda: s.fail(a, failure))
        else:
            s.halt(a, lambda: s.fail(a, failure))

    # ------------------------------------------------------------------ granting more

    def grant_all(self) -> None:
        """Grant every limit that is asked about once more, by as much as was stated."""
        for meter in list(self.asked):
            assert meter.stated is not None
            self._grant(meter, meter.stated)

    def grant(self, which: str, more: float, agent: str | None = None) -> None:
        """Raise a limit of the run, or of an agent, by so much beyond what is used up (see `grantable`)."""
        for meter in self.grantable(which, more, agent):
            self._grant(meter, more)

    def grantable(self, which: str, more: float, agent: str | None) -> list[Meter]:
        """The meters that this would raise.

        Raises:
            ValueError: there are none, or the amount is not above 0.
        """
        if isinstance(more, bool) or not isinstance(more, int | float) or not 0 < more < float("inf"):
            raise ValueError(f"what is granted must be a number above 0, not {more!r}")
        found = [meter for meter in self.asked if meter.which == which and _owner(meter) == agent]
        if not found:
            found = [meter for meter in self._meters(agent) if meter.which == which and meter.allowed is not None]
        if not found:
            whose = "this run" if agent is None else f"the agent “{agent}”"
            raise ValueError(f"{whose} has no limit “{which}” that could be raised")
        return found

    def _meters(self, agent: str | None) -> tuple[Meter, ...]:
        if agent is None:
            return (self.deadline, self.visits, self.cost, self.tokens, self.hops)
        node = self.s.scopes.find(agent)
        return node.meters.all if node is not None and node.meters is not None else ()

    def _grant(self, meter: Meter, more: float) -> None:
        s, node = self.s, meter.node
        assert meter.allowed is not None
        if meter is self.deadline:
            meter.value = s.now
        meter.allowed = max(meter.allowed, meter.value) + more
        meter.reached = False
        if meter in self.asked:
            self.asked.remove(meter)
        if node is not None and node.meters is not None and node.meters.failed is meter:
            node.meters.failed = None
        told = {"which": meter.which, "limit": amount(meter.allowed)}
        s.tell("limit.granted", _owner(meter), None, None, told)
        if meter is self.deadline:
            self.time()
        elif node is not None and node.meters is not None and meter is node.meters.seconds:
            self.at_work(node, 0)


def _owner(meter: Meter) -> str | None:
    return None if meter.node is None else meter.node.id
