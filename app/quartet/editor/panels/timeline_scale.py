"""Where a moment of a run stands on the timeline, in pixels, and which moments its ruler names: pure numbers."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Distances of the ruler's marks that a person can read, in seconds."""
LEAST = 1.0
"""The shortest stretch the timeline fits to, in seconds: a run that has just begun does not leap about."""
ROOM = 1.06
"""How much more than the run is shown when all of it fits, so that the present is not glued to the border."""
CLOSEST = 20_000.0
"""Pixels a second, at most."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`origin` seconds stand at pixel 0; a second is `per_second` pixels wide."""

    origin: float = 0.0
    per_second: float = 40.0

    def x(self, t: float) -> float:
        """The pixel of a moment."""
        return (t - self.origin) * self.per_second

    def t(self, x: float) -> float:
        """The moment at a pixel, never before the start."""
        return max(0.0, self.origin + x / self.per_second)

    def zoomed(self, factor: float, x: float, end: float, width: float) -> Scale:
        """Closer or farther by `factor` with the moment at pixel `x` staying where it is."""
        least = fitted(end, width).per_second
        per_second = min(max(self.per_second * factor, least), CLOSEST)
        if per_second == least:
            return fitted(end, width)
        return Scale(self.origin + x / self.per_second - x / per_second, per_second).held(end, width)

    def moved(self, pixels: float, end: float, width: float) -> Scale:
        """Scrolled by so many pixels to later moments, never past the run's ends."""
        return Scale(self.origin + pixels / self.per_second, self.per_second).held(end, width)

    def held(self, end: float, width: float) -> Scale:
        """The same scale with its view kept within the run."""
        latest = max(0.0, end * ROOM - width / self.per_second)
        return Scale(min(max(0.0, self.origin), latest), self.per_second)

    def marks(self, width: float, apart: float = 72.0) -> list[tuple[float, float]]:
        """(moment, pixel) of the ruler's marks, at least `apart` pixels from each other."""
        least = apart / self.per_second
        step = next((step for step in STEPS if step >= least), None)
        if step is None:
            step = STEPS[-1] * -(-least // STEPS[-1])
        first = int(self.origin / step)
        last = int(self.t(width) / step)
        found = ((i * step, self.x(i * step)) for i in range(first, last + 1))
        return [(t, x) for t, x in found if x >= 0]


def fitted(end: float, width: float) -> Scale:
    """The scale at which a run of `end` seconds fits into `width` pixels."""
    return Scale(0.0, max(width, 1.0) / (max(end, LEAST) * ROOM))


def mark(t: float) -> str:
    """What the ruler calls a moment: no more digits than it needs."""
    if t < 60:
        return f"{t:.3f}".rstrip("0").rstrip(".") + " s" if t else "0"
    minutes, rest = divmod(round(t), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
