"""The same features in an SQLite database in memory: one transaction for each command, statements prepared once.

Lots carry what is there and what is reserved; movements bear when they took effect and in which event they were
recorded, so that the past can be asked for as it was and as it was known; keys hold the command and its answer.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from benchmarks.workload import REFUSED, START, Answer, LotIn, Reserving, Voiding, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_TABLES = """
create table lot (
    id integer primary key, item text not null, code text not null, received integer not null, expires integer not null,
    quantity integer not null, reserved integer not null check (reserved >= 0 and reserved <= quantity),
    quality text not null, unique (item, code)
);
create index open_lot on lot (item, expires, received, code) where quantity > reserved and quality = 'approved';
create table event (id integer primary key, kind text not null, effective integer not null, recorded integer not null,
    ref text not null, key text not null);
create table movement (lot integer not null, effective integer not null, event integer not null,
    change integer not null, reserved integer not null, primary key (lot, effective, event)) without rowid;
create table reservation (ref text primary key, state text not null, event integer not null);
create table line (ref text not null, number integer not null, lot integer not null, quantity integer not null,
    primary key (ref, number)) without rowid;
create table used_key (key text primary key, command text not null, answer text) without rowid;
"""
_OPEN = """
select id, code, quantity - reserved from lot
where item = ? and expires > ? and quantity > reserved and quality = 'approved' order by expires, received, code
"""


class SqliteLedger:
    """Stock in tables."""

    def __init__(self, lots: Iterable[LotIn]) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.executescript(_TABLES)
        self.now = _micros(START)
        with self.db:
            self.db.executemany(
                "insert into lot values (null, ?, ?, ?, ?, ?, 0, 'approved')",
                ((lot.item, lot.code, self.now, _micros(lot.expires), lot.quantity) for lot in lots),
            )
            self.db.execute(
                "insert into movement select id, ?, 0, quantity, 0 from lot",
                (self.now,),
            )

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Carry out the wishes one by one, each in its transaction."""
        return [self._do(wish) for wish in wishes]

    def plain(self, answers: Iterable[object]) -> list[Answer]:
        """Return the picks."""
        return [
            answer if answer == REFUSED else tuple((lot, int(quantity)) for lot, _, quantity in _parts(answer))
            for answer in map(str, answers)
        ]

    def free(self) -> dict[tuple[str, str], int]:
        """Return what is free of each lot."""
        rows = self.db.execute("select item, code, quantity - reserved from lot where quantity > reserved")
        return {(item, code): free for item, code, free in rows}

    def _do(self, wish: Wish) -> str:
        execute = self.db.execute
        execute("begin")
        command = repr(wish)
        earlier = execute("select command, answer from used_key where key = ?", (wish.key,)).fetchone()
        if earlier is not None:
            execute("rollback")
            if earlier[0] != command:
                raise ValueError(wish.key)
            return str(earlier[1])
        answer = self._reserve(wish) if isinstance(wish, Reserving) else self._void(wish)
        if answer == REFUSED:
            execute("rollback")
            return answer
        execute("insert into used_key values (?, ?, ?)", (wish.key, command, answer))
        execute("commit")
        return answer

    def _reserve(self, wish: Reserving) -> str:
        execute = self.db.execute
        picks: list[tuple[int, str, int]] = []
        missing = wish.quantity
        for lot, code, free in execute(_OPEN, (wish.item, _micros(wish.at))):
            taken = min(free, missing)
            picks.append((lot, code, taken))
            missing -= taken
            if not missing:
                break
        if missing:
            return REFUSED
        event = self._event("reserved", wish)
        execute("insert into reservation values (?, 'pending', ?)", (wish.ref, event))
        for number, (lot, _, taken) in enumerate(picks):
            execute("insert into line values (?, ?, ?, ?)", (wish.ref, number, lot, taken))
            self._move(lot, event, taken)
        return "\n".join(f"{code}\t{lot}\t{taken}" for lot, code, taken in picks)

    def _void(self, wish: Voiding) -> str:
        execute = self.db.execute
        event = self._event("voided", wish)
        changed = execute("update reservation set state = 'voided' where ref = ? and state = 'pending'", (wish.ref,))
        if changed.rowcount != 1:
            raise ValueError(wish.ref)
        for lot, taken in execute("select lot, quantity from line where ref = ?", (wish.ref,)).fetchall():
            self._move(lot, event, -taken)
        return ""

    def _event(self, kind: str, wish: Wish) -> int:
        row = (kind, self.now, self.now, wish.ref, wish.key)
        return self.db.execute("insert into event values (null, ?, ?, ?, ?, ?)", row).lastrowid or 0

    def _move(self, lot: int, event: int, reserved: int) -> None:
        self.db.execute("update lot set reserved = reserved + ? where id = ?", (reserved, lot))
        self.db.execute("insert into movement values (?, ?, ?, 0, ?)", (lot, self.now, event, reserved))


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _parts(answer: str) -> list[list[str]]:
    return [line.split("\t") for line in answer.splitlines()]
