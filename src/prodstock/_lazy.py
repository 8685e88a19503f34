"""Modules that are loaded when something in them is first used: what a host never asks for costs it nothing."""

from __future__ import annotations

from importlib import import_module


class Lazy:
    """Stands in for a module until it is needed. Type checkers and import contracts see the module itself.

    >>> ship = Lazy("prodstock.stock.ship")
    >>> ship.Ship("M-88", demand="SO-1").demand
    'SO-1'
    """

    def __init__(self, name: str) -> None:
        self.__name = name

    def __getattr__(self, name: str) -> object:
        value = getattr(import_module(self.__name), name)
        setattr(self, name, value)
        return value
