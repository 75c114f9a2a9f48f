"""Reports in the formats of others, held against the field's own libraries; and what hostile files come to."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
import stix2
from followthemoney import model
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from prov.constants import PROV_ATTRIBUTION, PROV_DERIVATION
from prov.model import ProvBundle, ProvDocument
from pymisp import MISPEvent

from lib.shared_reports import AT, FULL, shared_reports
from tallystick.adapters.report_formats import FORMATS
from tallystick.adapters.report_formats.ftm import read_ftm, write_ftm
from tallystick.adapters.report_formats.misp import write_misp
from tallystick.adapters.report_formats.misp_reading import read_misp
from tallystick.adapters.report_formats.prov import write_prov
from tallystick.adapters.report_formats.stix import write_stix
from tallystick.adapters.report_formats.stix_marks import EXTENSION
from tallystick.adapters.report_formats.stix_reading import read_stix
from tallystick.cli.report_sharing import READ, WRITTEN
from tallystick.errors import InputError
from tallystick.node.reporting.sharing import Faulty
from tallystick.reports.sharing import SharedNote, SharedReport, checked

CREATED = "2026-05-01T00:00:00.000Z"
GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
AUTHOR = "identity--3532c56d-ea72-48be-a2ad-1a53f4c9c6d3"
REPORT = "report--84e4d88f-44ea-4bcd-bbf3-b2c1c320bcb3"


def foreign(*more: dict[str, Any], **members: object) -> bytes:
    """A bundle as somebody else writes it."""
    author = {
        "type": "identity", "spec_version": "2.1", "id": AUTHOR, "created": CREATED, "modified": CREATED, "name": "Harbour watch",
        "identity_class": "organization",
    }  # fmt: skip
    report = {
        "type": "report", "spec_version": "2.1", "id": REPORT, "created": CREATED, "modified": CREATED, "created_by_ref": AUTHOR,
        "name": "Boats", "description": "Four boats left.", "published": CREATED, "object_refs": [AUTHOR],
        "object_marking_refs": [GREEN], **members,
    }  # fmt: skip
    objects = [author, report, *more]
    return json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects}).encode()


def only(content: bytes) -> SharedReport:
    (found,) = read_stix(content)
    assert isinstance(found, SharedReport), found
    return found


def fault(content: bytes) -> Faulty:
    (found,) = read_stix(content)
    assert isinstance(found, Faulty), found
    return found


def test_the_commands_know_the_formats_there_are() -> None:
    assert (tuple(FORMATS.writers), tuple(FORMATS.readers)) == (WRITTEN, READ)


def test_a_stix_bundle_is_what_the_library_of_the_standard_accepts_without_custom_content() -> None:
    bundle = stix2.parse(write_stix([FULL], "north", AT).decode(), allow_custom=False)
    kinds = [each["type"] for each in bundle.objects]
    assert {kind: kinds.count(kind) for kind in ("report", "artifact", "relationship", "note")} == {
        "report": 1, "artifact": 1, "relationship": 3, "note": 5,
    }  # fmt: skip
    (report,) = (each for each in bundle.objects if each["type"] == "report")
    known = {each["id"]: each for each in bundle.objects}
    assert all(ref in known for ref in report["object_refs"]), "nothing points out of the bundle"
    assert {known[each]["name"] for each in report["object_marking_refs"]} == {"TLP:GREEN", "Europol H1"}
    confidences = sorted(each["confidence"] for each in bundle.objects if "confidence" in each)
    assert confidences == [70, 70], "probably true (Admiralty) and likely (ICD 203); 6 stands for no number"
    assert EXTENSION in known


def test_a_misp_event_is_what_the_library_of_misp_reads_and_comes_back_out_of_it_as_it_was() -> None:
    event = MISPEvent()
    event.from_json(write_misp([FULL], "north", AT).decode())
    assert {each.name for each in event.tags} == {"tlp:green", 'europol-handling:code="H1"'}
    names = [each.name for each in event.objects]
    assert {name: names.count(name) for name in names} == {
        "tallystick-report": 1, "tallystick-source": 3, "tallystick-edge": 3, "tallystick-claim": 2, "tallystick-mention": 1,
        "tallystick-assessment": 1,
    }  # fmt: skip
    tags = {tag.name for each in event.objects for attribute in each.attributes for tag in attribute.tags}
    assert tags == {
        'admiralty-scale:source-reliability="b"', 'admiralty-scale:information-credibility="2"',
        'admiralty-scale:information-credibility="6"', 'estimative-language:likelihood-probability="likely"',
        'estimative-language:confidence-in-analytic-judgment="low"',
    }  # fmt: skip
    known = {each.uuid for each in event.objects}
    references = [each for one in event.objects for each in one.references]
    assert len(references) == 3
    assert all(each.referenced_uuid in known for each in references)
    assert [each.note for each in event.notes] == ["The photograph is from 2019."]
    assert [each.data and each.data.getvalue() for each in event.attributes] == [FULL.original]
    assert list(read_misp(json.dumps({"Event": json.loads(event.to_json())}).encode())) == [FULL]


@settings(max_examples=15)
@given(st.lists(shared_reports(), min_size=1, max_size=3, unique_by=lambda each: each.key))
def test_misp_gives_back_whatever_was_written(reports: list[SharedReport]) -> None:
    content = write_misp(reports, "north", AT)
    assert list(read_misp(content)) == reports
    assert FORMATS.look(content) == "misp"


def known_to_ftm(report: SharedReport) -> SharedReport:
    """What FollowTheMoney has a word for, of a report."""
    sources = tuple(replace(each, grade=None, since=None) for each in report.sources)
    mentions = tuple(replace(each, start=0, end=0, register="", verdict="", state="new") for each in report.mentions)
    return replace(
        report, sources=sources, mentions=mentions, rests_on=(), claims=(), assessments=(), original=None
    )  # fmt: skip


def test_followthemoney_entities_are_valid_for_the_library_of_the_format_and_point_at_each_other() -> None:
    content = write_ftm([FULL], "north", AT)
    entities = {}
    for line in content.splitlines():
        data = json.loads(line)
        proxy = model.get_proxy(data, cleaned=False)
        proxy.schema.validate(data)
        assert proxy.to_dict()["properties"].keys() == data["properties"].keys(), "every value is one of its property"
        entities[proxy.id] = proxy
    kinds = [each.schema.name for each in entities.values()]
    assert kinds == ["PlainText", "Organization", "LegalEntity", "Organization", *["UnknownLink"] * 3, "Mention", "Note"]
    (mention,) = (each for each in entities.values() if each.schema.name == "Mention")
    assert (mention.get("name"), mention.get("resolved")) == (["Tomasin Verhoovel"], ["p1"])
    assert entities[mention.first("document")].get("title") == ["Boats leave"]
    assert b"Admiralty reliability B, says north" in content
    assert list(read_ftm(content)) == [known_to_ftm(FULL)]


@settings(max_examples=25)
@given(shared_reports())
def test_followthemoney_gives_back_what_it_has_a_word_for(report: SharedReport) -> None:
    report = replace(report, mentions=tuple(replace(each, record="p1") for each in report.mentions))
    content = write_ftm([report], "north", AT)
    assert list(read_ftm(content)) == [known_to_ftm(report)]
    assert FORMATS.look(content) == "ftm"


def line(schema: str, key: str = "d1", **properties: object) -> bytes:
    return json.dumps({"id": key, "schema": schema, "properties": properties}).encode() + b"\n"


def test_foreign_entities_are_read_and_a_bad_line_keeps_no_other_back() -> None:
    pages = line("Page", "g2", document=["d1"], index=["2"], bodyText=["Two."]) + line(
        "Page", "g1", document=["d1"], index=["1"], bodyText=["One."]
    )
    content = (
        pages
        + b"no entity\n"
        + line("Pages", title=["Boats"], language=["eng"], publishedAt=["2026-05-01"])
        + line("Company", "c1", name=["x"])
    )
    content += line("Mention", "m1", document=["d1"], name=["Tomasin Verhoovel"]) + line(
        "HyperText", "d2", bodyText=["x" * 4_000_001]
    )
    bad, found, long = read_ftm(content)
    assert isinstance(bad, Faulty)
    assert bad.name == "line 3"
    assert isinstance(found, SharedReport)
    assert (found.headline, found.text, found.language, found.handling, found.ref) == (
        "Boats",
        "One.\n\nTwo.",
        "en",
        "H0 TLP:AMBER",
        "d1",
    )
    assert ([each.text for each in found.mentions], found.sources) == (["Tomasin Verhoovel"], ()), (
        "what belongs to no document stays out"
    )
    assert isinstance(long, Faulty)
    assert "text of a report does not fit" in long.reason


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        (["tlp:red", "TLP:GREEN"], "H0 TLP:RED"),
        (["TLP: White"], "H0 TLP:CLEAR"),
        (["boats"], "H0 TLP:AMBER"),
        (["handling code: H2 TLP:GREEN"], "H2 TLP:GREEN"),
        (["handling code: H2 TLP:GREEN", "tlp:amber"], "H2 TLP:AMBER"),
    ],
)
def test_the_code_of_an_entity_covers_every_keyword(keywords: list[str], code: str) -> None:
    (found,) = read_ftm(line("Article", bodyText=["x"], keywords=keywords))
    assert isinstance(found, SharedReport)
    assert found.handling == code


@pytest.mark.parametrize(
    "content", [b"x", b"{}", b'{"id":1,"schema":"Document"}', b'{"id":"a","schema":"x","properties":' + b"[" * 99_999]
)
def test_what_is_no_entity_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="no FollowTheMoney entities"):
        list(read_ftm(content))


def bundles(content: bytes) -> list[ProvBundle]:
    return list(ProvDocument.deserialize(content=content.decode(), format="json").bundles)


def test_prov_says_for_the_library_of_the_standard_by_which_steps_a_report_came() -> None:
    content = write_prov([FULL, replace(FULL, sender="south", claims=(), assessments=())], "north", AT)
    document = ProvDocument.deserialize(content=content.decode(), format="json")
    attributed = {str(each.args[1]) for each in document.get_records() if each.get_type() == PROV_ATTRIBUTION}
    assert len(attributed) == 2, "the word of each organisation is a bundle of its own"
    first = bundles(content)[0]
    labels = {str(each.identifier): str(each.label) for each in first.get_records() if each.identifier and each.is_element()}
    derived = [each for each in first.get_records() if each.get_type() == PROV_DERIVATION]
    steps = {
        (labels[str(each.args[1])], labels[str(each.args[0])]): {str(key): value for key, value in each.extra_attributes}
        for each in derived if any(str(key) == "t:basis" for key, _ in each.extra_attributes)
    }  # fmt: skip
    assert steps == {
        ("official", "Radio Norland"): {"t:basis": "explicit", "t:cue": "told"},
        ("Radio Norland", "Boats leave"): {"t:basis": "inferred"},
        ("Norland customs", "Boats leave"): {"t:basis": "explicit", "t:cue": "said"},
    }
    values = {str(value) for each in first.get_records() for key, value in each.extra_attributes if str(key) == "prov:value"}
    assert values == {"Four grey boats left, Norland customs said.", "They may not return.", "The boats go on."}
    said = [{str(key): str(value) for key, value in each.extra_attributes} for each in first.get_records()]
    assert {each["t:polarity"] for each in said if each.get("prov:value") == "They may not return."} == {"negated"}


@settings(max_examples=15)
@given(shared_reports())
def test_prov_of_any_report_is_read_by_the_library_of_the_standard(report: SharedReport) -> None:
    (found,) = bundles(write_prov([report], "north", AT))
    steps = [each for each in found.get_records() if any(str(key) == "t:basis" for key, _ in each.extra_attributes)]
    assert len(steps) == len(report.edges)


def event(**members: object) -> bytes:
    """An event as a MISP instance writes it."""
    said = {
        "id": "7", "uuid": "84e4d88f-44ea-4bcd-bbf3-b2c1c320bcb3", "info": "Boats", "date": "2026-05-01", "distribution": "1",
        "Orgc": {"id": "1", "name": "Harbour watch", "uuid": "3532c56d-ea72-48be-a2ad-1a53f4c9c6d3"},
        "EventReport": [{"name": "x", "content": "Four boats left."}, {"name": "y", "content": "gone", "deleted": True}],
        "Attribute": [{"type": "ip-dst", "value": "192.0.2.1"}], "Tag": [{"name": "tlp:green"}], **members,
    }  # fmt: skip
    return json.dumps({"Event": said}).encode()


def test_a_foreign_event_is_read_as_far_as_misp_has_a_word_for_it() -> None:
    graded = [{"name": "tlp:green"}, {"name": 'admiralty-scale:source-reliability="c"'}]
    (found,) = read_misp(event(Tag=graded, Note=[{"note": "Seen before.", "authors": "a@b", "created": "2026-05-02 08:00:00"}]))
    assert isinstance(found, SharedReport)
    assert (found.sender, found.headline, found.text, found.id) == ("Harbour watch", "Boats", "Four boats left.", "")
    assert [(each.name, each.grade) for each in found.sources] == [("Harbour watch", "C")]
    assert [each.text for each in found.notes] == ["Seen before."]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "H0 TLP:GREEN"),
        ({"Tag": [{"name": "tlp:white"}]}, "H0 TLP:CLEAR"),
        ({"Tag": [{"name": "tlp:amber+strict"}, {"name": "tlp:clear"}]}, "H0 TLP:AMBER+STRICT"),
        ({"Tag": []}, "H0 TLP:AMBER"),
        ({"Tag": [], "distribution": "0"}, "H0 TLP:AMBER+STRICT"),
        ({"Tag": [], "distribution": "3"}, "H0 TLP:AMBER"),
        ({"Attribute": [{"value": "x", "Tag": [{"name": 'TLP:"RED"'}]}]}, "H0 TLP:RED"),
        ({"Object": [{"Attribute": [{"value": "x", "Tag": [{"name": "tlp:amber"}]}]}]}, "H0 TLP:AMBER"),
    ],
)
def test_the_code_of_an_event_covers_every_tag_in_it(members: dict[str, Any], code: str) -> None:
    (found,) = read_misp(event(**members))
    assert isinstance(found, SharedReport)
    assert found.handling == code


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (event(Tag=[{"name": "tlp:ex:chr"}]), "not understood"),
        (event(EventReport=[{"content": "x" * 4_000_001}]), "more than 4,000,000 characters"),
        (event(Attribute=[{"type": "attachment", "data": "!"}]), "no base64"),
        (
            event(Object=[{"name": "tallystick-claim", "Attribute": [{"object_relation": "start", "value": "no number"}]}]),
            "does not fit",
        ),
        (
            event(Object=[{"name": "tallystick-report", "Attribute": [{"object_relation": "id", "value": "short"}]}]),
            "id of a report",
        ),
    ],
)
def test_an_event_that_is_no_good_is_told(content: bytes, said: str) -> None:
    (found,) = read_misp(content)
    assert isinstance(found, Faulty)
    assert said in found.reason


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"Event":7}', b'{"response":[]}', b'{"Event":' + b"[" * 99_999, b"7"])
def test_what_is_no_event_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="MISP event"):
        list(read_misp(content))


@settings(max_examples=25)
@given(shared_reports())
def test_stix_gives_back_whatever_was_written(report: SharedReport) -> None:
    content = write_stix([report], "north", AT)
    assert only(content) == report
    assert write_stix([only(content)], "north", AT) == content
    stix2.parse(content.decode(), allow_custom=False)


def test_the_word_of_two_organisations_on_one_document_stays_apart() -> None:
    other = SharedReport(sender="south", id=FULL.id, at=AT, as_of=AT, handling=FULL.handling, original=FULL.original)
    assert list(read_stix(write_stix([FULL, other], "south", AT))) == [FULL, other]


def test_a_foreign_bundle_is_read_as_far_as_stix_has_a_word_for_it() -> None:
    note = {
        "type": "note", "spec_version": "2.1", "id": "note--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061", "created": CREATED,
        "modified": CREATED, "content": "Seen before.", "authors": ["A. Reader"], "object_refs": [REPORT],
    }  # fmt: skip
    found = only(foreign(note))
    assert (found.sender, found.headline, found.text, found.handling) == (
        "Harbour watch",
        "Boats",
        "Four boats left.",
        "H0 TLP:GREEN",
    )
    assert (found.at, found.ref, found.id) == (datetime(2026, 5, 1, tzinfo=UTC), REPORT, "")
    assert [(each.by, each.text) for each in found.notes] == [("A. Reader", "Seen before.")]


def test_the_code_is_the_least_that_covers_every_marking() -> None:
    statement = {
        "type": "marking-definition", "spec_version": "2.1", "id": "marking-definition--d81f86b9-975b-4c0b-875e-810c5ad45a4f",
        "created": CREATED, "definition_type": "statement", "definition": {"statement": "Ask  unit 4\nfirst"},
    }  # fmt: skip
    parts = [{"marking_ref": RED, "selectors": ["description"]}]
    assert only(foreign(object_marking_refs=[])).handling == "H0 TLP:AMBER", "nothing said"
    assert only(foreign(granular_markings=parts)).handling == "H0 TLP:RED", "a part of it is"
    assert only(foreign(statement, object_marking_refs=[statement["id"], GREEN])).handling == "H3 TLP:GREEN Ask unit 4 first"
    assert only(foreign(statement, object_marking_refs=[statement["id"]])).handling == "H3 TLP:AMBER Ask unit 4 first"
    tight = {
        "type": "note", "spec_version": "2.1", "id": "note--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061", "created": CREATED,
        "modified": CREATED, "content": "x", "object_refs": [REPORT], "object_marking_refs": [RED],
    }  # fmt: skip
    assert only(foreign(tight)).handling == "H0 TLP:RED", "what is said about it is"
    unknown = "marking-definition--00000000-0000-4000-8000-000000000000"
    assert "not understood" in fault(foreign(object_marking_refs=[unknown])).reason
    extension = {EXTENSION: {"role": "report", "handling": "H0 TLP:CLEAR", "digest": ""}}
    assert only(foreign(extensions=extension)).handling == "H0 TLP:GREEN", "the extension does not loosen a marking"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no format"),
        (b"%PDF-1.7", "no format"),
        (b'{"type":"bundle"', "no STIX bundle"),
        (b'{"type":"bundle","objects":[]}', "no STIX bundle"),
        (b'{"type":"bundle","objects":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "STIX bundle"),
        (b'{"type":"bundle","objects":[{"type":1,"id":[]},7]}', "no STIX bundle"),
        (b'{"type":"bundle \xff","objects":[{}]}', "no format"),
        (b'{"type":"bundle","objects":[{"x":"\xff"}]}', "no STIX bundle"),
    ],
)
def test_a_file_that_is_no_bundle_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(FORMATS.readers[FORMATS.look(content)](content))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"description": "x" * 4_000_001}, "more than 4,000,000 characters"),
        (
            {"extensions": {EXTENSION: {"role": "report", "digest": "no digest", "handling": "H0 TLP:GREEN"}}},
            "id of a report does not fit",
        ),
        ({"extensions": {EXTENSION: {"role": "report", "digest": "", "handling": "TLP:NONE"}}}, "no handling code"),
        ({"extensions": {EXTENSION: {"role": "report", "digest": "", "rests_on": [{}]}}}, "of a report does not fit"),
    ],
)
def test_a_report_that_is_no_good_is_told_without_its_words(members: dict[str, Any], said: str) -> None:
    found = fault(foreign(**members))
    assert said in found.reason
    assert found.hint
    assert "xxx" not in found.reason


def test_an_artifact_that_does_not_fit_its_hash_makes_its_report_no_good() -> None:
    content = write_stix([FULL], "north", AT)
    assert "does not fit its hash" in fault(content.replace(b'"payload_bin": "Qm9hdHM', b'"payload_bin": "Qm9hdHN')).reason
    assert "no base64" in fault(content.replace(b'"payload_bin": "Qm9hdHM', b'"payload_bin": "!m9hdHM')).reason


def test_nobodys_date_is_made_up() -> None:
    undated = foreign(published="lately", created=None, modified=None)
    (entity,) = read_ftm(line("PlainText", bodyText=["x"]))
    (event,) = read_misp(json.dumps({"Event": {"info": "Boats", "Note": [{"note": "n", "authors": "a"}]}}).encode())
    assert isinstance(entity, SharedReport)
    assert isinstance(event, SharedReport)
    assert [each.at for each in (only(undated), entity, event)] == [None] * 3
    assert [each.at for each in event.notes] == [None]
    assert '"t:arrivedAt"' not in write_prov([entity], "north", AT).decode()
    for each in (entity, event):
        assert only(write_stix([each], "north", AT)).at is None


def test_one_bad_report_keeps_no_other_back() -> None:
    bundle = json.loads(
        write_stix(
            [FULL, SharedReport(sender="south", id="3" * 64, at=AT, as_of=AT, handling="H0 TLP:GREEN", text="x")], "north", AT
        )
    )
    for each in bundle["objects"]:
        if each["type"] == "report" and each.get("description") == "x":
            each["extensions"][EXTENSION]["headline"] = 7
    assert [type(each) for each in read_stix(json.dumps(bundle).encode())] == [SharedReport, Faulty]


def test_no_report_says_more_than_its_limit() -> None:
    note = SharedNote(at=AT, by="x", text="y" * 20_000)
    with pytest.raises(InputError, match="more than 16,000,000 characters are said"):
        checked(replace(FULL, notes=(note,) * 801))
    assert checked(replace(FULL, notes=(note,) * 700)).notes[0] == note


def test_modalities_and_likelihoods_are_those_of_the_product() -> None:
    from tallystick.adapters.report_formats import stix
    from tallystick.reports.acts import Likelihood

    assert set(stix._LIKELIHOOD) == set(get_args(Likelihood))
