"""The ledger's life beside a ledger on paper: the machine that a host may run over its own store."""

from hypothesis import settings

from prodstock.testing.machines import LedgerMachine

TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=25, stateful_step_count=20)
