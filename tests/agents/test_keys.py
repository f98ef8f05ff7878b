"""Keys are read from the environment and never seen again."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from quartet.agents import keys
from quartet.agents.keys import RedactingFilter, hide, key, redact

SECRET = "sk-a/b+c=d e-secret"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(keys, "_live", {})
    yield


def test_a_key_is_read_when_it_is_set_and_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", f" {SECRET}\n")
    assert key("THE_KEY") == SECRET
    monkeypatch.setenv("THE_KEY", "  ")
    assert key("THE_KEY") is None
    assert key("NO_SUCH_KEY") is None


def test_a_key_that_was_read_disappears_from_texts_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", SECRET)
    assert redact(f"a {SECRET}") == f"a {SECRET}", "nobody has read it yet"
    key("THE_KEY")
    for form in (
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ):
        assert redact(f"before {form} after") == "before •••THE_KEY••• after"


def test_the_longer_of_two_keys_is_hidden_whole() -> None:
    hide("abcdef", "A")
    hide("abcdefghi", "B")
    assert redact("abcdefghi abcdef") == "•••B••• •••A•••"


def test_what_is_too_short_to_be_a_key_is_left() -> None:
    hide("test", "SHORT")
    assert redact("this is a test") == "this is a test"


def test_a_log_is_cleaned_with_its_arguments_and_tracebacks() -> None:
    hide(SECRET, "THE_KEY")
    seen: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(self.format(record))

    handler = Handler()
    handler.addFilter(RedactingFilter())
    logger = logging.Logger("test_keys")  # not in the hierarchy, so nobody else sees it
    logger.addHandler(handler)
    logger.info("calling with %s", {"key": SECRET})
    try:
        raise ValueError(f"bad {SECRET}")
    except ValueError:
        logger.exception("failed")
    assert len(seen) == 2 and not any(SECRET in text for text in seen)
    assert "•••THE_KEY•••" in seen[0] and "bad •••THE_KEY•••" in seen[1]
