"""A graph made ready to run: neighbours instead of ids, defaults instead of absent policies."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Mapping

from quartet.engine.moves import subtree
from quartet.engine.nodes import Link, Loop, Node, Peers
from quartet.engine.policies import oversight_plan, run_plan
from quartet.engine.state_access import sees
from quartet.engine.tools import tools_of
from quartet.graph.model import Graph, StateKey
from quartet.graph.waiting import dispatch_of, own_supervisors, starts_all


class Plan:
    """The whole of a running graph, or of a sub-graph: `table` holds all sub-graphs, `prefix` begins its paths."""

    def __init__(
        self,
        graph: Graph,
        *,
        table: Mapping[str, Graph] | None = None,
        prefix: str = "",
        keys: Mapping[str, StateKey] | None = None,
    ) -> None:
        self.graph, self.prefix = graph, prefix
        self.keys: Mapping[str, StateKey] = (graph.state or {}) if keys is None else keys
        """Of the state that all agents of the run share, those in sub-graphs too."""
        self.table: Mapping[str, Graph] = graph.graphs if table is None else table
        self.nodes: dict[str, Node] = {}
        """By their own ids, not by their paths."""
        self.bosses: list[Node] = []
        """Those with workers, in the order of the file."""
        self.boards: list[Node] = []
        self.links: list[Link] = []
        self.loops: list[Loop] = []
        self.limits = run_plan(graph.limits)
        for index, agent in enumerate(graph.agents.values()):
            node = self.nodes[agent.id] = Node(index, agent, prefix)
            if node.engine_role == "board":
                self.boards.append(node)
        self._draw_relations()
        self._supervise()
        self._connect_flow()
        self._gather_peers()
        self._sort_workers()
        self._find_loops()
        self._keep_results()
        self._choose_starts()
        self.cancelling_fan_outs = [n for n in self.nodes.values() if n.agent.on_branch_failure == "cancel_siblings"]
        for node in self.cancelling_fan_outs:
            node.siblings = branches(node)
        for node in self.nodes.values():
            if self.keys:
                node.state_seen = sees(node, self.keys)
            if node.handoffs or node.boards or node.dispatch == "manager" or node.state_seen is not None:
                node.tools = tools_of(node, self.keys)
            node.alone = (
                node.engine_role == "worker"
                and node.peers is None
                and node.supervisor is None
                and not (node.workers or node.boards or node.stand_in or node.agent.dynamic or node.off)
            )

    def _draw_relations(self) -> None:
        workers: dict[Node, list[Node]] = {}
        boards: dict[Node, list[Node]] = {}
        gives: dict[Node, dict[str, str]] = {}
        handoffs: dict[Node, dict[str, tuple[Node, str]]] = {}
        for edge in self.graph.edges.values():
            if edge.kind == "flow":
                continue
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            if edge.kind == "handoff":
                handoffs.setdefault(source, {}).setdefault(target.local, (target, self.prefix + edge.id))
                continue
            if edge.kind == "share" and target.engine_role == "board":
                source, target = target, source
            known = gives.setdefault(source, {})
            if target.id in known or source is target:
                continue
            known[target.id] = self.prefix + edge.id
            workers.setdefault(source, []).append(target)
            if edge.kind == "share":
                boards.setdefault(target, []).append(source)
        for node, targets in handoffs.items():
            node.handoffs = targets
        for node, found in boards.items():
            node.boards = found
        for node, edges in gives.items():
            node.gives = edges
        for node, given in workers.items():
            if node.engine_role == "board":
                node.peers_of_board = [peer for peer in given if node in boards.get(peer, ())]
            else:
                node.workers = given

    def _supervise(self) -> None:
        """Who watches whom: each worker has one supervisor that decides."""
        bosses = [node for node in self.nodes.values() if node.workers]
        for worker, boss in own_supervisors({boss: boss.workers for boss in bosses}).items():
            worker.supervisor = boss
        for boss in bosses:
            boss.workers = [worker for worker in boss.workers if worker.supervisor is boss]
            if boss.workers:
                self.bosses.append(boss)
                boss.oversight = oversight_plan(boss.agent)

    def _connect_flow(self) -> None:
        outs: defaultdict[Node, list[Link]] = defaultdict(list)
        for edge in self.graph.edges.values():
            if edge.kind != "flow":
                continue
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            link = Link(edge, source, target, self.prefix)
            self.links.append(link)
            target.names[source.local] = source.agent.name
            if edge.on is not None:
                link.role = "fallback"
                source.fallbacks = (*source.fallbacks, link)
                continue
            outs[source].append(link)
            if edge.when is not None:
                source.conditional = source.routes = True
            if edge.loop or source is target:
                link.role = "loop"
                source.conditional = True
            elif source.supervisor is target or (target.engine_role == "board" and target in source.boards):
                link.role = "report"
            elif target.supervisor is source:
                link.role = "duty"
        for source, links in outs.items():
            source.outs = links

    def _gather_peers(self) -> None:
        """Chains of hand-offs; an edge between two peers of one chain starts the target anew and is no input."""
        around: dict[Node, list[Node]] = {}
        for node in self.nodes.values():
            for target, _ in node.handoffs.values():
                around.setdefault(node, []).append(target)
                around.setdefault(target, []).append(node)
        for node in self.nodes.values() if around else ():
            if node.peers is not None or node not in around:
                continue
            members, front = {node}, deque([node])
            while front:
                for other in around[front.popleft()]:
                    if other not in members:
                        members.add(other)
                        front.append(other)
            peers = Peers(sorted(members, key=lambda member: member.index))
            for member in peers.members:
                member.peers = peers
        for link in self.links:
            if link.role == "input" and link.source.peers is not None and link.source.peers is link.target.peers:
                link.role = "inner"
        inputs: defaultdict[Node, list[Link]] = defaultdict(list)
        stand_ins = {link.target for link in self.links if link.role == "fallback" and not link.target.outs}
        for link in self.links:
            if link.role == "fallback":
                link.target.stand_in = link.target in stand_ins
                link.target.fallback_inputs += 1
                link.target.dispatched = True
            elif link.role == "input":
                links = inputs[link.target]
                link.slot = len(links)
                links.append(link)
        for node, links in inputs.items():
            node.inputs = links
        for peers in {id(n.peers): n.peers for n in self.nodes.values() if n.peers is not None}.values():
            called = {target.id for member in peers.members for target, _ in member.handoffs.values()}
            stated = [member for member in peers.members if member.agent.start]
            first = [member for member in peers.members if member.id not in called]
            peers.entry = (stated or first or peers.members)[0]

    def _sort_workers(self) -> None:
        """Workers in the topological order of the flow among them, ties in the order of the supervise edges."""
        for board in self.boards:
            if board.inputs or board.outs or board.supervisor is not None:
                for peer in board.peers_of_board:
                    peer.fed = not peer.inputs
        for boss in self.bosses:
            fed = any(worker.inputs or worker.fed for worker in boss.workers)
            boss.dispatch = dispatch_of(boss.agent, works=boss.engine_role == "worker", fed=fed)
            place = {worker: index for index, worker in enumerate(boss.workers)}
            waits = {worker: sum(link.source in place for link in worker.inputs) for worker in boss.workers}
            free = [place[worker] for worker in boss.workers if not waits[worker]]
            order: list[Node] = []
            while free:
                worker = boss.workers[heapq.heappop(free)]
                order.append(worker)
                for link in worker.outs:
                    if link.role == "input" and link.target in waits:
                        waits[link.target] -= 1
                        if not waits[link.target]:
                            heapq.heappush(free, place[link.target])
            boss.workers = order
            stall_after = boss.oversight.stall_after if boss.oversight is not None else None
            for index, worker in enumerate(order):
                worker.place = index
                if stall_after is not None:
                    worker.silence = min(stall_after, worker.heartbeat or stall_after)

    def _keep_results(self) -> None:
        """What supervisors that run finished workers again must remember of them."""
        for boss in self.bosses:
            if boss.oversight is not None and boss.oversight.restart_completed:
                for node in subtree(boss)[1:]:
                    node.keeps = True
                    if node.last_tokens is None:
                        node.last_tokens = {}

    def _find_loops(self) -> None:
        if not any(link.role == "loop" for link in self.links):
            return
        by_entry: dict[Node, Loop] = {}
        back: dict[Node, list[Node]] = {}
        ahead: dict[Node, list[Node]] = {}
        for node in self.nodes.values():
            if node.peers is not None:
                # whoever of a chain answers, the others are on the way to it
                ahead[node] = [member for member in node.peers.members if member is not node]
                back[node] = list(ahead[node])
        for link in self.links:
            if link.role in ("input", "fallback"):
                ahead.setdefault(link.source, []).append(link.target)
                back.setdefault(link.target, []).append(link.source)
        for link in self.links:
            if link.role == "loop":
                loop = by_entry.setdefault(link.target, Loop(link.target))
                link.target.entry_of = loop
                loop.edges.append(link)
                link.loop = loop
                loop.body |= (reach(link.target, ahead) & reach(link.source, back)) | {link.target, link.source}
        take_in_detours(list(by_entry.values()))
        self.loops = sorted(by_entry.values(), key=lambda loop: len(loop.body))
        for loop in self.loops:
            for node in loop.body:
                node.last_tokens, node.in_loop = {}, True
                for link in node.outs:
                    if link.target not in loop.body:
                        link.leaves = [*link.leaves, loop]

    def _choose_starts(self) -> None:
        for boss in self.bosses:
            for worker in boss.workers:
                heads = worker.peers is None or worker.peers.entry is worker
                free = not any(m.inputs for m in (worker.peers.members if worker.peers else [worker]))
                free = free and (boss.dispatch != "graph" or not worker.fed)
                if starts_all(boss.dispatch) or (free and heads):
                    worker.dispatched = True
            if boss.dispatch not in ("graph", "manager") and not any(w.dispatched for w in boss.workers):
                for worker in boss.workers:
                    worker.dispatched = True
        for board in self.boards:
            others = any(peer.inputs or peer.peers or peer.dispatched for peer in board.peers_of_board)
            board.active_board = bool(board.inputs or board.outs) or (bool(board.peers_of_board) and not others)
            if board.active_board:
                for peer in board.peers_of_board:
                    if not peer.inputs:
                        peer.dispatched = True
        for node in self.nodes.values():
            if node.inputs or node.dispatched or (node.engine_role == "board" and not node.active_board):
                continue
            if node.peers is not None and (
                node.peers.entry is not node or any(member.inputs or member.dispatched for member in node.peers.members)
            ):
                continue
            node.started_by_run = True


def take_in_detours(loops: list[Loop]) -> None:
    """A loop that begins within another one is a part of it, also where it leads past it: who takes the detour comes
    back, so the outer loop is not over. Where the outer one leads back from within the inner one the two cross, and
    each stays as it is."""
    grown = True
    while grown:
        grown = False
        around: dict[Node, list[Loop]] = {loop.entry: [] for loop in loops}
        for loop in loops:
            for node in loop.body & around.keys():
                around[node].append(loop)
        for inner in loops:
            for outer in around[inner.entry]:
                nested = outer is not inner and not any(link.source in inner.body for link in outer.edges)
                if nested and not inner.body <= outer.body:
                    outer.body |= inner.body
                    grown = True


def reach(start: Node, ahead: dict[Node, list[Node]]) -> set[Node]:
    """`start` and everything that can be reached from it."""
    found, front = {start}, [start]
    while front:
        for node in ahead.get(front.pop(), ()):
            if node not in found:
                found.add(node)
                front.append(node)
    return found


def branches(node: Node) -> list[list[Node]]:
    """The branches of a fan-out, each without what more than one of them leads to (where they meet again)."""
    ahead: dict[Node, list[Node]] = {}
    front, seen = [node], {node}
    while front:
        here = front.pop()
        ahead[here] = [link.target for link in here.outs if link.role == "input"]
        for target in ahead[here]:
            if target not in seen:
                seen.add(target)
                front.append(target)
    reached = [reach(target, ahead) for target in ahead[node]]
    return [
        sorted((n for n in mine if sum(n in other for other in reached) == 1), key=lambda n: n.index)
        for mine in reached
    ]
