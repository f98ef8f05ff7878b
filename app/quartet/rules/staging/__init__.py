"""How the failure that a finding warns of is made to happen in a rehearsal: one module for each family of rules.

A stage is a function of the drawing and the finding. It returns what to watch, the Edits that script the agents the
finding is about, and the moment; None where this drawing gives nothing to watch. With the Edits in place the moment
comes, and it comes no more once the finding is mended: tests/rules/test_watching.py holds every stage to that.
"""

from quartet.rules.staging import any_graph, fan_out, idle, pipeline, supervisor, swarm, texts  # noqa: F401
from quartet.rules.staging.stage import Scene, stage_for, staged_codes

__all__ = ["Scene", "stage_for", "staged_codes"]
