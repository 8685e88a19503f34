"""Options, conditions of lines, and what bills need with what is chosen."""

from collections.abc import Callable
from datetime import date
from functools import reduce
from itertools import product
from operator import invert, or_

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodstock.codec import dumps, from_records, loads
from prodstock.errors import InvalidData, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomLine, SubstituteGroup, with_groups
from prodstock.master.catalog import Catalog
from prodstock.master.condition import MOST_CHOICES, Cases, Chosen, Combinable
from prodstock.master.depth import Depth
from prodstock.master.explosion import explode
from prodstock.master.item import Item, Supply
from prodstock.master.option import Option
from prodstock.master.order_line import order_lines

DAY = date(2026, 3, 2)
VALUES = {"plug": ("EU", "UK", "US"), "case": ("no", "yes"), "voltage": ("110", "230")}
EVERY = [dict(zip(VALUES, each, strict=True)) for each in product(*VALUES.values())]


def catalog(*more: BillOfMaterial | Item | Option) -> Catalog:
    """Return a device with a charger made for it, a set blown through, and a case if one is wanted."""
    parts = ["BODY", "PLUG-EU", "PLUG-UK", "PLUG-US", "CASE", "CLOTH", "LABEL"]
    return Catalog(
        [
            *(Option(name, values) for name, values in VALUES.items()),
            *(Item(code) for code in ("HD-7", "CHARGER", *parts)),
            Item("SET", supply=Supply.PHANTOM),
            BillOfMaterial(
                "HD-7",
                [BomLine("CHARGER", 1), BomLine("SET", 1), BomLine("CASE", 1, when=Chosen("case", "yes"))],
            ),
            BillOfMaterial("SET", [BomLine("LABEL", 2), BomLine("CLOTH", 1, when=~Chosen("plug", "US"))]),
            BillOfMaterial("CHARGER", [BomLine(f"PLUG-{one}", 1, when=Chosen("plug", one)) for one in VALUES["plug"]]),
            *more,
        ]
    )


def needs(options: dict[str, str]) -> dict[str, int]:
    """Return what ten devices need by item."""
    rows = explode(catalog(), "HD-7", 10, at=DAY, options=options).requirements
    return {row.item: int(row.quantity) for row in rows if row.item not in {"CHARGER", "SET"}}


def test_lines_apply_with_the_options_at_every_level() -> None:
    """What is chosen decides about the lines of the item, of what is made for it, and of the phantoms in it."""
    assert needs({}) == {"LABEL": 20, "CLOTH": 10, "PLUG-EU": 10}
    assert needs({"plug": "US", "case": "yes"}) == {"LABEL": 20, "PLUG-US": 10, "CASE": 10}
    bill = catalog().bom("HD-7", DAY)
    assert bill is not None
    lines = order_lines(catalog(), bill, 10, at=DAY, options={"plug": "US"})
    assert [(line.item, int(line.quantity)) for line in lines] == [("CHARGER", 10), ("LABEL", 20)]


def test_the_usual_value_is_the_first_unless_it_is_named() -> None:
    """Whatever nobody chooses has the usual value."""
    assert Option("plug", ["EU", "UK"]).usual == "EU"
    assert Option("plug", ["EU", "UK"], default="UK").usual == "UK"
    assert catalog().chosen({"plug": "UK"}) == {"plug": "UK", "case": "no", "voltage": "110"}


def test_the_options_of_an_item_are_those_that_decide_what_it_is_made_of() -> None:
    """Of an order count the lines that it takes, phantoms blown through; of an item all that is made for it too."""
    known = catalog()
    assert [one.code for one in known.options_of("HD-7")] == ["case", "plug"]
    assert known.decisive("CHARGER") == ("plug",)
    assert known.decisive("BODY") == ()
    assert known.options_of("CASE") == ()


def test_what_is_no_option_or_no_value_of_it_is_refused_with_what_there_is() -> None:
    """A slip is answered with what was probably meant, else with what there is to choose."""
    with pytest.raises(UnknownCode, match=r"unknown option 'plugg'. Did you mean 'plug'"):
        catalog().chosen({"plugg": "UK"})
    with pytest.raises(UnknownCode, match=r"unknown value of option plug 'FR'. Its values are EU, UK, US"):
        catalog().chosen({"plug": "FR"})
    with pytest.raises(UnknownCode, match=r"unknown option of HD-7 'voltage'. It is made by case, plug"):
        catalog().chosen({"voltage": "230"}, item="HD-7")
    with pytest.raises(UnknownCode, match=r"unknown option of CASE 'plug'. Whatever is chosen, CASE is made alike"):
        catalog().chosen({"plug": "UK"}, item="CASE")
    with pytest.raises(UnknownCode, match="There are no options"):
        Catalog([Item("CUP")]).chosen({"plug": "UK"})
    with pytest.raises(InvalidTypeError):
        catalog().chosen({"case": True})  # type: ignore[arg-type]  # on purpose
    assert not Catalog([Item("CUP")]).chosen()


def test_a_line_that_names_what_there_is_not_is_found() -> None:
    """Every unknown option and value is a finding, in lines and in groups, with the way out."""
    group = SubstituteGroup("G", replaces=["CASE"], lines=[BomLine("CLOTH", 1, when=Chosen("case", ["no", "maybe"]))])
    wrong = [
        BomLine("CASE", 1, when=Chosen("plugs", "EU") & Chosen("plug", ["EU", "FR"])),
    ]
    with pytest.raises(InvalidData) as caught:
        catalog(BillOfMaterial("BODY", wrong, groups=[group]))
    assert [(one.field, one.code, one.message, one.hint) for one in caught.value.findings] == [
        ("lines[0].when", "unknown-value", "unknown value of option plug 'FR'", "Its values are EU, UK, US"),
        ("lines[0].when", "unknown-option", "unknown option 'plugs'", "Did you mean 'plug'?"),
        ("groups[0].lines[0].when", "unknown-value", "unknown value of option case 'maybe'", "Its values are no, yes"),
    ]
    with pytest.raises(InvalidData, match=r"Define Option\(\"plug\", \[...\]\) with all its values"):
        Catalog([Item("A"), Item("B"), BillOfMaterial("A", [BomLine("B", 1, when=Chosen("plug", "EU"))])])


def test_what_is_planned_for_all_alike_must_be_made_alike() -> None:
    """A collective item is netted for all together, so that what it is made of may not depend on options."""
    with pytest.raises(InvalidData, match="ADAPTER is planned for all alike, and what it is made of depends on plug"):
        catalog(Item("ADAPTER", collective=True), BillOfMaterial("ADAPTER", [BomLine("CHARGER", 1)]))


def test_where_used_leads_up_lines_of_all_options() -> None:
    """A line that does not apply is listed and counts as none, as one per order does."""
    rows = catalog().where_used("PLUG-UK", DAY)
    assert [(row.item, int(row.quantity)) for row in rows] == [("CHARGER", 0), ("HD-7", 0)]
    rows = catalog().where_used("PLUG-UK", DAY, options={"plug": "UK"})
    assert [(row.item, int(row.quantity)) for row in rows] == [("CHARGER", 1), ("HD-7", 1)]
    direct = catalog().where_used("PLUG-UK", DAY, depth=Depth.ONE_LEVEL)
    assert [row.item for row in direct] == ["CHARGER"]


def test_phantoms_come_in_their_order_whatever_is_chosen() -> None:
    """A phantom that is needed by another one only with some option is still blown through after it."""
    outer, inner = Item("OUTER", supply=Supply.PHANTOM), Item("INNER", supply=Supply.PHANTOM)
    top = BillOfMaterial("TOP", [BomLine("INNER", 1), BomLine("OUTER", 1)])
    known = catalog(
        Item("TOP"),
        outer,
        inner,
        top,
        BillOfMaterial("OUTER", [BomLine("INNER", 2, when=Chosen("plug", "UK"))]),
        BillOfMaterial("INNER", [BomLine("LABEL", 1)]),
    )
    lines = order_lines(known, top, 5, at=DAY, options={"plug": "UK"})
    assert [(line.item, int(line.quantity)) for line in lines] == [("LABEL", 15)]


def test_a_group_replaces_lines_that_apply() -> None:
    """A group counts with its lines that apply, and is refused where what it replaces does not."""
    yes, no = {"case": "yes"}, {"case": "no"}
    bill = BillOfMaterial(
        "BODY",
        [BomLine("CASE", 1, when=Chosen("case", "yes")), BomLine("LABEL", 1)],
        groups=[SubstituteGroup("G", replaces=["CASE"], lines=[BomLine("CLOTH", 2)])],
    )
    assert [line.item for line in with_groups(bill, ["G"], DAY, yes).lines] == ["LABEL", "CLOTH"]
    with pytest.raises(InvalidValueError, match="cannot replace CASE"):
        with_groups(bill, ["G"], DAY, no)
    assert [line.item for line in bill.lines_on(DAY, no)] == ["LABEL"]
    assert len(bill.lines_on(DAY)) == 2


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> tuple[Combinable, set[int]]:
    """Return a condition, and with which of all combinations of options it holds, worked out beside it."""
    kind = draw(st.sampled_from(["one", "and", "or", "not"])) if depth else "one"
    if kind == "one":
        name = draw(st.sampled_from(sorted(VALUES)))
        values = draw(st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=2, unique=True))
        unless = draw(st.booleans())
        right = {at for at, each in enumerate(EVERY) if (each[name] in values) != unless}
        return Chosen(name, values, unless=unless), right
    first, right = draw(conditions(depth=depth - 1))
    if kind == "not":
        every = set(range(len(EVERY)))
        return never_refused(lambda: ~first), every - right
    second, other = draw(conditions(depth=depth - 1))
    if kind == "or":
        return first | second, right | other
    return never_refused(lambda: first & second), right & other


class NeverError(Exception):
    """A condition could never hold, and was refused."""


def never_refused(make: Callable[[], Combinable]) -> Combinable:
    """Return what is made; what is refused is none."""
    try:
        return make()
    except InvalidValueError as refused:
        if "can never hold" not in str(refused):
            raise
        raise NeverError from refused


@given(st.data())
def test_conditions_combine_as_sets_do(data: st.DataObject) -> None:
    """And, or and not of conditions hold exactly where those of their sets of combinations do."""
    try:
        found, right = data.draw(conditions())
    except NeverError:
        return
    assert {at for at, each in enumerate(EVERY) if found.holds(each)} == right
    assert all(name in VALUES and value in VALUES[name] for name, value in found.said)
    assert Cases(found.any_of).holds(EVERY[0]) == found.holds(EVERY[0])


def test_conditions_are_equal_however_they_are_spelt() -> None:
    """Order, doubles and cases that say more than another one make no difference."""
    eu, yes = Chosen("plug", "EU"), Chosen("case", "yes")
    assert eu & yes == yes & eu & yes
    assert hash(eu | yes) == hash(yes | eu)
    assert (eu | (eu & yes)) == eu
    assert ~~eu == eu
    assert ~(eu | yes) == ~eu & ~yes
    assert Chosen("plug", ["UK", "EU"]) == Chosen("plug", ["EU", "UK"])
    assert repr((eu & yes) | Chosen("plug", "US")) == "<Cases case yes and plug EU, or plug US>"
    assert repr(BomLine("CASE", 1, when=yes)) == "<BomLine 1 CASE per unit, when case yes>"


def test_what_can_never_hold_or_says_too_much_is_refused() -> None:
    """A condition that nobody meets, or that is a program, is refused."""
    with pytest.raises(InvalidValueError, match="can never hold"):
        Chosen("plug", "EU") & Chosen("plug", "UK")
    with pytest.raises(InvalidValueError, match="can never hold"):
        Cases([[Chosen("plug", "EU"), Chosen("plug", "UK")]])
    pairs = [Chosen(f"o-{number}", "a") & Chosen(f"p-{number}", "a") for number in range(50)]
    with pytest.raises(InvalidValueError, match=f"says more than {MOST_CHOICES} choices"):
        reduce(or_, pairs)
    with pytest.raises(InvalidValueError, match=f"says more than {MOST_CHOICES} choices"):
        invert(reduce(or_, pairs[:10]))
    with pytest.raises(InvalidTypeError, match="is no Condition"):
        BomLine("CASE", 1, when="case=yes")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError):
        Chosen("plug", "EU") & "case"  # type: ignore[operator]  # on purpose


def test_rows_say_when_a_line_applies_in_one_cell() -> None:
    """A cell says options and values, of which all must hold; a document says the same with tags."""
    rows = [{"item": "HD-7", "lines.item": "CASE", "lines.quantity": "1", "lines.when": "plug=EU|UK; case!=no"}]
    [bill] = from_records(BillOfMaterial, rows)
    assert bill.lines[0].when == Chosen("plug", ["EU", "UK"]) & ~Chosen("case", "no")
    [option] = from_records(Option, [{"code": "plug", "values": "EU;UK"}])
    assert option == Option("plug", ["EU", "UK"])
    rows[0]["lines.when"] = "plug"
    with pytest.raises(InvalidData, match=r"Write .plug=EU"):
        from_records(BillOfMaterial, rows)


def test_option_values_are_codes_without_doubles() -> None:
    """An option has at least one value, each once, and its usual value is one of them."""
    for values in ([], ["EU", "EU"], "EU"):
        with pytest.raises((InvalidValueError, InvalidTypeError)):
            Option("plug", values)
    with pytest.raises(InvalidValueError, match="is no value of it"):
        Option("plug", ["EU"], default="UK")
    with pytest.raises(InvalidData, match="plug is defined twice"):
        Catalog([Option("plug", ["EU"]), Option("plug", ["UK"])])


def test_two_catalogs_differ_by_the_conditions_of_their_lines() -> None:
    """A condition is part of a bill's content; a bill without one keeps its hash."""
    plain, other = (BillOfMaterial("A", [BomLine("B", 1, when=when)]) for when in (None, Chosen("plug", "EU")))
    assert plain.content_hash() != other.content_hash()
    assert plain.content_hash() == BillOfMaterial("A", [BomLine("B", 1)]).content_hash()


def ruled() -> Catalog:
    """Return a catalog in which a case goes only with two plugs, and the high voltage not with the third one."""
    rules = {
        "case": Option("case", VALUES["case"], requires={"yes": Chosen("plug", ["EU", "UK"])}),
        "voltage": Option("voltage", VALUES["voltage"], requires={"230": ~Chosen("plug", "US")}),
    }
    kept = [one for one in catalog().definitions if one.identity not in {("case",), ("voltage",)}]
    return Catalog([*kept, *rules.values()])


def test_what_does_not_go_together_is_refused_with_the_rule() -> None:
    """A value that requires another is refused beside the wrong one; of what is not given, only for whole items."""
    with pytest.raises(InvalidValueError, match="'case yes' goes only with plug EU or UK, and plug is US"):
        ruled().chosen({"plug": "US", "case": "yes"})
    with pytest.raises(InvalidValueError, match="'voltage 230' goes only with plug not US, and plug is US"):
        explode(ruled(), "HD-7", 1, at=DAY, options={"plug": "US", "voltage": "230"})
    assert ruled().chosen({"case": "yes"})["plug"] == "EU"
    assert ruled().chosen({"case": "yes", "plug": "UK"}, item="HD-7")
    usual = attrs.evolve(Option("plug", VALUES["plug"]), default="US")
    other = Catalog([*(one for one in ruled().definitions if one.identity != ("plug",)), usual])
    assert other.chosen({"case": "yes"})
    with pytest.raises(InvalidValueError, match="plug is US"):
        other.chosen({"case": "yes"}, item="HD-7")


def test_rules_of_options_are_checked_with_the_catalog() -> None:
    """A rule that names what there is not, or that the usual values break, is a finding."""
    with pytest.raises(InvalidData, match=r"Option row 1, requires\[yes\]: unknown option 'plug'"):
        Catalog([Option("case", ["no", "yes"], requires={"yes": Chosen("plug", "EU")})])
    rule = Option("case", ["yes", "no"], requires={"yes": Chosen("plug", "UK")})
    with pytest.raises(InvalidData, match="of the usual values, case yes goes only with plug UK, and plug is EU"):
        Catalog([rule, Option("plug", ["EU", "UK"])])
    with pytest.raises(InvalidValueError, match="is no value of it"):
        Option("case", ["no", "yes"], requires={"maybe": Chosen("plug", "EU")})
    with pytest.raises(InvalidTypeError, match="is no Condition"):
        Option("case", ["no", "yes"], requires={"yes": "plug=EU"})  # type: ignore[arg-type]  # on purpose


def test_rules_travel_in_documents_and_rows() -> None:
    """A rule is written with its option, and read from one cell."""
    option = Option("case", ["no", "yes"], requires={"yes": Chosen("plug", ["EU", "UK"]) | Chosen("case", "no")})
    assert loads(dumps(option)) == option
    [read] = from_records(Option, [{"code": "case", "values": "no;yes", "requires": "yes=plug=EU|UK"}])
    assert read == Option("case", ["no", "yes"], requires={"yes": Chosen("plug", ["EU", "UK"])})
