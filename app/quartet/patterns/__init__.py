"""What a drawing means: its pattern tree, the questions that led there, and where the agents stand."""
