"""The drawing surface: scene, view, items, and one object for each gesture."""
