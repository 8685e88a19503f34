"""Differences between revisions of a bill, and hashes of their content."""

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.difference import Change, diff
from prodstock.quantities.quantity import Quantity


def test_equal_bills_differ_in_nothing() -> None:
    """Nor do moved lines."""
    lines = [BomLine("A", 1), BomLine("B", 2)]

    assert diff(BillOfMaterial("X", lines), BillOfMaterial("X", reversed(lines), revision="B")) == ()


def test_lines_of_one_item_are_paired_by_their_step() -> None:
    """Of two lines of screws the one of the lid changed, the one of the case did not."""
    old = BillOfMaterial("X", [BomLine("SCREW", 4, operation="case"), BomLine("SCREW", 2, operation="lid")])
    new = BillOfMaterial(
        "X", [BomLine("SCREW", 3, operation="lid", scrap="0.1"), BomLine("SCREW", 4, operation="case")]
    )

    (change,) = diff(old, new)

    assert (change.item, change.change, change.fields) == ("SCREW", Change.CHANGED, ("quantity", "scrap"))
    assert (change.before, change.after) == (old.lines[1], new.lines[0])


def test_added_and_removed_lines_are_told() -> None:
    """With the line there was or is."""
    old, new = BillOfMaterial("X", [BomLine("A", 1), BomLine("A", 2)]), BillOfMaterial("X", [BomLine("A", 2)])

    assert [(Change.REMOVED, old.lines[0], None)] == [(one.change, one.before, one.after) for one in diff(old, new)]
    assert [(Change.ADDED, None, old.lines[0])] == [(one.change, one.before, one.after) for one in diff(new, old)]


def test_the_content_hash_is_of_content() -> None:
    """Spelling means nothing, quantity, order of lines and revision do."""
    bom = BillOfMaterial("X", [BomLine("A", "1.50"), BomLine("B", Quantity(4, "g"))])

    assert (
        bom.content_hash()
        == BillOfMaterial("X", [BomLine("A", "1.5"), BomLine("B", Quantity("0.004", "kg"))]).content_hash()
    )
    assert (
        len(
            {
                bom.content_hash(),
                *(
                    other.content_hash()
                    for other in (
                        BillOfMaterial("X", reversed(bom.lines)),
                        BillOfMaterial("X", bom.lines, revision="B"),
                        BillOfMaterial("X", [BomLine("A", "1.51"), bom.lines[1]]),
                        BillOfMaterial("X", [bom.lines[0], BomLine("B", Quantity(4, "mL"))]),
                    )
                ),
            }
        )
        == 5
    )
