"""Interfaces for programs: the own registers as others' clients ask for them. `program_routes` is all of them."""

from tallystick.desk.programs.interface import program_routes

__all__ = ["program_routes"]
