"""Whole numbers in arrays: what goes in is checked, what comes out is never written to."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from prodstock.errors import InvalidTypeError, InvalidValueError

Ints = npt.NDArray[np.int64]
"""Whole numbers of smallest steps, or numbers of items and buckets."""

Floats = npt.NDArray[np.float64]
"""About how much: only ever compared with a bound."""

LIMIT: Final = 2**61
"""What an item has, wants or orders in all stays below it: sums and differences of these fit 64 bits."""


def kept(values: Ints) -> Ints:
    """Return an array that nobody writes to any more."""
    values.setflags(write=False)
    return values


def whole(values: object, shape: tuple[int, ...], field: str) -> Ints:
    """Return a host's array as read-only 64-bit whole numbers: the same memory where it is such an array.

    Raises:
        InvalidTypeError: if it is no array of whole numbers.
        InvalidValueError: if its shape is another, or a number is below zero or out of bounds.
    """
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iu":
        advice = "Give a numpy array of an integer type, in smallest steps"
        raise InvalidTypeError(field=field, value=_about(values), reason="is no array of whole numbers", advice=advice)
    if values.shape != shape:
        advice = "Change a copy of the grid's own array"
        raise InvalidValueError(field=field, value=values.shape, reason=f"is not the shape {shape}", advice=advice)
    same = values.astype(np.int64, copy=False).view()
    if not below(LIMIT, same):
        reason = "has a number below zero or too large to count"
        raise InvalidValueError(field=field, value=_about(values), reason=reason, advice="Give 0 to 2**61")
    return kept(same)


def below(limit: int, values: Ints) -> bool:
    """Return whether all numbers lie from 0 to below a limit: read without their sign, those below zero are large."""
    return not values.size or int(values.view(np.uint64).max()) < limit


def sums(values: Ints) -> Floats:
    """Return for each column at least its sum, about: exactness does not matter where a column is far from the bound.

    What is small is not added up, as that takes several times as long.
    """
    most = len(values) * int(values.max(initial=0))
    return np.full(values.shape[1], float(most)) if most < LIMIT >> 10 else values.sum(axis=0, dtype=np.float64)


def _about(values: object) -> str:
    if isinstance(values, np.ndarray):
        return f"an array of {values.dtype} {values.shape}"
    return f"a {type(values).__name__}"
