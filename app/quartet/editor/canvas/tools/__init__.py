"""Gestures of the pointer: one module and one object each, with press, move, release and cancel."""
