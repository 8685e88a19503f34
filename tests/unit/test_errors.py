"""Every error has a class of its own, a stable code, fields, a hint, and a builtin that it resembles."""

import copy
import inspect
import pickle  # noqa: TID251 - errors cross processes with their fields
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from prodstock import errors
from prodstock.errors import ProdstockError

EXAMPLES: dict[str, ProdstockError] = {
    "unknown-code": errors.UnknownCode(kind="item", given="MIC-01", nearest=("MIC-001",)),
    "ambiguous-code": errors.AmbiguousCode(given="X", candidates=("lot X", "serial X")),
    "invalid-value": errors.InvalidValueError(field="scale", value=-1, reason="is below zero", advice="Use 0 or more"),
    "invalid-type": errors.InvalidTypeError(field="quantity", value=0.1, reason="is a float", advice='Write "0.1"'),
    "invalid-data": errors.InvalidData(
        findings=[errors.Finding("items", row, "unit", "unknown-code", "unknown unit") for row in (1, 2)]
    ),
    "refused": errors.Refused(reason="nothing is there", advice="Receive it first"),
    "key-reused": errors.KeyReused(key="web-1"),
    "not-enough": errors.NotEnough(item="BOX", goods="BOX", asked=Decimal(2), there=Decimal(1), unit="pcs"),
    "not-allowed": errors.NotAllowed(what="MO-1", state="closed", asked="issue", legal=("reopen",)),
    "not-releasable": errors.NotReleasable(goods="HD-7 L-1", missing=("label",)),
    "cannot-reserve": errors.CannotReserve(
        ref="SO-1", short=[errors.ShortLine("BOX", Decimal(2), Decimal(1), "pcs", "none in stock")]
    ),
    "conflict": errors.Conflict(streams=("stock:BOX@MAIN",)),
    "broken-invariant": errors.BrokenInvariant(invariant="I2", detail="BOX: -1"),
}


def kinds(root: type[ProdstockError] = ProdstockError) -> Iterator[type[ProdstockError]]:
    """Yield every error that the library can raise."""
    for kind in root.__subclasses__():
        if kind.__module__ == "prodstock.errors":
            yield kind
            yield from kinds(kind)


def test_every_error_has_a_code_of_its_own() -> None:
    """Codes are for ever: programs and translations hang on them."""
    assert {kind.code for kind in kinds()} == EXAMPLES.keys()
    assert {code: type(error).code for code, error in EXAMPLES.items()} == {code: code for code in EXAMPLES}


@pytest.mark.parametrize("code", EXAMPLES)
def test_it_says_what_is_wrong_and_what_to_do(code: str) -> None:
    """One sentence, then the hint; the representation is one short line."""
    error = EXAMPLES[code]

    assert error.hint
    assert str(error) == f"{error.message}. {error.hint}"
    assert "\n" not in repr(error)
    assert len(repr(error)) < 120


@pytest.mark.parametrize("code", EXAMPLES)
def test_it_travels_with_its_fields(code: str) -> None:
    """Pickled or copied, an error says the same and has the same fields."""
    error = EXAMPLES[code]
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301 - our own
        assert type(twin) is type(error)
        assert str(twin) == str(error)


@pytest.mark.parametrize(
    ("builtin", "codes"),
    [
        (LookupError, {"unknown-code", "ambiguous-code"}),
        (ValueError, {"invalid-value", "invalid-type", "invalid-data"}),
        (TypeError, {"invalid-type"}),
        (AssertionError, {"broken-invariant"}),
    ],
)
def test_it_resembles_a_builtin(builtin: type[Exception], codes: set[str]) -> None:
    """Who knows nothing of this library catches the builtin."""
    assert {code for code, error in EXAMPLES.items() if isinstance(error, builtin)} == codes


def test_what_the_plant_says_no_with_is_a_refusal() -> None:
    """One name catches all of them, and none of the bad calls."""
    refusals = {code for code, error in EXAMPLES.items() if isinstance(error, errors.Refused)}
    assert refusals == {"refused", "key-reused", "not-enough", "not-allowed", "not-releasable", "cannot-reserve"}


def test_a_refusal_about_a_later_moment_names_it() -> None:
    """What is missing later is said with the moment."""
    error = errors.NotEnough(
        item="BOX",
        goods="BOX",
        asked=Decimal(2),
        there=Decimal(1),
        unit="pcs",
        moment=datetime(2026, 3, 2, 6, tzinfo=UTC),
    )
    assert "on 2026-03-02 06:00 UTC" in str(error)


def test_an_error_is_made_of_its_fields_and_no_others() -> None:
    """What is forgotten or misspelt is refused when the error is made, not when somebody reads it."""
    with pytest.raises(TypeError, match=r"NotEnough needs .*'there'"):
        errors.NotEnough(item="BOX", goods="BOX", asked=Decimal(2), unit="pcs")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"KeyReused has no .*'kye'"):
        errors.KeyReused(key="web-1", kye="web-2")  # type: ignore[call-arg]


@pytest.mark.parametrize("code", EXAMPLES)
def test_its_signature_names_its_fields(code: str) -> None:
    """Help and documentation show by which fields a kind of error is made; those of its parent come first."""
    kind = type(EXAMPLES[code])
    named = list(inspect.signature(kind).parameters.values())
    fields = [name for above in reversed(kind.__mro__) for name in inspect.get_annotations(above)]
    assert [one.name for one in named] == [name for name in fields if name != "code" and not name.startswith("__")]
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in named)
