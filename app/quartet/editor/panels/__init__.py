"""The docks around the canvas, one module for each."""
