"""What will go wrong in a run, and the Edits that mend it: one module for each family of rules."""
