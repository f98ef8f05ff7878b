"""What will go wrong in a run, and the Edits that mend it: one module for each family of rules.

A rule is a decorated pure function from `Facts` to findings. Importing a module registers its rules, in this order.
"""

from quartet.rules import structure, circles, expressions, any_graph, budgets, pipeline  # noqa: F401, I001
from quartet.rules import expected, fan_out, independence, supervisor  # noqa: F401
from quartet.rules import swarm, boundaries, sharing, intent, offers  # noqa: F401
from quartet.rules import merging, disabled, standing_in, sub_graphs, answers  # noqa: F401
from quartet.rules.finding import Finding, Fix, Severity
from quartet.rules.registry import Rule, all_rules, find, findings, rule

__all__ = ["Finding", "Fix", "Rule", "Severity", "all_rules", "find", "findings", "rule"]
