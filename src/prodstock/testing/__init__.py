"""The public test kit: strategies, contracts, oracles and samples for hosts that build on prodstock."""

from prodstock.testing.digests import digest as digest
