"""Reads reports: zones, whose statement it is, by which chain it came, what is claimed, how many independent origins."""

from tallystick.reports.chain import Chain, Edge, Source
from tallystick.reports.claims import Claim, Quantity
from tallystick.reports.fingerprints import fingerprints, origin_record
from tallystick.reports.independence import Interval, Merge
from tallystick.reports.reading import Derived, Reading, groups_of, origins_of, read_report
from tallystick.reports.zones import Block, Passage, Zone

__all__ = [
    "Block",
    "Chain",
    "Claim",
    "Derived",
    "Edge",
    "Interval",
    "Merge",
    "Passage",
    "Quantity",
    "Reading",
    "Source",
    "Zone",
    "fingerprints",
    "groups_of",
    "origin_record",
    "origins_of",
    "read_report",
]
