"""What models cost: whose price counts, which name stands for which model, and files that are not right."""

import json
from pathlib import Path

import pytest

from quartet.engine.prices import Price, PriceTable, load, read_own, shipped, write_own
from quartet.graph.strict_json import FileProblem

MINE = PriceTable(own={"gpt-5": Price(1, 10, 0.5)}, shipped={"gpt-5": Price(2, 20), "gpt-5-mini": Price(3, 30)})
REPORT = {"input_tokens": 1_000_000, "output_tokens": 100_000}


@pytest.mark.parametrize(
    "model", ["gpt-5", "GPT-5", "gpt-5-2025-08-07", "openai:gpt-5", "openai/gpt-5:free", "router:openai/gpt-5@eu"]
)
def test_a_name_stands_for_its_versions_with_the_provider_in_front_or_without(model: str) -> None:
    assert MINE.find(model) == (Price(1, 10, 0.5), True)


@pytest.mark.parametrize("model", ["gpt-50", "gpt-5.1", "gpt", "", "my-gpt-5"])
def test_a_name_that_only_begins_alike_is_another_model(model: str) -> None:
    assert MINE.find(model) is None


def test_the_longest_name_counts() -> None:
    table = PriceTable(shipped={"gpt-5": Price(1, 1), "gpt-5-mini": Price(2, 2)})
    assert table.find("gpt-5-mini-2025") == (Price(2, 2), False)


def test_an_own_price_wins_over_what_the_report_names_and_that_over_the_shipped_one() -> None:
    assert MINE.priced({**REPORT, "model": "gpt-5", "cost": 7.0})["cost"] == pytest.approx(1 + 1)
    only_shipped = PriceTable(shipped={"gpt-5": Price(2, 20)})
    assert only_shipped.priced({**REPORT, "model": "gpt-5", "cost": 7.0})["cost"] == 7.0
    assert only_shipped.priced({**REPORT, "model": "gpt-5"})["cost"] == pytest.approx(2 + 2)


def test_cached_input_has_its_own_price_where_one_is_stated() -> None:
    report = {**REPORT, "cached_tokens": 400_000, "model": "gpt-5"}
    assert MINE.priced(report)["cost"] == pytest.approx(0.6 * 1 + 0.4 * 0.5 + 1)
    dear = PriceTable(own={"gpt-5": Price(1, 10)})
    assert dear.priced(report)["cost"] == pytest.approx(1 + 1)


def test_a_model_that_nobody_knows_has_no_cost_rather_than_none_to_pay() -> None:
    assert "cost" not in MINE.priced({**REPORT, "model": "house-brand"})
    assert "cost" not in MINE.priced(REPORT)
    free = PriceTable(own={"house-brand": Price(0, 0)})
    assert free.priced({**REPORT, "model": "house-brand"})["cost"] == 0


@pytest.mark.parametrize(
    ("report", "named"),
    [
        ("lots", "object"),
        ({"input_tokens": "many"}, "input_tokens"),
        ({"output_tokens": -1}, "output_tokens"),
        ({"cached_tokens": True}, "cached_tokens"),
        ({"requests": 1.5}, "requests"),
        ({"cost": "free"}, "cost"),
        ({"cost": -1}, "cost"),
        ({"cost": float("nan")}, "cost"),
    ],
)
def test_what_is_no_report_is_refused_by_name(report: object, named: str) -> None:
    with pytest.raises(TypeError, match=named):
        MINE.priced(report)


def test_the_shipped_prices_say_when_and_whence_and_all_can_be_used() -> None:
    table = shipped()
    assert table.as_of and table.source
    assert len(table.shipped) > 100
    assert all(price.input >= 0 and price.output > 0 for price in table.shipped.values())
    for provider, model in (("openai", "gpt-5-mini"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro")):
        assert table.find(f"{provider}:{model}") is not None


def test_own_prices_are_kept_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "prices.json"
    prices = {"llama3.2": Price(0, 0), "größe": Price(0.25, 2, 0.025)}
    write_own(prices, path)
    assert read_own(path) == prices
    assert load(path).find("größe-2") == (Price(0.25, 2, 0.025), True)
    assert load(path).find("gpt-5") is not None


def test_no_file_and_an_empty_one_are_no_own_prices(tmp_path: Path) -> None:
    assert read_own(tmp_path / "prices.json") == {}
    (tmp_path / "prices.json").write_text(" \n")
    assert read_own(tmp_path / "prices.json") == {}


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ('{"prices": {\n  "a": {"input": 1, "output": 2},\n  "b": {"input": 1}\n}}', 3, "output"),
        ('{"prices": {\n  "a": {"input": "dear", "output": 2}}}', 2, "input"),
        ('{"prices": {\n  "a": {"input": -1, "output": 2}}}', 2, "input"),
        ('{"prices": {\n\n  "a": {"input": 1, "output": 2, "per": "token"}}}', 3, "per"),
        ('{"prices": {"a": 3}}', 1, "a"),
        ('{"prices": {\n  "a": {"input": 1,, "output": 2}}}', 2, "JSON"),
        ('{"prices": [\n]}', 1, "prices"),
        ("[]", 1, "prices"),
        ('{"prices": {"": {"input": 1, "output": 2}}}', 1, "name"),
        ('{"prices": {"a": {"input": 1e999, "output": 2}}}', 1, "1e999"),
    ],
)
def test_a_file_that_is_not_right_is_refused_with_its_line(tmp_path: Path, text: str, line: int, named: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(text)
    with pytest.raises(FileProblem, match=named) as refused:
        read_own(path)
    assert refused.value.line == line
    assert str(path) in str(refused.value)


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="cannot be read"):
        read_own(tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(FileProblem, match="cannot be kept"):
        write_own({}, blocked / "prices.json")


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"prices": {"gpt-5": {"input": 9, "output": 9}}}))
    monkeypatch.setenv("QUARTET_PRICES", str(path))
    assert load().find("gpt-5") == (Price(9, 9), True)
