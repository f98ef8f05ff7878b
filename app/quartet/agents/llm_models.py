"""Makes the model client an `llm` config asks for, with the key from the environment."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from typing import Any

from pydantic_ai.models import Model

from quartet.agents.calls import AgentError
from quartet.agents.keys import key
from quartet.agents.llm import KEYS, LlmConfig
from quartet.agents.tls import tls


async def make_model(config: LlmConfig, stack: AsyncExitStack) -> Model[Any]:
    """The model; `stack` closes its connections.

    Raises:
        AgentError: no model is named, its key is missing, or the package that speaks with its provider is.
    """
    name = config.model or os.environ.get("QUARTET_MODEL", "")
    if not name:
        raise AgentError(
            "The agent says no model: choose one in its settings, or set the environment variable QUARTET_MODEL.",
            type="NoModel",
            retryable=False,
        )
    base_url = config.base_url
    if base_url is None and config.provider == "openai":
        base_url = os.environ.get("OPENAI_BASE_URL") or None
    secret = _key(config, base_url)
    if config.provider == "openai":
        return await _openai(name, base_url, secret, stack)
    return _other(config.provider, name, base_url, secret)


def _key(config: LlmConfig, base_url: str | None) -> str:
    name = config.key_name()
    secret = key(name) if name else None
    if secret is None and (config.key_env or base_url is None):
        raise AgentError(
            f"The environment variable {name} holds no key: set it and start Quartet again.",
            type="MissingKey",
            retryable=False,
        )
    return secret or "none"  # servers of one's own ask for none, the clients insist on some


async def _openai(name: str, base_url: str | None, secret: str, stack: AsyncExitStack) -> Model[Any]:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    # trying again and giving up belong to the engine; a redirect could carry the prompt anywhere
    http = DefaultAsyncHttpxClient(verify=await tls(), timeout=None, follow_redirects=False)
    await stack.enter_async_context(http)
    client = AsyncOpenAI(
        api_key=secret,
        base_url=base_url or "https://api.openai.com/v1",
        max_retries=0,
        timeout=None,
        http_client=http,
    )
    return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))


def _other(provider: str, name: str, base_url: str | None, secret: str) -> Model[Any]:
    """A provider whose package is an extra of ours."""
    try:
        if provider == "anthropic":
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            return AnthropicModel(name, provider=AnthropicProvider(api_key=secret, base_url=base_url))
        if provider == "google":
            from pydantic_ai.models.google import GoogleModel
            from pydantic_ai.providers.google import GoogleProvider

            return GoogleModel(name, provider=GoogleProvider(api_key=secret, base_url=base_url))
        if provider == "mistral":
            from pydantic_ai.models.mistral import MistralModel
            from pydantic_ai.providers.mistral import MistralProvider

            return MistralModel(name, provider=MistralProvider(api_key=secret, base_url=base_url))
        from pydantic_ai.models.groq import GroqModel
        from pydantic_ai.providers.groq import GroqProvider

        return GroqModel(name, provider=GroqProvider(api_key=secret, base_url=base_url))
    except ImportError as problem:
        raise AgentError(
            f"Models of {provider} need a package that is not installed: pip install 'quartet-studio[{provider}]' "
            f"(its usual key is {KEYS[provider]}).",
            type="MissingExtra",
            retryable=False,
        ) from problem
