"""Which registered persons a running text may mention. Proposes records, with reasons; a human says who it is."""

from tallystick.screening.screener import HEADER, Mention, Reason, Screened, Screener

__all__ = ["HEADER", "Mention", "Reason", "Screened", "Screener"]
