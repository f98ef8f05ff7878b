"""How a run proceeds: tokens on edges, activations, attempts, supervision, hand-offs, told as events."""
