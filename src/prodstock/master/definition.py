"""What a catalog may hold."""


class Definition:
    """Marker of everything a catalog may hold, so that a mixed list has a type."""

    __slots__ = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """What may stand only once in a catalog; of two catalogs added, the later definition of an identity wins."""
        raise NotImplementedError
