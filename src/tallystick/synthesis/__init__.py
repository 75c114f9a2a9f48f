"""The generator: realistic registers of invented persons, with the truth. Pure and seeded; no I/O but its own tables."""

from tallystick.synthesis.damage import DamageRates
from tallystick.synthesis.persons import KinRates
from tallystick.synthesis.registers import Batch, Pair, Plan, make_registers

__all__ = ["Batch", "DamageRates", "KinRates", "Pair", "Plan", "make_registers"]
