"""What instructions say of handing over, in the words that people use."""

from __future__ import annotations

import pytest

from quartet.graph.model import AgentId
from quartet.graph.names import with_ids
from rules.drawings import after, agent, draw, found

TOLD = [
    "If the customer has a billing question, hand off to Billing.",
    "Hand the conversation over to the Billing team when money is involved.",
    "Call transfer_to_billing for invoices.",
    "Escalate to Billing only if asked.",
    "Hand over\nto **Billing**, and say why.",
    "delegate this to `Billing`",
]
NOT_TOLD = [
    "Billing questions go elsewhere.",
    "Do not hand off to Billing under any circumstances.",
    "You must never, ever transfer customers to Billing.",
    "Never call transfer_to_billing.",
    "Refer to Billing documents when answering.",
    "Forward the mail to billing@example.com.",
    "Refer to billing.example.com for prices.",
    "Only Sales may hand over to Billing.",
]


@pytest.mark.parametrize("text", TOLD + NOT_TOLD)
def test_whom_instructions_send_a_task_to_is_read_as_people_write_it(text: str) -> None:
    triage = agent("Triage", config={"model": "m", "instructions": text})
    graph = draw(triage, agent("Sales"), agent("Billing"), edges="triage ^ sales, sales ^ triage")
    assert bool(found(graph, "W010")) == (text in TOLD)


@pytest.mark.parametrize(
    ("text", "forgotten"),
    [
        ("Sales goes to Sales. Invoices go to Billing.", True),
        ("Sales goes to Sales. Else pick the best specialist.", False),
        ("Sales goes to Sales; otherwise choose whichever agent fits.", False),
        ("Verkauf → Sales, Abrechnung → Billing, Recht → Legal", False),
    ],
)
def test_who_is_to_choose_among_all_of_them_forgets_nobody(text: str, forgotten: bool) -> None:
    triage = agent("Triage", config={"model": "m", "instructions": text})
    peers = ("sales", "billing", "legal")
    edges = ", ".join(f"triage ^ {peer}, {peer} ^ triage" for peer in peers)
    graph = draw(triage, *(agent(peer.title()) for peer in peers), edges=edges)
    assert bool(found(graph, "W009")) == forgotten


@pytest.mark.parametrize("text", ["Polish this: {value}", "Polish ${draft}", "{% if value %}Polish it{% endif %}"])
def test_what_other_programs_would_put_in_is_said_to_be_plain_text(text: str) -> None:
    bob = agent("Bob", config={"model": "m", "instructions": "Polish.", "prompt": text})
    [finding] = found(draw(agent("Ann"), bob, edges="ann > bob"), "P003")
    assert "is plain text here: “{{ value }}” puts the result in." in finding.detail


def test_a_way_that_is_taken_in_some_cases_only_is_not_what_every_peer_must_come_to() -> None:
    peers = [agent(name, description="Knows it.") for name in ("Desk", "Research", "Summary")]
    edges = "desk ^ research, desk ^ summary, research > trouble ? value == 'broken'"
    assert not found(draw(*peers, agent("Trouble"), edges=edges), "W004")
    assert found(draw(*peers, agent("Trouble"), edges=edges.partition(" ?")[0]), "W004")


@pytest.mark.parametrize("id", ["ann", "node-1", "1", "prüfer", "for", 'a"b', "a b"])
def test_what_is_added_to_a_text_can_be_read_whatever_the_id_is(id: str) -> None:
    bob = agent("Bob", config={"model": "m", "instructions": "Polish.", "prompt": "Polish it"})
    graph = draw(agent("Ann", id="first"), bob, edges="first > bob")
    graph = with_ids(graph, {AgentId("first"): AgentId(id)})
    [finding] = found(graph, "P003")
    mended = after(graph, finding.fixes[0].edits)
    assert not {each.code for each in found(mended)} & {"P003", "G006", "G007"}


@pytest.mark.parametrize(("text", "code"), [("{{ from.node-1 }}", "G007"), ("{{ from.1 }}", "G006")])
def test_an_id_that_no_expression_can_hold_is_told_as_it_must_be_written(text: str, code: str) -> None:
    id = text[8:-3].strip()
    bob = agent("Bob", config={"model": "m", "instructions": "Polish.", "prompt": text})
    [finding] = found(draw(agent("Ann", id=id), bob, edges=f"{id} > bob"), code)
    assert f'Ann is written “from["{id}"]”.' in finding.detail


def test_a_result_that_does_not_come_in_is_told_once() -> None:
    total = agent("Sum", config={"model": "m", "instructions": "Sum up.", "prompt": "{{ from.ann }}, {{ from.bob }}"})
    graph = draw(agent("Go", "trigger"), agent("Ann"), agent("Bob"), agent("All", "collector"), total,
                 edges="go > ann, go > bob, ann > all, bob > all, all > sum")  # fmt: skip
    assert [each.code for each in found(graph) if "sum" in each.agents] == ["G007"]
