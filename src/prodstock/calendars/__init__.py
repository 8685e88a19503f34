"""Working time: zones, weeks, holidays, exceptions, maintenance, horizons."""
