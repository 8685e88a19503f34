"""Three weeks at a maker of hearing devices, from the first stock list to a recall, told by the plant itself."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from prodstock.demo import report
from prodstock.errors import NotReleasable
from prodstock.master.quality_state import Quality
from prodstock.orders.lifecycle import OrderState
from prodstock.orders.purchase import PurchaseOrder
from prodstock.quality.inspection import Verdict
from prodstock.scenario.change import PreferSubstitute
from prodstock.stock.claim import Claim
from prodstock.stock.expect import Expect
from prodstock.stock.goods import Goods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.demo.company import Company

SOON = 14
"""Days that count as soon when teams ask what to do next."""


def tell(company: Company) -> Iterator[str]:
    """Live through three weeks of the hearing-device company; yield what each team asks and what it is answered.

    The plant stands at the end of the story when the last line has been read.
    """
    yield f"prodstock: {company.data.name}, three weeks in March {company.data.today.year}"
    for chapter in (_monday, _questions, _modules, _devices, _release, _second_runs, _recall, _afterwards, _what_if):
        yield from chapter(company)


def _chapter(company: Company, title: str) -> Iterator[str]:
    head = f"{company.clock.now():%Y-%m-%d %H:%M} UTC  {title}"
    yield from ["", "", head, "=" * len(head)]


def _monday(company: Company) -> Iterator[str]:
    plant = company.plant
    yield from _chapter(company, "What is there?")
    plant.receive("MIC", 500, lot="M-88", supplier_lot="K-26-0417", against="PU-101", by="goods-in")
    before = plant.availability("MIC")
    yield "500 microphones came in as lot M-88, the supplier's lot K-26-0417. They wait for inspection:"
    yield f"  {before}"
    company.at(3, 2, 7, 30)
    plant.judge("M-88", Quality.APPROVED, because="certificate 4711", by="anna")
    now = plant.availability("MIC")
    yield f"Anna has read certificate 4711: {before.free:f} microphones were free before, {now.free:f} are now."
    for ref in ("RX-301", "SO-1001", "SO-1002"):
        plant.reserve(ref, by="sales")
    yield "Sales has devices reserved for RX-301, SO-1001 and SO-1002."
    yield from report.section("Everybody: what is there, and what may be done with it?")
    yield from report.stock(plant)
    yield from ["", "Why can 30 HD-7 not be had today?"]
    yield from report.tree(plant.stock.why_not_available("HD-7", 30))


def _questions(company: Company) -> Iterator[str]:
    plan = company.plan()
    yield from _chapter(company, "What to make, what to buy, what is late?")
    yield repr(plan).strip("<>")
    yield from report.section(f"Production: what starts in the next {SOON} days?")
    yield from report.proposals(plan, plan.make, days=SOON)
    yield from ["", "Why the first of them?", *report.tree(plan.why(plan.make[0]))]
    schedule = company.plant.schedule(plan)
    yield from report.section(f"The floor: what runs where in these {SOON} days?")
    yield from report.floor(schedule, plan, days=SOON)
    late = schedule.late[0].job
    yield from ["", "Which order comes out latest on these machines, and why?", *report.tree(schedule.why(late))]
    yield from report.section(f"Purchasing: what must be ordered in the next {SOON} days?")
    yield from report.proposals(plan, plan.buy, days=SOON)
    yield from report.section("Sales: which orders come late?")
    yield from report.late(report.late_orders(plan))
    yield from report.section("Planning: what do they wait for?")
    yield from report.shortages(report.bought(plan))
    yield from ["", "Why the first of them?", *report.tree(plan.why(report.bought(plan)[0])), ""]
    yield from company.order_until(3, 3)


def _modules(company: Company) -> Iterator[str]:
    plant = company.plant
    company.at(3, 4, 12)
    yield from _chapter(company, "The first runs")
    modules = company.launch("AM-7", lot="AM7-26-02")
    yield from company.issue(modules)
    plant.report(modules, "solder", good=99, scrapped=1, by="lena", because="bridge at pin 4")
    company.at(3, 5, 9)
    plant.complete(modules, good=98, scrapped=1, by="lena", because="too noisy")
    plant.close(modules, by="lena")
    yield f"98 of 100 come out good; modules need no release: {plant.availability('AM-7')}"
    yield f"Shipped from stock: {company.ship('RX-301', 'SO-1001', 'SO-1002')}."


def _devices(company: Company) -> Iterator[str]:
    plant = company.plant
    company.at(3, 5, 10, 30)
    devices = company.launch("HD-7", lot="HD7-26-02")
    yield ""
    yield from company.issue(devices)
    plant.report(devices, "assemble", good=60, by="omar")
    company.at(3, 6, 9)
    plant.report(devices, "calibrate", good=52, by="mia")
    yield from report.section("Production, on Friday morning: how far are we?")
    yield from report.wip(plant)


def _release(company: Company) -> Iterator[str]:
    plant = company.plant
    company.at(3, 6, 14)
    yield from _chapter(company, "Made, but may it leave?")
    devices = plant.production.orders().where(lot="HD7-26-02")[0]
    output = plant.complete(devices, good=59, scrapped=1, by="omar", because="shell cracked")
    plant.close(devices, by="omar")
    yield f"59 of 60 come out good: {plant.availability('HD-7')}"
    for criterion in ("calibration", "acoustic-test", "cleaning"):
        plant.record(output, criterion, Verdict.PASSED, by="mia")
    try:
        plant.release(output, by="anna")
    except NotReleasable as refused:
        yield f"Calibrated, tested and clean, and refused: {refused}"
    for criterion in ("labelling", "packaging", "batch-record"):
        plant.record(output, criterion, Verdict.PASSED, by="anna")
    plant.release(output, by="anna")
    yield f"With its papers complete Anna releases it: {plant.availability('HD-7')}"
    company.at(3, 9, 8)
    yield from ["", f"Shipped on Monday: {company.ship('SO-1003', 'RP-201')}."]
    yield from company.order_until(3, 12)


def _second_runs(company: Company) -> Iterator[str]:
    plant = company.plant
    company.at(3, 12, 10, 30)
    yield from _chapter(company, "The second runs")
    devices = company.launch("HD-7", lot="HD7-26-03")
    yield from company.issue(devices)
    company.at(3, 13, 8)
    for item, quantity, lot, ref in (("RECEIVER", 400, "R-43", "PU-103"), ("BOX", 500, None, "PU-107")):
        plant.receive(item, quantity, lot=lot, against=ref, by="goods-in")
    plant.judge("R-43", Quality.APPROVED, because="ten measured", by="anna")
    yield f"Shipped on Friday: {company.ship('SO-1004', 'RX-302', 'RP-202')}."
    company.at(3, 16, 9)
    plant.report(devices, "assemble", good=44, by="omar")
    plant.report(devices, "acoustic-test", good=30, scrapped=1, by="mia", because="feedback")
    company.at(3, 17, 12)
    modules = company.launch("AM-5", lot="AM5-26-02")
    held = plant.reserve(modules, by="planning")
    yield f"{modules.code} is to make {modules.quantity:f} AM-5. Reserved, not issued: {report.picks(held.lines)}."
    held = plant.reserve("SO-1005", by="sales")
    yield f"Reserved for SO-1005: {len(held.lines)} devices, {report.serials(one.serial for one in held.lines)}."
    plant.reserve(Claim("MIC", 20, ref="LAB-7"), by="laboratory")
    yield from report.section("Production, on Tuesday: how far are we?")
    yield from report.wip(plant)


def _recall(company: Company) -> Iterator[str]:
    plant = company.plant
    company.at(3, 18, 7, 30)
    yield from _chapter(company, "The supplier calls: its lot K-26-0417 is defective")
    late = {one.ref for one, _ in report.late_orders(company.plan())}
    judged = plant.judge("M-88", Quality.BLOCKED, because="membranes delaminate", by="anna")
    yield f"That is our M-88. Anna blocks the {judged.quantity:f} that are left: {report.hurt(judged.hurt)}."
    found = plant.recall("M-88")
    yield from ["", f"Where has it been? {found.summary()}."]
    yield from report.recall(found)
    yield from report.section("Quality: block what may have it inside")
    suspects = {(one.item, one.lot): one for one in (*found.stock, *found.wip) if one.lot != "M-88"}
    for item, lot in suspects:
        judged = plant.judge(Goods(item, lot=lot), Quality.BLOCKED, because="made with M-88", by="anna")
        yield f"{judged.quantity:f} {item} of lot {lot} blocked: {report.hurt(judged.hurt)}."
    for order in found.orders.where(state=OrderState.STARTED):
        company.give_up(order, suspects)
        yield f"{order.code} is given up: its good parts go back to stores, its suspect ones are lost."
    yield from report.section("Everybody: what is left, and what may be done with it?")
    yield from report.stock(plant)
    plan = company.plan()
    plan = company.plan()
    yield from report.section("Sales: which orders were on time this morning and come late now?")
    yield from report.late(pair for pair in report.late_orders(plan) if pair[0].ref not in late)
    yield from report.section("Planning: what do they wait for?")
    yield from report.shortages(report.bought(plan))


def _afterwards(company: Company) -> Iterator[str]:
    plant = company.plant
    company.at(3, 18, 11)
    yield from _chapter(company, "What now?")
    modules = plant.production.orders().where(lot="AM5-26-02")[0]
    held = plant.reserve(modules, by="planning")
    yield f"{modules.code} takes what may stand in for M-88: {report.picks(held.lines)}."
    for ref in ("SO-1003", "SO-1004"):
        back = plant.take_back(Goods("HD-7", lot="HD7-26-02"), demand=ref, by="goods-in")
        yield f"The devices of {ref} come back: {back.quantity:f} {back.item}, to be inspected."
    yield from report.section("Service: what is in HD7-26-02-0007?")
    yield from report.as_built(plant, Goods("HD-7", serials=["HD7-26-02-0007"]))
    plan = company.plan()
    yield from report.section(f"Purchasing: what must be ordered in the next {SOON} days?")
    yield from report.proposals(plan, plan.buy, days=SOON)
    yield from report.section("Sales: which orders come late now?")
    yield from report.late(report.late_orders(plan))
    yield from report.section("Planning: what should somebody look at?")
    yield from report.messages(plan)


def _what_if(company: Company) -> Iterator[str]:
    plant = company.plant
    yield from _chapter(company, "What if?")
    sooner = PurchaseOrder("MIC", 600, supplier="KNW", due=date(2026, 3, 20), ref="PU-102")
    by_air = plant.fork("PU-102 by air").assume(Expect([sooner]))
    second = plant.fork("buy MIC-B").assume(PreferSubstitute("MIC", "MIC-B"))
    yield "600 microphones could come by air on 20 March; or MIC-B could be bought in their stead:"
    yield ""
    yield from report.comparison(company.data.until, plant, by_air, second)
    plant.check()
    events = plant.events()
    yield from ["", f"All of it was {len({one.commit for one in events})} commands and {len(events)} events;"]
    yield "stock, reservations, orders and papers agree with them and with each other."
