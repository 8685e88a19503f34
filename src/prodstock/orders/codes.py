"""The codes of orders, in a type of their own, apart from what they name: whoever only tells codes loads no more."""

from __future__ import annotations

from typing import NewType

OrderCode = NewType("OrderCode", str)
