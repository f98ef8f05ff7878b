"""The agent kind `llm`: a language model, any that speaks the chat-completions protocol first.

Only the config lives here; the conversation itself is in `llm_session`, imported when an agent first runs.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from quartet.agents.calls import Answer, Call, Emit
from quartet.agents.kinds import Config, kind

Provider = Literal["openai", "anthropic", "google", "mistral", "groq"]
KEYS: dict[str, str] = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GOOGLE_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "groq": "GROQ_API_KEY",
}
"""The environment variable that holds each provider's key, unless a config names another."""


class LlmConfig(Config):
    """Which model, what it is told, and what it must give."""

    model: str = Field(
        "",
        title="Model",
        description="As the provider calls it. Empty: the one in the environment variable QUARTET_MODEL.",
    )
    instructions: str = Field(
        "",
        title="Instructions",
        description="Who the agent is and how it works: the system prompt.",
        json_schema_extra={"widget": "prompt", "template": True},
    )
    prompt: str | None = Field(
        None,
        title="Message",
        description="What it is told each time; without one, what came in. {{ value }} is what the agent received.",
        json_schema_extra={"widget": "prompt", "template": True},
    )
    provider: Provider = Field(
        "openai", title="Provider", description="“openai” is every server that speaks its protocol, also your own."
    )
    base_url: str | None = Field(
        None,
        title="Address",
        description="Of another server, such as http://localhost:11434/v1. "
        "Empty: OPENAI_BASE_URL from the environment, else the provider's.",
    )
    key_env: str | None = Field(
        None,
        title="Key from",
        description="Name of the environment variable that holds the key. Empty: the provider's usual one; "
        "none is sent to an address stated here.",
        json_schema_extra={"widget": "secret"},
    )
    temperature: float | None = Field(
        None, ge=0, le=2, allow_inf_nan=False, title="Temperature", description="0 = always the likeliest words."
    )
    max_tokens: int | None = Field(None, ge=1, title="Longest answer", description="In tokens.")
    output_schema: dict[str, Any] | None = Field(
        None,
        title="Structure of the answer",
        description="A JSON Schema of an object: the answer is then an object whose fields others can use.",
        json_schema_extra={"widget": "code"},
    )
    max_turns: int = Field(
        10, ge=1, le=1000, title="Turns", description="Times the model may be asked in one go, tool calls included."
    )

    @field_validator("base_url")
    @classmethod
    def _address(cls, base_url: str | None) -> str | None:
        if not base_url:
            return None
        try:
            parts = urlsplit(base_url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable or any(ord(c) <= 32 or c == "\\" for c in base_url):
            raise ValueError("an address begins with http:// or https:// and a host, such as http://localhost:11434/v1")
        if parts.username or parts.password:
            raise ValueError("a key does not belong in a graph: name the environment variable that holds it")
        return base_url

    @field_validator("key_env")
    @classmethod
    def _name_not_key(cls, key_env: str | None) -> str | None:
        if not key_env:
            return None
        if not key_env.replace("_", "").isalnum() or key_env[0].isdigit() or not key_env.isascii():
            raise ValueError(
                "this is the name of an environment variable, such as OPENAI_API_KEY, never the key itself"
            )
        return key_env

    @field_validator("output_schema")
    @classmethod
    def _object(cls, schema: dict[str, Any] | None) -> dict[str, Any] | None:
        if schema is not None and schema.get("type") != "object":
            raise ValueError('the answer must be an object: {"type": "object", "properties": {…}}')
        return schema

    def essence(self) -> str:
        return self.model

    def key_name(self) -> str | None:
        """The environment variable whose key is sent; None: no key (an address is stated and no key for it)."""
        if self.key_env:
            return self.key_env
        return None if self.base_url else KEYS[self.provider]


def _surface(config: LlmConfig) -> list[str]:
    """A key or a prompt that goes where the provider's own address would not have sent it."""
    key = config.key_name()
    if config.base_url:
        with_key = f" with the key in {key}" if key else ""
        return [f"sends its messages to {config.base_url}{with_key}"]
    if key != KEYS[config.provider]:
        return [f"sends the key in {key} to {config.provider}"]
    return []


@kind(
    "llm",
    title="Language model",
    summary="Thinks, writes, decides",
    icon="bot",
    config=LlmConfig,
    surface=_surface,
    careful=True,
)
async def execute(config: LlmConfig, call: Call, emit: Emit) -> Answer:
    """Ask the model; see `llm_session.converse`.

    Raises:
        AgentError: what the model, its provider or the config refused.
    """
    from quartet.agents.threads import in_thread

    await in_thread(_import_client, "import model client")
    from quartet.agents.llm_session import converse

    return await converse(config, call, emit)


def _import_client() -> None:
    """Takes a second the first time, in which the loop goes on."""
    import quartet.agents.llm_session  # noqa: F401
