"""What instructions say of others: hand-offs that they forget, or name although nobody drew them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from quartet.graph.edits import Set
from quartet.graph.model import Agent, AgentId
from quartet.rules.facts import SEARCH, Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.handing_over import may_say_so, places, told_without_spaces
from quartet.rules.mentions import WORD, by_what_they_differ, mentions, speaks_of, words_of
from quartet.rules.registry import Rule, rule
from quartet.rules.swarm import handoff_name

FIELDS = ("instructions", "prompt")
"""Where a model is told what to do."""
HANDS_OVER = re.compile(
    r"\b(?:hand(?:s|ing)?|transfer(?:s|ring)?|pass(?:es|ing)?|forward(?:s|ing)?|refer(?:s|ring)?|rout(?:e|es|ing)|"
    r"escalat(?:e|es|ing)|delegat(?:e|es|ing))\b(?P<between>[^.;:!?]{0,40}?)\bto\s+(?:the\s+|our\s+|an?\s+)?"
    r"(?P<whom>[^.;:!?\n]{2,60})",
    re.IGNORECASE,
)
NEVER = re.compile(r"\b(?:not|never|don’t|don't|no longer|without|instead of)\b[^.;!?\n]{0,40}$", re.IGNORECASE)
SUBJECT = re.compile(r"([^\W_]+)[\s*`]+(?:(?:may|can|will|should|must|then|also|always)\s+)*$", re.IGNORECASE)
"""Who hands over, where that is said right before."""
AFTER_A_NAME = frozenset({
    "a", "after", "agent", "agents", "also", "and", "as", "assistant", "at", "because", "before", "bot", "but", "by",
    "colleague", "department", "desk", "directly", "even", "expert", "first", "for", "from", "immediately", "in",
    "instead", "if", "it", "later", "model", "node", "now", "of", "on", "once", "only", "or", "peer", "right", "so",
    "specialist", "straight", "team", "that", "the", "then", "they", "this", "to", "unless", "until", "using", "via",
    "when", "whenever", "where", "which", "while", "who", "whose", "with", "without", "worker", "you",
})  # fmt: skip
"""Words that may follow a name. Before any other one it is no name but says what sort: “legal documents”."""
CHOOSES = re.compile(
    r"\b(?:which(?:ever)?|(?:the )?(?:best|right|proper|appropriate|suitable|relevant|matching|fitting|correct)"
    r"(?:[- ](?:suited|fitting|matching|qualified))?)\s+"
    r"(?:agent|assistant|colleague|department|desk|expert|peer|specialist|team|one)s?\b",
    re.IGNORECASE,
)
"""It is told to choose among all of them."""
TOOL = re.compile(r"\btransfer_to_(\w+)")
LONGEST = 6
"""Words of a name that are looked for after “to”."""


@rule("W009", "advice", "swarm", "A hand-off that the instructions forget", confidence="medium")
def forgotten_target(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A model whose instructions name some of those it may hand over to, and not the others."""
    for id, agent in facts.agents.items():
        if len(facts.handoffs_out[id]) < 2 or agent.kind != "llm":
            continue
        targets = list(dict.fromkeys(edge.target for edge in facts.handoffs_out[id] if edge.target != id))
        text = _told(agent)
        if not text.strip():
            continue
        words = words_of(text)
        unnamed = [target for target in targets if not mentions(text, words, facts.name(target))]
        if not unnamed or len(unnamed) == len(targets) or CHOOSES.search(text):
            continue
        differs = by_what_they_differ({target: facts.agents[target].description or "" for target in targets})
        forgotten = [target for target in unnamed if not speaks_of(words, differs[target])]
        # back to where tasks come in from outside goes what fits nobody, and that needs no word
        forgotten = [target for target in forgotten if not facts.flow_in[target]]
        if not forgotten:
            continue
        name, whom = facts.name(id), facts.names(forgotten)
        config = {**agent.config, FIELDS[0]: _with(facts, agent, forgotten)}
        yield Finding(
            this.code,
            this.severity,
            f"The instructions of {name} do not mention {whom}",
            f"They say when to hand over to {facts.names(each for each in targets if each not in forgotten)}, so the "
            f"model will hardly ever choose {whom}.",
            (id, *forgotten),
            tuple(edge.id for edge in facts.handoffs_out[id] if edge.target in forgotten),
            (Fix(f"Mention {whom}", (Set(section="agents", id=id, values={"config": config}),)),),
        )


@rule("W010", "warning", "swarm", "A hand-off that is told but not drawn", confidence="medium")
def told_but_not_drawn(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Instructions that send a task to an agent which no edge leads to."""
    named: dict[str, AgentId] = {}
    steps = [SEARCH]
    for id, agent in facts.agents.items():
        text = _told(agent) if agent.kind == "llm" else ""
        english = "transfer_to_" in text or ("to " in text and HANDS_OVER.search(text) is not None)
        if not text or not (english or may_say_so(text)):
            continue
        named = named or _named(facts)
        missing = [
            target
            for target in _sent_to(text, named, id)
            if target != id and target not in _reached(facts, id) and not facts.related(id, target)
            and facts.precedes(id, target, steps) is False  # further down the flow it gets what is made in the end
        ]  # fmt: skip
        if not missing:
            continue
        name, whom = facts.name(id), facts.names(missing)
        fixes: tuple[Fix, ...] = ()
        # who is in the flow already gets its work there: one more way to it is for a person to think about
        if all(not facts.flow_in[each] and facts.precedes(each, id, steps) is False for each in missing):
            drawn = facts.pencil.edges([{"source": id, "target": target, "kind": "handoff"} for target in missing])
            fixes = (Fix(f"Let {name} hand over to {whom}", tuple(drawn)),)
        yield Finding(
            this.code,
            this.severity,
            f"{name} is told to hand over to {whom}, but cannot",
            f"Its instructions say so, but no edge leads from {name} to {whom}: the model has no tool for it and will "
            "only claim that it has handed over.",
            (id, *missing),
            (),
            fixes,
        )


def _named(facts: Facts) -> dict[str, AgentId]:
    """The agents that work can be handed to, by the words of their names; of several of one name the first."""
    named: dict[str, AgentId] = {}
    for id, agent in facts.agents.items():
        if facts.role(agent) == "worker":
            named.setdefault(" ".join(WORD.findall(facts.name(id).casefold())), id)
    named.pop("", None)
    return named


def _told(agent: Agent) -> str:
    """What a model is told to do; of several lines all of them."""
    parts = []
    for field in FIELDS:
        text = agent.config.get(field)
        if isinstance(text, list):
            text = "\n".join(line for line in text if isinstance(line, str))
        if isinstance(text, str):
            parts.append(text)
    return "\n".join(parts)


def _sent_to(text: str, named: dict[str, AgentId], id: AgentId) -> list[AgentId]:
    """Whom a text tells an agent to hand over to, among the agents of these names; each once."""
    found: dict[AgentId, None] = {}
    for match in HANDS_OVER.finditer(text):
        if NEVER.search(text[max(0, match.start() - 60) : match.start()]) or NEVER.search(match["between"]):
            continue
        subject = SUBJECT.search(text[max(0, match.start() - 60) : match.start()])
        if subject is not None and named.get(subject[1].casefold(), id) != id:
            continue  # it says what another one does
        target = _at_the_start(text[match.start("whom") :], match["whom"], named, AFTER_A_NAME)
        if target is not None:
            found[target] = None
    if may_say_so(text):
        for rest, follow in places(text):
            target = _at_the_start(rest, rest, named, follow)
            if target is not None:
                found[target] = None
        if not text.isascii():
            found.update(dict.fromkeys(each for name, each in named.items() if told_without_spaces(text, name)))
    tools = {handoff_name(name): target for name, target in named.items()} if "transfer_to_" in text else {}
    for match in TOOL.finditer(text):
        if match[1].lower() in tools and not NEVER.search(text[max(0, match.start() - 60) : match.start()]):
            found[tools[match[1].lower()]] = None
    return list(found)


def _at_the_start(text: str, within: str, named: dict[str, AgentId], follow: frozenset[str]) -> AgentId | None:
    """The agent whose name a text begins with, the longest name first; `within`: as far as a name is looked for,
    `follow`: the words that may come after one."""
    words = list(islice(WORD.finditer(within), LONGEST + 1))
    for length in range(min(len(words), LONGEST), 0, -1):
        target = named.get(" ".join(word[0].casefold() for word in words[:length]))
        if target is not None and _ends_there(text, words, length, follow):
            return target
    return None


def _ends_there(text: str, words: list[re.Match[str]], length: int, follow: frozenset[str]) -> bool:
    """Whether a name of so many words is not part of something else: an address, or words that it only describes."""
    rest = text[words[length - 1].end() :]
    if rest[:1] in ("@", "/", "_") or re.match(r"[.-]\w", rest):
        return False
    if len(words) == length or not rest[:1].isspace():
        return True
    return words[length][0].casefold() in follow or not rest.lstrip()[:1].isalnum()


def _reached(facts: Facts, id: AgentId) -> set[AgentId]:
    """Whom an edge of any kind leads to from this agent."""
    groups = (facts.handoffs_out, facts.flow_out, facts.workers, facts.fallbacks, facts.reports)
    back = {edge.target for edge in facts.loops if edge.source == id}
    return {edge.target for edges in groups for edge in edges[id]} | back


def _with(facts: Facts, agent: Agent, forgotten: list[AgentId]) -> str:
    own = agent.config.get(FIELDS[0])
    text = own if isinstance(own, str) else ""
    lines = []
    for target in forgotten:
        purpose = (facts.agents[target].description or "").strip().rstrip(".")
        when = f" when it is about this: {purpose}." if purpose else " when it knows more about the task."
        lines.append(f"Hand over to {facts.name(target)}{when}")
    return f"{text.rstrip()}\n\n{chr(10).join(lines)}".lstrip()
