"""What instructions say of handing over, in the words that people use."""

from __future__ import annotations

import pytest

from rules.drawings import agent, draw, found

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
