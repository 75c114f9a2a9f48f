"""By what right a record is held."""

from datetime import date

from tallystick.model import Custody, Record, Register

REGISTER = Register(name="lists", custody=Custody(owner="Office", purpose="list", expires_on=date(2030, 1, 1)))


def test_a_record_without_custody_is_held_as_its_register() -> None:
    assert REGISTER.custody_for(Record(id="p1", names=("Ada",))) == REGISTER.custody


def test_what_a_record_does_not_say_its_register_says() -> None:
    record = Record(id="p1", names=("Ada",), custody=Custody(owner="Court", expires_on=date(2027, 1, 1)))
    assert REGISTER.custody_for(record) == Custody(owner="Court", purpose="list", expires_on=date(2027, 1, 1))
