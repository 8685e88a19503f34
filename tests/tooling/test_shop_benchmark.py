"""The benchmark of a random shop runs, and tells what it measured."""

import pytest
from benchmarks import shop


def test_the_command_line_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """A small and a larger shop: a first schedule, a repair, a search that is never worse, and the growth."""
    shop.main(["--operations", "100", "200", "--seconds", "0.2"])
    out = capsys.readouterr().out
    assert out.count("first schedule") == out.count("of the others stay") == out.count("best rule") == 2
    assert "growth exponent" in out
    rules, found, _ = shop.search(shop.shop(100), 0.2)
    assert found <= rules
    assert shop.shop(100) == shop.shop(100)
