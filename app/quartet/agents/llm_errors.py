"""What goes wrong with a model, in words for a person and with what the engine needs to know."""

from __future__ import annotations

from pydantic_ai import exceptions as ai

from quartet.agents.calls import AgentError
from quartet.agents.keys import redact

_KINDS: tuple[tuple[type[Exception], str, bool, str], ...] = (
    (ai.ModelQuotaExceededError, "QuotaExceeded", False, "The account has no credit left"),
    (ai.ModelRateLimitError, "RateLimit", True, "The provider asks to slow down"),
    (ai.ModelAuthenticationError, "AuthenticationError", False, "The provider refused the key"),
    (ai.ModelNotFoundError, "ModelNotFound", False, "The provider knows no such model"),
    (ai.ModelContextWindowExceededError, "ContextTooLong", False, "The conversation is too long for the model"),
    (ai.ModelRequestRejectedError, "RequestRejected", False, "The provider refused the request"),
    (ai.ModelUnavailableError, "Unavailable", True, "The provider is not available"),
    (ai.ModelServerError, "ServerError", True, "The provider had an error"),
    (ai.ModelTimeoutError, "ConnectionError", True, "The provider did not answer in time"),
    (ai.ModelConnectionError, "ConnectionError", True, "The provider cannot be reached, or hung up"),
)
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


def as_agent_error(problem: Exception) -> AgentError | None:
    """The AgentError for an exception of the model's library; None if it is none of its own."""
    if isinstance(problem, ai.UsageLimitExceeded):
        return AgentError(
            "The model was asked as often as “Turns” allows and has not finished.", type="TurnLimit", retryable=False
        )
    if isinstance(problem, ai.ContentFilterError):
        return AgentError("The provider's content filter stopped the answer.", type="ContentFilter", retryable=False)
    if isinstance(problem, ai.UnexpectedModelBehavior):
        return AgentError(f"The model answered what cannot be used: {_words(problem)}", type="UnexpectedAnswer")
    for kind, name, retryable, said in _KINDS:
        if isinstance(problem, kind):
            return _api_error(problem, name, retryable, said)
    if isinstance(problem, ai.ModelHTTPError):
        again = problem.status_code in _WORTH_ANOTHER_TRY
        return _api_error(problem, "ServerError" if again else "RequestRejected", again, "The provider refused")
    if isinstance(problem, ai.ModelAPIError):
        return _api_error(problem, "ProviderError", True, "The provider had an error")
    if isinstance(problem, ai.UserError):
        return AgentError(f"The agent cannot run like this: {_words(problem)}", type="ConfigError", retryable=False)
    if isinstance(problem, ai.AgentRunError):
        return AgentError(_words(problem), type=type(problem).__name__)
    return None


def _api_error(problem: Exception, name: str, retryable: bool, said: str) -> AgentError:
    status = getattr(problem, "status_code", None)
    detail = _detail(problem)
    message = said + (f" ({status})" if status else "") + (f": {detail}" if detail else ".")
    return AgentError(message, type=name, retryable=retryable, retry_after=getattr(problem, "retry_after", None))


def _detail(problem: Exception) -> str:
    """What the provider itself said, in its own words."""
    body = getattr(problem, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        said = inner.get("message") if isinstance(inner, dict) else inner
        if isinstance(said, str):
            return _shortened(said)
    return _shortened(body) if isinstance(body, str) else ("" if body is not None else _words(problem))


def _words(problem: Exception) -> str:
    return _shortened(str(problem))


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return redact(flat if len(flat) <= 400 else flat[:399] + "…")
