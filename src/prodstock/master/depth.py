"""How far a question about bills of material goes."""

from enum import StrEnum


class Depth(StrEnum):
    """How far down, or up, a question goes."""

    ONE_LEVEL = "one-level"
    ALL_LEVELS = "all-levels"
