"""What the inspector calls the values that files write in short: the words of choices and of defaults."""

from __future__ import annotations

from typing import Any

from quartet.engine.meters import say

CHOICES: dict[str, dict[Any, str]] = {
    "join/mode": {
        "all": "All, as long as none failed",
        "all_strict": "All, and all with a value",
        "any": "The first value",
        "n_of_m": "A number of values",
        "quorum": "More than half",
        "all_done": "All, whatever became of them",
        "all_done_min_one": "All, at least one with a value",
        "first_done": "The first, whatever became of it",
        "one_failed": "The first failure",
    },
    "join/on_timeout": {"fail": "Fail", "proceed": "Go on with what is there"},
    "limits/refresh_on": {"auto": "Anything it tells", "heartbeat": "Only a sign of life"},
    "join/on_win": {"cancel": "Are cancelled", "let_run": "May finish"},
    "join/order": {"declared": "As drawn", "completion": "As they arrive"},
    "oversight/strategy": {
        "one_for_one": "Only the failed one",
        "one_for_all": "All workers",
        "rest_for_one": "It and those after it",
        "pool": "Only the failed one; all stop side by side",
    },
    "oversight/dispatch": {
        "graph": "Along the drawn edges",
        "broadcast": "Everything to everybody",
        "split": "One item of a list each",
        "pool": "To whoever is free",
        "manager": "As the model decides",
    },
    "oversight/root_policy": {"fail": "It fails", "ask_human": "A person is asked"},
    "oversight/on_supervisor_crash": {
        "adopt": "Takes its workers as they are",
        "restart_tree": "Starts its workers again",
    },
    "restart": {"transient": "It is restarted", "temporary": "It is given up, as handled"},
    "handover/history": {"full": "The whole conversation", "last": "The last message"},
    "handover/on_limit": {"fail": "Fail", "finish": "Finish with what is there"},
    "board/on_unclaimable": {
        "fail": "Give it up, and fail in the end",
        "wait": "Go on waiting",
        "escalate": "Fail at once",
    },
    "limits/on_limit": {"fail": "Fail", "ask": "Pause and ask"},
    "budget/on_limit": {"fail": "The agent fails", "ask": "The run pauses and asks"},
    "route": {"all": "All whose condition holds", "first": "The first whose condition holds"},
    "on_branch_failure": {"isolate": "The others go on", "cancel_siblings": "The others are cancelled"},
    "runs_in": {"process": "A process of its own", "program": "This program"},
    "method": {},
}
"""By policy and field (or field alone), in the order of the choices."""

DEFAULTS: dict[str, str] = {
    "limits/start_to_close": "default 300 s",
    "limits/schedule_to_start": "no limit",
    "limits/schedule_to_close": "no limit",
    "limits/heartbeat": "no limit",
    "limits/refresh_on": "anything it tells",
    "limits/cancel_grace": "default 5 s",
    "retry/max_interval": "100 × the first",
    "oversight/max_seconds": "no limit",
    "join/timeout": "no limit",
    "join/mode": "all",
    "oversight/strategy": "only the failed one",
    "oversight/dispatch": "by the drawing",
    "oversight/root_policy": "it fails",
    "oversight/on_supervisor_crash": "takes its workers as they are",
    "oversight/max_children": "no limit",
    "oversight/stall_after": "no limit",
    "oversight/first_pause": "default 0 s",
    "oversight/backoff": "default 0.5 s",
    "oversight/max_backoff": "default 30 s",
    "oversight/backoff_reset": "half of the two above together",
    "restart": "it is restarted",
    "handover/history": "the whole conversation",
    "handover/on_limit": "fail",
    "board/on_unclaimable": "give it up, and fail in the end",
    "board/done_when": "when no work is left",
    "limits/on_limit": "pause and ask in the editor, else fail",
    "budget/on_limit": "as the run’s limits",
    "budget/max_cost": "no limit",
    "budget/max_tokens": "no limit",
    "budget/max_seconds": "no limit",
    "budget/max_visits": "no limit",
    "budget/max_hops": "no limit",
    "budget/max_repeats": "as the run",
    "estimate/seconds": "as kept runs show, or its kind",
    "estimate/slow": "three times as long",
    "estimate/fails": "as kept runs show, or its kind",
    "estimate/cost": "by the price table",
    "estimate/items": "3",
    "route": "all whose condition holds",
    "on_branch_failure": "the others go on",
    "max_concurrency": "as many as the run allows",
}
"""What applies where nothing is stated, as the empty field says it."""

YES_NO: dict[Any, str] = {True: "Yes", False: "No"}


def choices(key: str, values: tuple[str, ...], default: Any = None) -> list[tuple[Any, str]]:
    """The options of a choice, the first of them “nothing stated”, with words for each."""
    words = CHOICES.get(key, {})
    named = [(value, words.get(value, _plain(value))) for value in values]
    if default is not None:
        return [(None, f"{words.get(default, _plain(str(default)))} (default)"), *(o for o in named if o[0] != default)]
    hint = DEFAULTS.get(key, "")
    return [(None, f"Default: {hint}" if hint else "Default"), *named]


def _plain(value: str) -> str:
    return value.replace("_", " ")


def seconds(value: Any) -> str:
    """A time as the card says it."""
    return f"{value:g} s" if isinstance(value, int | float) else str(value)


def limits_summary(limits: Any) -> str:
    """What time limits state, in a few words."""
    if limits is None:
        return ""
    parts = []
    if limits.start_to_close is not None:
        parts.append(seconds(limits.start_to_close))
    if limits.schedule_to_close is not None:
        parts.append(f"{seconds(limits.schedule_to_close)} in all")
    if limits.heartbeat is not None:
        parts.append(f"silent ≤ {seconds(limits.heartbeat)}")
    return " · ".join(parts) or "stated"


def retry_summary(retry: Any) -> str:
    """What a retry policy states, in a few words."""
    if retry is None:
        return ""
    count = retry.max_attempts
    return (
        "stated" if count is None else "no retry" if count == 1 else "without end" if count == 0 else f"{count:,} tries"
    )


def policy_summary(name: str, policy: Any) -> str:
    """What a policy states, in a few words; “” where nothing is."""
    if policy is None:
        return ""
    match name:
        case "limits":
            return limits_summary(policy)
        case "retry":
            return retry_summary(policy)
        case "join":
            return CHOICES["join/mode"].get(policy.mode, policy.mode) if policy.n is None else f"{policy.n} values"
        case "oversight":
            words = CHOICES["oversight/strategy"].get(policy.strategy, "") if policy.strategy else ""
            return words or (f"≤ {policy.max_restarts} restarts" if policy.max_restarts is not None else "stated")
        case "budget":
            stated = policy.model_dump(exclude_none=True, exclude={"on_limit"})
            found = [f"≤ {say(name, value)}" for name, value in stated.items() if value]
            return " · ".join(found[:2]) or "stated"
        case "estimate":
            return f"{policy.seconds:g} s" if policy.seconds is not None else "stated"
        case "handover":
            return f"≤ {policy.max_hops} hops" if policy.max_hops is not None else "stated"
        case _:
            return "stated"
