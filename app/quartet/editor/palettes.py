"""Every colour of the editor as data: four palettes, of which a person or the system picks one."""

from __future__ import annotations

from typing import Literal

Name = Literal["light", "dark", "contrast_light", "contrast_dark"]
"""The last two are for eyes that need high contrast: black and white grounds, and a line round everything."""

TOKENS: dict[Name, dict[str, str]] = {
    "light": {
        "canvas": "#F6F7F9", "panel": "#FFFFFF", "node": "#FFFFFF", "well": "#F2F4F7", "hover": "#F2F4F7",
        "line": "#E4E7EC", "outline": "#D5DAE1", "grid": "#DCE0E6", "shadow": "#1A1D24",
        "ink": "#1A1D24", "soft": "#667085", "faint": "#98A1B0", "edge": "#98A2B3",
        "accent": "#2F6BFF", "on_accent": "#FFFFFF",
        "running": "#2F6BFF", "succeeded": "#12924A", "failed": "#D92D20", "warning": "#C77700", "idle": "#98A1B0",
        "pipeline": "#2F80ED", "fan_out": "#E8930C", "supervisor": "#7C4DFF", "swarm": "#0FA18F",
    },
    "dark": {
        "canvas": "#14161A", "panel": "#1B1E24", "node": "#22262E", "well": "#262A33", "hover": "#262A33",
        "line": "#2A2E37", "outline": "#363B46", "grid": "#262A32", "shadow": "#000000",
        "ink": "#E8EAEE", "soft": "#99A2B2", "faint": "#6D7686", "edge": "#6B7484",
        "accent": "#5B8CFF", "on_accent": "#0E1014",
        "running": "#5B8CFF", "succeeded": "#45C07A", "failed": "#FF6A5E", "warning": "#F0AE4E", "idle": "#6D7686",
        "pipeline": "#5AA2F5", "fan_out": "#F2AE46", "supervisor": "#A386FF", "swarm": "#3CC7B4",
    },
    "contrast_light": {
        "canvas": "#FFFFFF", "panel": "#FFFFFF", "node": "#FFFFFF", "well": "#FFFFFF", "hover": "#E4E4E4",
        "line": "#595959", "outline": "#000000", "grid": "#B8B8B8", "shadow": "#000000",
        "ink": "#000000", "soft": "#262626", "faint": "#4D4D4D", "edge": "#262626",
        "accent": "#0033B8", "on_accent": "#FFFFFF",
        "running": "#0033B8", "succeeded": "#00541F", "failed": "#8F000E", "warning": "#663C00", "idle": "#4D4D4D",
        "pipeline": "#00409E", "fan_out": "#733C00", "supervisor": "#4A1FB3", "swarm": "#00504A",
    },
    "contrast_dark": {
        "canvas": "#000000", "panel": "#000000", "node": "#000000", "well": "#000000", "hover": "#2B2B2B",
        "line": "#A6A6A6", "outline": "#FFFFFF", "grid": "#474747", "shadow": "#000000",
        "ink": "#FFFFFF", "soft": "#E3E3E3", "faint": "#BFBFBF", "edge": "#E3E3E3",
        "accent": "#7CC4FF", "on_accent": "#000000",
        "running": "#7CC4FF", "succeeded": "#5CE68F", "failed": "#FF9C94", "warning": "#FFC95C", "idle": "#BFBFBF",
        "pipeline": "#8CC4FF", "fan_out": "#FFC266", "supervisor": "#CDB8FF", "swarm": "#66E6D6",
    },
}  # fmt: skip
"""The colours of each theme by name."""

PAINTS: dict[Name, dict[str, str]] = {
    "light": {
        "grey": "#667085", "red": "#C0392B", "amber": "#B26A00", "green": "#2E7D4F", "blue": "#2563C9",
        "violet": "#7A4BC2",
    },
    "dark": {
        "grey": "#A3ABB8", "red": "#F08A80", "amber": "#E5B567", "green": "#7CC79B", "blue": "#83AEF5",
        "violet": "#BC9CF2",
    },
    "contrast_light": {
        "grey": "#404040", "red": "#8F000E", "amber": "#663C00", "green": "#00541F", "blue": "#0033B8",
        "violet": "#4A1FB3",
    },
    "contrast_dark": {
        "grey": "#D0D0D0", "red": "#FF9C94", "amber": "#FFC95C", "green": "#5CE68F", "blue": "#7CC4FF",
        "violet": "#CDB4FF",
    },
}  # fmt: skip
"""The colours that a person may draw agents in, by the names of `quartet.graph.model.AGENT_COLORS`."""
COLOR_NAMES: dict[str, str] = {name: name.capitalize() for name in PAINTS["light"]}
"""What people call those."""
