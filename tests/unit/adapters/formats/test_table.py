"""Any table: the suggestion, the mapping file, and what is read by it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.list_samples import workbook
from tallystick.adapters.formats import Mapping, dump_mapping, load_mapping, open_source, suggest_mapping
from tallystick.adapters.formats.header_words import field_of
from tallystick.adapters.formats.mapping import IdentifierColumn
from tallystick.adapters.formats.table_heads import sniff_delimiter
from tallystick.errors import ConfigError, InputError
from tallystick.model import Address, Identifier, Record


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Date of Birth", "birth_dates"),
        ("dateOfBirth", "birth_dates"),
        ("GEBURTSDATUM", "birth_dates"),
        ("Date de naissance", "birth_dates"),
        ("дата рождения", "birth_dates"),
        ("تاريخ الميلاد", "birth_dates"),
        ("Prénom(s)", "given"),
        ("Vorname 2", "given"),
        ("Apellidos", "family"),
        ("Passport_No", "passport"),
        ("Client religion (optional)", "dropped"),
        ("E-Mail", "emails"),
        ("Zebra", ""),
    ],
)
def test_headers_in_several_languages(header: str, field: str) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    path = table(tmp_path, f"id{delimiter}name{delimiter}dob\n" + f"1{delimiter}Ali{delimiter}1964\n" * 5)
    assert sniff_delimiter(path.read_bytes(), "utf-8") == delimiter


def test_a_suggestion_from_header_words(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Nr;Nachname;Vorname;Geburtsdatum;Geschlecht;Staatsangehörigkeit;Religion;Personalausweis;Straße;Ort;PLZ;Land;Telefon;E-Mail\n"
        "7;Zubi;Tariq;3.5.1964;m;Jordanien;x;L01X;Langer Weg 1;Wien;1010;Österreich;0123;t@example.org\n",
        "cp1252",
    )
    mapping = suggest_mapping(path)
    assert mapping == Mapping(
        id="Nr",
        name_parts=("Vorname", "Nachname"),
        birth_dates=("Geburtsdatum",),
        nationalities=("Staatsangehörigkeit",),
        gender="Geschlecht",
        identifiers=(IdentifierColumn("Personalausweis", "national_id"),),
        street="Straße",
        city="Ort",
        postcode="PLZ",
        country="Land",
        phones=("Telefon",),
        emails=("E-Mail",),
        dropped=("Religion",),
        delimiter=";",
        encoding="cp1252",
    )
    (row,) = open_source(path, mapping=mapping).rows()
    assert row.record == Record(
        id="7",
        names=("Tariq Zubi",),
        birth_dates=("1964-05-03",),
        nationalities=("jo",),
        identifiers=(Identifier(type="national_id", number="L01X"),),
        gender="m",
        addresses=(Address(street="Langer Weg 1", city="Wien", postcode="1010", country="at"),),
        phones=("0123",),
        emails=("t@example.org",),
    )
    assert row.dropped == ("Religion",)


def test_a_suggestion_from_values(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "a,full name,b,c,d,e\n" + "".join(f"K{n},Ali {n},1964-05-{n:02},f,France,x{n}@example.org\n" for n in range(1, 9)),
    )
    mapping = suggest_mapping(path)
    assert (mapping.names, mapping.birth_dates, mapping.gender, mapping.nationalities, mapping.emails) == (
        ("full name",),
        ("b",),
        "c",
        ("d",),
        ("e",),
    )


def test_american_dates_several_values_and_family_first(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        'id,name,dob\n1,"ZUBI, Tariq;ZOUBI, Tarek",05/23/1964\n2,"ORHAN, Leyla;OHRAN, Leyla",02/03/1971\n3,"A, B",01/01/1970\n',
    )
    mapping = suggest_mapping(path)
    assert (mapping.month_first, mapping.separator, mapping.family_first) == (True, ";", True)
    records = [row.record for row in open_source(path, mapping=mapping).rows() if row.record]
    assert records[0] == Record(id="1", names=("Tariq ZUBI", "Tarek ZOUBI"), birth_dates=("1964-05-23",))
    assert records[1].birth_dates == ("1971-02-03",)


def test_a_name_beside_a_first_name_is_the_family_name(tmp_path: Path) -> None:
    assert suggest_mapping(table(tmp_path, "id;Name;Vorname\n1;Zubi;Tariq\n")).name_parts == ("Vorname", "Name")


@pytest.mark.parametrize("text", ["", "\n\n", "   \n"])
def test_nothing_to_suggest_from(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="no header"):
        suggest_mapping(table(tmp_path, text))


MAPPING = Mapping(
    id='a "b"\\c',
    names=("Имя",),
    identifiers=(IdentifierColumn("p", "passport", "c"), IdentifierColumn("q")),
    separator="|",
    month_first=True,
)


def test_a_mapping_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(dump_mapping(MAPPING))
    assert load_mapping(path) == MAPPING


def test_a_mapping_in_json(tmp_path: Path) -> None:
    path = tmp_path / "mapping.json"
    path.write_text('{"id": "n", "names": ["Имя"], "identifiers": [{"column": "p", "type": "passport"}]}')
    assert load_mapping(path) == Mapping(id="n", names=("Имя",), identifiers=(IdentifierColumn("p", "passport"),))


@pytest.mark.parametrize(
    "text",
    ["", "names = 7", 'nmaes = ["x"]', 'id = "x"', "{", '{"names": [1]}', "[" * 9000, 'names = ["x"]\ndelimiter = ";;"', "\x00"],
)
def test_mappings_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping"
    path.write_text(text)
    with pytest.raises(ConfigError, match="mapping mapping"):
        load_mapping(path)


def test_a_column_the_table_lacks(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "id,name\n1,Ali\n"), mapping=Mapping(names=("name",), birth_dates=("dob",)))
    with pytest.raises(ConfigError, match="has no column dob"):
        list(source.rows())


def test_without_an_id_column_the_line_is_the_id(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "name,x\nAli,1\n\nLeyla,2\n"), mapping=Mapping(names=("name",)))
    assert [row.record.id for row in source.rows() if row.record] == ["row-2", "row-4"]


def test_an_encoding_nobody_knows(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "id,name\n1,Ali\n"), mapping=Mapping(names=("name",), encoding="klingon", delimiter=","))
    with pytest.raises(InputError, match="unknown encoding"):
        list(source.rows())


IN_SCRIPTS = {
    "cp1251": "№;Фамилия;Имя;Дата рождения;Гражданство\n1;Калинина;Анна;07.10.1972;Россия\n2;Орлова;Вера;08.10.1972;Россия\n",
    "cp1253": "Αριθμός;Όνομα;Επώνυμο;Ημερομηνία γέννησης\n1;Παύλος;Κομνανός;24/05/1960\n2;Μαρία;Παππά;25/05/1960\n",
    "cp1256": "الرقم,الاسم الكامل,تاريخ الميلاد,الجنسية\n1,منير التوزاني,1974-11-26,المغرب\n2,ليلى العلمي,1974-11-27,المغرب\n",
    "cp1250": "Lp;Imię;Nazwisko;Data urodzenia;Płeć\n1;Łukasz;Żółć;07.10.1952;M\n",
    "cp1254": "No;Adı;Soyadı;Doğum Tarihi;Uyruğu\n1;Ayşe;Öztürk;03.05.1960;TR\n",
    "shift_jis": "番号,氏名,生年月日,国籍\n1,山田太郎,1960年5月3日,日本\n2,鈴木花子,1961年5月3日,日本\n",
    "gb18030": "编号,姓名,出生日期,国籍\n1,王小明,1960/5/3,中国\n2,李小红,1961/5/3,中国\n",
}


@pytest.mark.parametrize(("encoding", "text"), IN_SCRIPTS.items())
def test_a_table_of_another_script_is_read_as_what_it_is(tmp_path: Path, encoding: str, text: str) -> None:
    path = table(tmp_path, text, encoding)
    mapping = suggest_mapping(path)
    assert mapping.birth_dates
    assert mapping.names or len(mapping.name_parts) == 2
    source = open_source(path, mapping=mapping)
    records = [row.record for row in source.rows()]
    first_name = next(char for char in text.split("\n")[1] if char.isalpha())
    assert all(record and record.birth_dates for record in records)
    assert any(first_name in name for record in records if record for name in record.names)


def test_what_stands_above_the_header_is_no_row(tmp_path: Path) -> None:
    path = table(tmp_path, "sep=;\r\nCustomers of 2026\r\n\r\nid;name;born\r\n1;Ali Hassan;1970\r\n2;Karim Saleh;1980\r\n")
    mapping = suggest_mapping(path)
    assert (mapping.id, mapping.names, mapping.birth_dates, mapping.delimiter) == ("id", ("name",), ("born",), ";")
    rows = list(open_source(path, mapping=mapping).rows())
    assert [row.record.names for row in rows if row.record] == [("Ali Hassan",), ("Karim Saleh",)]
    assert len(rows) == 2


def test_a_person_above_the_header_is_told(tmp_path: Path) -> None:
    path = table(tmp_path, "Customers\n1;Ali Hassan;1970\nid;name;born\n2;Karim Saleh;1980\n")
    mapping = Mapping(id="id", names=("name",), birth_dates=("born",), delimiter=";")
    above, below = open_source(path, mapping=mapping).rows()
    assert (above.record, above.position, above.original) == (None, 2, b"1;Ali Hassan;1970\n")
    assert above.reason == "row stands above the line that names the columns"
    assert below.record is not None


def test_a_column_without_a_name_is_none(tmp_path: Path) -> None:
    path = table(tmp_path, "id,,name,\n1,x,Ali Hassan,y\n")
    (row,) = open_source(path, mapping=Mapping(id="id", names=("name",))).rows()
    assert row.record == Record(id="1", names=("Ali Hassan",))
    assert row.repaired == ()


def test_of_two_columns_with_one_name_the_first_is_read_and_that_is_said(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "id,name,name\n1,Ali,Ben\n"), mapping=Mapping(id="id", names=("name",)))
    (row,) = source.rows()
    assert row.record == Record(id="1", names=("Ali",))
    assert source.warnings == ["several columns are called name; of each name the first was read"]


def test_a_workbook_is_a_table_as_well(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(workbook([["Export"], ["Nr", "Vorname", "Nachname", "geb"], ["7", "Tariq", "Zubi", "3.5.64"]]))
    mapping = suggest_mapping(path)
    assert (mapping.id, mapping.name_parts, mapping.delimiter, mapping.encoding) == ("Nr", ("Vorname", "Nachname"), "", "")
    (row,) = open_source(path, mapping=mapping).rows()
    assert row.record == Record(id="7", names=("Tariq Zubi",), birth_dates=("1964-05-03",))


def test_years_of_two_digits_are_proposed_to_lie_behind_us(tmp_path: Path) -> None:
    path = table(tmp_path, "id;name;born\n1;Ali Hassan;3.5.64\n2;Karim Saleh;3.5.1970\n")
    proposed = suggest_mapping(path)
    assert proposed.two_digit_years == datetime.now(UTC).year - 99
    (tmp_path / "mapping.toml").write_text(dump_mapping(proposed))
    assert load_mapping(tmp_path / "mapping.toml") == proposed
    assert suggest_mapping(table(tmp_path, "id;name;born\n1;Ali Hassan;3.5.1964\n")).two_digit_years == 0
