"""Keys, models and configs of `llm` agents."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_ai import Agent
from pydantic_ai.models.instrumented import InstrumentationSettings

import quartet.agents.llm_session  # noqa: F401
from agents.agent_calls import chatting as config
from agents.agent_calls import execute
from quartet.agents import kinds
from quartet.agents.calls import AgentError, Value
from quartet.agents.llm import LlmConfig
from servers.chat_server import Reply, says


async def test_the_key_comes_from_the_environment_and_never_shows(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_MODEL_KEY", "sk-very-secret-1234")
    server = serve([says("ok"), Reply("wrong key sk-very-secret-1234", status=401)])
    await execute("llm", config(server, key_env="MY_MODEL_KEY"), value="x")
    assert server.asked[0].headers["authorization"] == "Bearer sk-very-secret-1234"
    with pytest.raises(AgentError) as raised:
        await execute("llm", config(server, key_env="MY_MODEL_KEY"), value="x")
    assert "sk-very-secret" not in str(raised.value) and "MY_MODEL_KEY" in str(raised.value)


async def test_a_stated_address_gets_no_key_unless_one_is_named(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-key-5678")
    server = serve(says("ok"))
    await execute("llm", config(server), value="x")
    assert "sk-openai" not in str(server.asked[0].headers)


async def test_without_a_key_the_variable_to_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(AgentError, match="OPENAI_API_KEY") as raised:
        await execute("llm", {"model": "m"}, value="x")
    assert (raised.value.type, raised.value.retryable) == ("MissingKey", False)


async def test_model_and_server_can_come_from_the_environment(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(says("ok"))
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    with pytest.raises(AgentError, match="QUARTET_MODEL"):
        await execute("llm", {}, value="x")
    monkeypatch.setenv("QUARTET_MODEL", "local")
    assert await execute("llm", {}, value="x") == Value("ok")
    assert server.asked[0].model == "local"


def test_whoever_traces_models_sees_that_something_was_said_and_not_what() -> None:
    settings = Agent._instrument_default
    assert isinstance(settings, InstrumentationSettings)
    assert not settings.include_content and not settings.include_binary_content


@pytest.mark.parametrize("provider", ["anthropic", "google", "mistral", "groq"])
async def test_a_provider_whose_package_is_missing_says_which_extra_to_install(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("models", "providers"):
        monkeypatch.setitem(sys.modules, f"pydantic_ai.{name}.{provider}", None)
    monkeypatch.setenv("SOME_KEY", "123456789")
    with pytest.raises(AgentError, match=rf"quartet-studio\[{provider}\]") as raised:
        await execute("llm", {"model": "m", "provider": provider, "key_env": "SOME_KEY"}, value="x")
    assert raised.value.type == "MissingExtra"


async def test_a_failing_template_names_the_place_before_anything_is_sent(serve: Any) -> None:
    server = serve(says("ok"))
    with pytest.raises(AgentError, match="line 2, column 10") as raised:
        await execute("llm", config(server, prompt="Dear,\n{{ value.name }}"), value={})
    assert raised.value.type == "ExpressionError" and not server.asked


@pytest.mark.parametrize(
    ("field", "value", "says_"),
    [
        ("base_url", "ftp://x", "http://"),
        ("base_url", "http://user:pass@x/v1", "key does not belong"),
        ("base_url", "http://x:99999/v1", "http://"),
        ("key_env", "sk-abc-123", "never the key itself"),
        ("temperature", float("nan"), "finite"),
        ("temperature", 3, "2"),
        ("max_turns", 0, "1"),
        ("output_schema", {"type": "string"}, "object"),
        ("model_name", "x", "Extra"),
    ],
)
def test_a_config_that_cannot_work_is_refused(field: str, value: Any, says_: str) -> None:
    with pytest.raises(ValidationError, match=says_):
        LlmConfig.model_validate({field: value})


@pytest.mark.parametrize(
    ("config", "lines"),
    [
        ({"model": "gpt"}, []),
        ({"key_env": "OPENAI_API_KEY"}, []),
        ({"key_env": "AWS_SECRET"}, ["sends the key in AWS_SECRET to openai"]),
        ({"base_url": "http://localhost:1/v1"}, ["sends its messages to http://localhost:1/v1"]),
        (
            {"base_url": "https://e.vil/v1", "key_env": "OPENAI_API_KEY"},
            ["sends its messages to https://e.vil/v1 with the key in OPENAI_API_KEY"],
        ),
    ],
)
def test_what_a_stranger_could_have_it_send_elsewhere_needs_trust(config: dict[str, Any], lines: list[str]) -> None:
    kind = kinds.find("llm")
    assert kind is not None and kind.surface(LlmConfig.model_validate(config)) == lines
