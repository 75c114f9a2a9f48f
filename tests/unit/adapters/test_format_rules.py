"""What we write in the formats of others, held against the rules of each, which come with the libraries: the JSON schemas of
OASIS for STIX and the checks beside them, the schema of MISP and its table of types, the model of FollowTheMoney."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pymisp
import pytest
from followthemoney import model
from followthemoney.util import sanitize_text
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from stix2validator import ValidationOptions, validate_string, validator

from lib.shared_reports import AT, FULL, shared_reports
from tallystick.adapters.report_formats.ftm import write_ftm
from tallystick.adapters.report_formats.misp import write_misp
from tallystick.adapters.report_formats.stix import write_stix
from tallystick.reports.sharing import SharedReport

MADE = st.lists(shared_reports(), min_size=1, max_size=2, unique_by=lambda each: each.key)

LEFT_OUT = (
    "uuid-check",  # ids SHOULD be made of chance (UUIDv4); ours are made of what they are about, so that a thing has one id
    "relationship-types",  # attributed-to is one the standard has; from a report to its source it does not suggest any
)
OPTIONS = ValidationOptions(version="2.1", strict=True, enforce_refs=True, disabled=",".join(LEFT_OUT))


@pytest.fixture(autouse=True, scope="module")
def _nothing_is_fetched() -> Iterator[None]:
    """The schemas come with the library, and no extension of ours has any elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validator, "requests", None)
        yield


def faults(content: bytes) -> list[str]:
    """Return what breaks a rule, warnings included."""
    return [str(each) for each in validate_string(content.decode(), OPTIONS).errors]


def test_a_bundle_keeps_every_rule_of_the_standard() -> None:
    assert faults(write_stix([FULL], "north", AT)) == []


@settings(max_examples=15, deadline=None)
@given(MADE)
def test_whatever_is_written_keeps_every_rule_of_the_standard(reports: list[SharedReport]) -> None:
    assert faults(write_stix(reports, "north", AT)) == []


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [
        ("report", "published", "yesterday"), ("report", "object_refs", []), ("note", "confidence", 101),
        ("identity", "created", "2026-01-01"), ("relationship", "source_ref", "nobody"), ("artifact", "payload_bin", "%"),
        ("report", "extensions", {"extension-definition--8a57b0d8-5768-5151-aef6-e5b9f68aeb1d": {"is": "too short a name"}}),
        ("note", "id", "note--1"),
    ],
)  # fmt: skip
def test_a_bundle_that_breaks_a_rule_is_found_out(kind: str, member: str, value: object) -> None:
    bundle = json.loads(write_stix([FULL], "north", AT))
    next(each for each in bundle["objects"] if each["type"] == kind)[member] = value
    assert faults(json.dumps(bundle).encode())


# --- MISP ---------------------------------------------------------------------------------------------------------------

DATA = Path(pymisp.__file__).parent / "data"
SCHEMA = json.loads((DATA / "schema-lax.json").read_text(encoding="utf-8"))
TYPES = json.loads((DATA / "describeTypes.json").read_text(encoding="utf-8"))["result"]["category_type_mappings"]


def events(content: bytes) -> list[dict[str, Any]]:
    """Return the events of a file: one, or those of a response."""
    said = json.loads(content)
    found: list[dict[str, Any]] = said.get("response", [said])
    return found


def attributes(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from event.get("Attribute", ())
    for each in event.get("Object", ()):
        yield from each["Attribute"]


def misp_faults(content: bytes) -> list[str]:
    """Return what breaks the schema, types that a category does not have, and ids that are there twice."""
    checker = jsonschema.Draft4Validator(SCHEMA)
    found = [each.message for event in events(content) for each in checker.iter_errors(event)]
    ids = list[str]()
    for event in (each["Event"] for each in events(content)):
        for each in attributes(event):
            found += [f"no {each['category']}: {each['type']}"] if each["type"] not in TYPES[each["category"]] else []
        ids += [each["uuid"] for each in (event, *attributes(event), *event.get("Object", ()))]
    return found + sorted({f"{each} is there twice" for each in ids if ids.count(each) > 1})


@settings(max_examples=15, deadline=None)
@given(st.one_of(st.just([FULL]), MADE))
def test_events_keep_the_rules_of_misp(reports: list[SharedReport]) -> None:
    assert misp_faults(write_misp(reports, "north", AT)) == []


@pytest.mark.parametrize(
    ("member", "value"), [("date", 20260501), ("Attribute", {}), ("analysis", 7), ("info", None), ("threat_level_id", ["4"])]
)
def test_an_event_that_breaks_a_rule_is_found_out(member: str, value: object) -> None:
    said = json.loads(write_misp([FULL], "north", AT))
    said["Event"][member] = value
    assert misp_faults(json.dumps(said).encode())


# --- FollowTheMoney -----------------------------------------------------------------------------------------------------


def named(report: SharedReport) -> SharedReport:
    """Return a report whose sender, sources and mentions have names with a letter, as real ones have: others are none here."""
    sources = tuple(replace(each, name=f"N{each.name}") for each in report.sources)
    mentions = tuple(replace(each, text=f"N{each.text}") for each in report.mentions)
    return replace(report, sender=f"N{report.sender}", sources=sources, mentions=mentions)


@settings(max_examples=15, deadline=None)
@given(st.one_of(st.just([FULL]), MADE.map(lambda made: list(map(named, made)))))
def test_entities_keep_the_rules_of_followthemoney(reports: list[SharedReport]) -> None:
    lines = [json.loads(each) for each in write_ftm(reports, "north", AT).splitlines()]
    proxies = {each["id"]: model.get_proxy(each, cleaned=False) for each in lines}
    for said, proxy in zip(lines, proxies.values(), strict=True):
        proxy.schema.validate(said)
        for prop, value in proxy.itervalues():
            assert prop.type.name != "entity" or value in proxies or prop.name == "resolved", "nothing points out of the file"
        seen = {name for name, values in said["properties"].items() if any(map(sanitize_text, values))}
        assert proxy.to_dict()["properties"].keys() == seen, "every value that has a character to see is one of its property"
