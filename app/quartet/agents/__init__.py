"""What an agent can do: one module for each kind."""
