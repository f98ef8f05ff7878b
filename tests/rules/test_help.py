"""Every rule has a section in the help page of its family."""

import pytest

from quartet.paths import RESOURCES
from quartet.rules import all_rules, find
from quartet.rules.help import explanation, page, sections

FAMILIES = sorted({each.family for each in all_rules()})


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_rule_is_explained_under_its_own_title(rule: object) -> None:
    title, text = sections(rule.family)[rule.code]  # type: ignore[attr-defined]
    assert title == rule.about  # type: ignore[attr-defined]
    assert len(text) > 60 and explanation(rule.code) == text  # type: ignore[attr-defined]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_page_explains_a_rule_that_is_gone(family: str) -> None:
    for code in sections(family):
        known = find(code)
        assert known is not None and known.family == family, code


def test_every_page_belongs_to_a_family() -> None:
    assert {path.stem for path in (RESOURCES / "help").glob("*.md")} >= set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_section_says_what_to_do(family: str) -> None:
    assert page(family).startswith("# ")
    for code, (_, text) in sections(family).items():
        assert "Remedy." in text or code == "G019", code


def test_a_code_nobody_knows_has_no_explanation() -> None:
    assert explanation("Z999") == ""
