"""Scripts of peers at a board, and what one asks of a run with one."""


def asks(*calls, **more) -> dict:
    """Asks for these, each `tool` or `(tool, arguments)`, then goes on as `more` says."""
    found = [{"tool": c} if isinstance(c, str) else {"tool": c[0], "arguments": c[1]} for c in calls]
    return {"calls": found, **more}


def posted(told) -> list:
    return [d["value"] for d in told.data("work.posted")]


def claims(told) -> list:
    return [(e.t, e.data["item"], e.data["by"], e.data["fence"]) for e in told.of("work.claimed")]


SLEEPS = {"skills": ["a", "b"]}
"""Less specific, so asked only if nobody else is free."""
