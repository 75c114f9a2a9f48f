"""Describes linking two registers as a plan, and runs it. No I/O; engines that need a database are adapters."""

from tallystick.linkage.keys_only import KeysOnlyLinking
from tallystick.linkage.memory import MemoryLinking
from tallystick.linkage.native import NativeLinking
from tallystick.linkage.plan import LinkedPair, LinkPlan, LinkSummary, Stage

__all__ = ["KeysOnlyLinking", "LinkPlan", "LinkSummary", "LinkedPair", "MemoryLinking", "NativeLinking", "Stage"]
