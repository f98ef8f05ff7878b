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


ELSEWHERE = [
    ("Buchhaltung", "Leite Rechnungsfragen an Buchhaltung weiter.", True),
    ("Buchhaltung", "Übergib Rechnungen an die Buchhaltung, wenn es um Geld geht.", True),
    ("Buchhaltung", "Rechnungen bitte an die Buchhaltung weiterleiten.", True),
    ("Buchhaltung", "Leite nichts an Buchhaltung weiter.", False),
    ("Buchhaltung", "Niemals an die Buchhaltung weiterleiten.", False),
    ("Buchhaltung", "Die Buchhaltung kennt den Kunden.", False),
    ("Facturation", "Transfère les questions d’argent à Facturation.", True),
    ("Facturation", "Transmettez à la Facturation si besoin.", True),
    ("Facturation", "Ne jamais transférer à Facturation.", False),
    ("Pagos", "Transfiere a Pagos cuando pregunten por dinero.", True),
    ("Pagos", "Nunca transferir a Pagos.", False),
    ("Cobrança", "Encaminhe para a Cobrança se for dinheiro.", True),
    ("Fatture", "Inoltra alle Fatture se serve.", True),
    ("Facturen", "Geef vragen over geld door aan Facturen.", True),
    ("Facturen", "Stuur nooit door aan Facturen.", False),
    ("請求担当", "請求の質問は請求担当に引き継いでください。", True),
    ("請求担当", "請求担当には転送しないでください。", False),
    ("財務", "如果与钱有关，转交给財務。", True),
    ("財務", "不要转交给財務。", False),
    ("결제팀", "결제 문의는 결제팀에게 넘기세요.", True),
]


@pytest.mark.parametrize(("name", "text", "told"), ELSEWHERE)
def test_whom_a_task_goes_to_is_read_in_other_languages_too(name: str, text: str, told: bool) -> None:
    desk = agent("Desk", config={"model": "m", "instructions": text})
    graph = draw(desk, agent("Sales"), agent(name, id="target"), edges="desk ^ sales, sales ^ desk")
    assert bool(found(graph, "W010")) == told


def test_whoever_is_further_down_the_flow_gets_it_in_the_end() -> None:
    writer = agent("Writer", config={"model": "m", "instructions": "Write, and pass the text to the Reader."})
    graph = draw(writer, agent("Editor"), agent("Reader"), edges="writer > editor, editor > reader")
    assert not found(graph, "W010")
    assert found(draw(writer | {}, agent("Editor"), agent("Reader"), edges="writer > editor"), "W010")


@pytest.mark.parametrize(
    ("text", "forgotten"),
    [
        ("Money is for the payments people. For broken things call the tech guys. Laws? Our Law.", ["cancellation"]),
        ("Invoices: Payment. Whoever wants to leave the contract early, let go. Tech, law.", []),
        ("Only Payment.", ["technician", "law", "cancellation"]),
    ],
)
def test_a_peer_is_named_by_a_form_of_its_name_or_by_what_it_is_for(text: str, forgotten: list[str]) -> None:
    peers = {"Payment": "Payments", "Technician": "Broken things", "Law": "Law", "Cancellation": "Leave the contract"}
    desk = agent("Desk", config={"model": "m", "instructions": text})
    edges = ", ".join(f"desk ^ {each.lower()}, {each.lower()} ^ desk" for each in peers)
    graph = draw(desk, *(agent(name, description=about) for name, about in peers.items()), edges=edges)
    assert [list(each.agents[1:]) for each in found(graph, "W009")] == ([forgotten] if forgotten else [])


def test_a_peer_is_found_where_words_are_not_set_apart() -> None:
    text = "請求の質問は請求担当に、技術的な問題は技術担当に引き継いでください。"
    desk = agent("受付", id="desk", config={"model": "m", "instructions": text})
    peers = [agent(name, id=id) for name, id in (("請求担当", "a"), ("技術担当", "b"), ("解約担当", "c"))]
    graph = draw(desk, *peers, edges=", ".join(f"desk ^ {id}, {id} ^ desk" for id in "abc"))
    assert [each.agents for each in found(graph, "W009")] == [("desk", "c")]


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("You greet customers. Bills go to Billing.", "You greet customers."),
        ("Send questions about bills to the billing people. Be kind.", ""),
        ("あなたは受付です。請求は請求担当へ。", "あなたは受付です。"),
    ],
)
def test_a_peer_is_described_by_what_it_does_not_by_whom_it_hands_over_to(text: str, described: str) -> None:
    desk = agent("Desk", config={"model": "m", "instructions": text})
    graph = draw(desk, agent("Billing", description="Bills."), edges="desk ^ billing, billing ^ desk")
    [finding] = found(graph, "W002")
    labels = [f"Describe Desk: “{described}”"] if described else []
    assert [fix.label for fix in finding.fixes] == labels


def test_names_in_other_scripts_are_told_apart_and_one_name_twice_is_told_once() -> None:
    peers = [agent(name, id=id, description=name) for name, id in (("受付", "a"), ("請求担当", "b"), ("技術担当", "c"))]
    graph = draw(*peers, edges="a ^ b, a ^ c, b ^ a, c ^ a")
    assert not found(graph, "W005")
    twice = draw(agent("Desk"), agent("Law", id="a"), agent("Law", id="b"), edges="desk ^ a, desk ^ b, a ^ desk")
    assert found(twice, "G013") and not found(twice, "W005")
