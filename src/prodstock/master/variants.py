"""What may be chosen of the items of a catalog, and what of it decides how each of them is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.master.bom_terms import LineRole
from prodstock.master.item import Supply
from prodstock.master.spelling import nearest_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.master.bom import BomLine
    from prodstock.master.book import Book
    from prodstock.master.choices import Choices
    from prodstock.master.option import Option

_NONE: frozenset[str] = frozenset()


def unknown_option(name: str, known: Iterable[str], of: str = "") -> UnknownCode:
    """Return the refusal of an option that there is not, or that decides nothing of an item."""
    known = sorted(known)
    kind, near = f"option of {of}" if of else "option", nearest_codes(name, known)
    there = f"The options are {', '.join(known[:10])}" if known else "There are no options"
    if of:
        there = f"It is made by {', '.join(known[:10])}" if known else f"Whatever is chosen, {of} is made alike"
    return UnknownCode(kind=kind, given=name, nearest=near, advice="" if near else there)


def unknown_value(value: str, option: Option) -> UnknownCode:
    """Return the refusal of a value that an option does not have."""
    near, advice = nearest_codes(value, option.values), f"Its values are {', '.join(option.values[:10])}"
    return UnknownCode(kind=f"value of option {option.code}", given=value, nearest=near, advice=advice)


class Variants:
    """The options of a catalog. Made only where there are some; what is asked of an item is worked out once."""

    __slots__ = ("_below", "_book", "_ordered", "_own", "_ruled", "usual")

    def __init__(self, book: Book) -> None:
        self._book = book
        self.usual: Mapping[str, str] = {name: option.usual for name, option in book.options.items()}
        """The value that each option has where nobody chooses, by name."""
        self._ruled = [option for option in book.options.values() if option.requires]
        self._own: dict[int, frozenset[str]] = {}
        self._ordered: dict[int, frozenset[str]] = {}
        self._below: dict[int, frozenset[str]] = {}

    def chosen(self, given: Iterable[tuple[str, str]], item: str | None = None) -> Mapping[str, str]:
        """Return the value of every option, by name: that given, else the usual one.

        Raises:
            UnknownCode: if there is no such option, or it has no such value, or it decides nothing of the item.
            InvalidValueError: if what is given does not go together.
        """
        found = dict(given)
        for name, value in found.items():
            option = self._book.options.get(name)
            if option is None:
                raise unknown_option(name, self._book.options)
            if value not in option.values:
                raise unknown_value(value, option)
            if item is not None and name not in self.below(item):
                raise unknown_option(name, self.below(item), of=item)
        chosen = {**self.usual, **found} if found else self.usual
        self.refuse_unfit(chosen, given=chosen if item is not None else found)
        return chosen

    def refuse_unfit(self, chosen: Mapping[str, str], *, given: Mapping[str, str]) -> None:
        """Do nothing if values go together that are chosen; rules count that name only options that are given.

        Raises:
            InvalidValueError: if one requires another, with what it requires and what is chosen.
        """
        for option in self._ruled:
            for value, when in option.requires:
                names = dict.fromkeys(name for name, _ in when.said)
                asked = chosen[option.code] == value and option.code in given and names.keys() <= given.keys()
                if asked and not when.holds(chosen):
                    because = " and ".join(f"{name} is {chosen[name]}" for name in names)
                    reason = f"goes only with {when}, and {because}"
                    raise InvalidValueError(field="options", value=f"{option.code} {value}", reason=reason)

    def unusual(self, chosen: Mapping[str, str]) -> Choices:
        """Return what of all that is chosen is not the usual value, by name: what tells one way to make from another.

        >>> from prodstock.master.catalog import Catalog
        >>> from prodstock.master.option import Option
        >>> options = Catalog([Option("plug", ["EU", "UK"]), Option("case", ["no", "yes"])])
        >>> options.variants.unusual(options.chosen({"plug": "UK", "case": "no"}))
        (('plug', 'UK'),)
        """
        usual = self.usual
        return tuple([(name, value) for name, value in sorted(chosen.items()) if usual.get(name) != value])

    def of_order(self, item: str) -> frozenset[str]:
        """Return the options on which it depends what one order of an item takes, phantoms blown through."""
        return self._reached(self._book.place[item], self._ordered, all_levels=False)

    def below(self, item: str) -> frozenset[str]:
        """Return the options on which it depends what an item, or anything that is made for it alone, is made of."""
        return self._reached(self._book.place[item], self._below, all_levels=True)

    def _reached(self, top: int, known: dict[int, frozenset[str]], *, all_levels: bool) -> frozenset[str]:
        found = known.get(top)
        if found is None:
            names, waiting, seen = set[str](), [top], {top}
            while waiting:
                place = waiting.pop()
                names |= self._named(place)
                for one in self._parts(place, all_levels=all_levels):
                    if one not in seen:
                        seen.add(one)
                        waiting.append(one)
            found = known[top] = frozenset(names)
        return found

    def _parts(self, place: int, *, all_levels: bool) -> Iterator[int]:
        """Yield what is made with an item: its phantoms, or all that is made for it alone."""
        book = self._book
        for line in self._lines(place):
            part = book.place[line.item]
            if all_levels:
                if book.said.get(part) is not Supply.BUY and not book.listed[part].collective:
                    yield part
            elif part in book.phantoms:
                yield part

    def _named(self, place: int) -> frozenset[str]:
        """Return the options that the lines of an item's own bills name."""
        found = self._own.get(place)
        if found is None:
            named = [line.when for line in self._lines(place) if line.when is not None]
            found = frozenset([name for when in named for name, _ in when.said]) if named else _NONE
            self._own[place] = found
        return found

    def _lines(self, place: int) -> Iterator[BomLine]:
        """Yield the lines of all bills of an item, of whatever status, those of groups too; not those for rework."""
        for bom in self._book.boms(self._book.codes[place]):
            for line in (*bom.lines, *(line for group in bom.groups for line in group.lines)):
                if line.role is not LineRole.REWORK:
                    yield line
