"""The nouns: frozen values with nothing but their own invariants. No I/O, no clock."""

from tallystick.model.codec import check, clean_text, decode, encode
from tallystick.model.dates import BirthDate, parse_birth_date
from tallystick.model.record import GENDERS, Address, Custody, Identifier, Record, Register

__all__ = [
    "GENDERS",
    "Address",
    "BirthDate",
    "Custody",
    "Identifier",
    "Record",
    "Register",
    "check",
    "clean_text",
    "decode",
    "encode",
    "parse_birth_date",
]
