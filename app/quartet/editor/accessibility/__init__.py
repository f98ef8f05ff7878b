"""The drawing for assistive technology: what is painted has a name, a role and a state too, and changes are spoken."""
