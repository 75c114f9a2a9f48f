"""Writes spec/vectors/match-keys-v1.json: names, records and pairs with what spec/match-keys-v1.md makes of them.

    .venv/bin/python scripts/match_key_vectors.py

Expected values come from the native core; tests/vectors/test_match_keys.py holds them against the second implementation too.
Look at the difference before committing it: a changed value is a changed specification. All persons are made up.

The parameter set is the vectors' own, so that learning better weights changes no vector; no weight in it is close to
half a tenth.
"""

import hashlib
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from tallystick import _native
from tallystick.matching.keys import KeyBatch

OUT = Path(__file__).parents[1] / "spec" / "vectors" / "match-keys-v1.json"
LONG = 30
KEYS = {
    "threshold": 140,
    "fine_slope": 0.468,
    "fine_offset": -1.28,
    "coarse_slope": 0.47,
    "coarse_offset": -1.86,
    "rough": -12,
    "complete_both": 81,
    "complete_holder": 32,
    "complete_neither": -7,
    "single": 5,
    "birth_day": 103,
    "birth_swapped": 78,
    "birth_other_year": 17,
    "birth_year": 27,
    "birth_conflict": -54,
}
FREQUENCIES = (
    "f?\t16\nc?\t14\nfali\t6.0\ncal\t5.3\nfmuhamad\t5.4\n"
    "cmmd\t4.7\nfhasan\t6.9\nchsn\t6.0\nfmaria\t7.5\ncmr\t6.1\nfjan\t7.9\ncjn\t5.1\n"
)
FRAME = {
    "format": 1,
    "version": "vectors",
    "calibration": {"slope": 1, "offset": 0},
    "thresholds": {"link": 0.5, "possible": 0.1},
}

NAMES = {
    "Latin": "Marek Zorvek",
    "Latin, accents and special letters": "Jørgen Brændø Łukaßz",
    "Latin, apostrophes": "Sean O’Quilmar D'Zorvek",
    "Latin, hyphen": "Anne-Marie Quilm-Zorvek",
    "Latin, initial": "J. Zorvek",
    "Latin, family name first, with a comma": "Zorvek, Marek",
    "Latin, a comma inside a compound": "al-Rahman Zorvek, Abd",
    "Latin, two commas": "al-Rahman, Zorvek, Abd",
    "Latin, a slip in a compound": "Adbul Rahman Abudlrahim Zorvek",
    "Latin, title and particles": "Prof. Dr. Otto von der Quilmau",
    "Latin, spelling variants fold alike": "Youssouf Joussef Yusuf Yusef",
    "Latin, a Slavic name in German letters": "Sergej Schtscherbakow",
    "Latin, a Slavic name in Polish letters": "Jewgienij Zorwecki-Mielnikow",
    "Latin, an ending that is no Slavic one": "Matthew Barlow",
    "Latin, doubled letters and digraphs": "Schtchukkin Phillipp Szczot Tzvi Quentin Xerxes Cecil",
    "Cyrillic": "Юрий Зорвеков",
    "Cyrillic, soft sign and io": "Семён Ольгин-Жуйский",
    "Ukrainian": "Ґалаґан Їжакевич Євген",
    "Greek": "Γιώργος Τζάφος",
    "Georgian": "გიორგი ზორვეკი",
    "Armenian": "Արամ Զորվեկյան",
    "Arabic": "عادل الزورفكي",
    "Arabic, Abd al-": "عبد الرحمن زرفك",
    "Arabic with vowels written": "عَادِل",
    "Persian": "پرویز گلزورک",
    "Urdu": "ٹیپو زورڈک",
    "Hebrew": "יוסף זורבק",
    "Hebrew, abbreviation sign": "צה״ל זורבק",
    "Devanagari": "अनिल ज़ोरवेक",
    "Devanagari, title": "डॉ अनिल कुमार",
    "Tamil": "சோர்வேக் அனில்",
    "Thai": "สมชาย",
    "Han, three letters": "王小明",
    "Han, four letters": "欧阳小明",
    "Han, one letter": "王",
    "Han, as Taiwan, Hong Kong and Koreans read it": "徐志雄",
    "Han, family name apart": "黃 凱詠",
    "Han, a Korean surname that begins a word": "盧柳女",
    "Han, a Japanese surname": "高橋翔太",
    "Han, a Japanese surname in kana and a repeated character": "佐々木 奈々",
    "Han, a surname that is in no table": "橋戸彩美",
    "Han, a Chinese and Japanese surname": "林森一",
    "Han, what is in no table": "龘靐",
    "Tamil, by the letters beside": "தமிழரசன் அப்பாவு",
    "Kana": "ヤマダ・タロー",
    "Hiragana": "やまだ たろう",
    "Hangul": "김조빅",
    "Hangul, two words": "김 조빅",
    "Hangul, four letters": "남궁조빅",
    "Abdul, joined": "Abdurrahman Abdelkader Abdallah",
    "Abdul, apart": "Abdul Rahman Abd el Kader Abd Allah",
    "Abu, Umm": "Abu Zorvek Oum Quilm Umm Quilm",
    "din and ullah": "Zorv ud-Din Zorveddine Quilm Ullah Quilmoullah",
    "Mac, saint": "Mac Zorvek Saint Quilm St. Quilm",
    "article at the end": "Zorvek Al",
    "compound opened and never closed": "Zorvek Abd",
    "compound opened, then an article at the end": "Zorvek Abdul Al",
    "form that changes when read again": "Xkamaladin",
}
HOSTILE_NAMES = {
    "empty": "",
    "blanks only": " \t\u3000\u2003 ",
    "punctuation only": "--- ... !!! ,,,",
    "titles only": "Mr. Dr. Prof.",
    "particles only": "von der de la",
    "articles only": "al el ul",
    "one letter": "x",
    "control characters inside": "Zor\x00vek\x1b[31m Qu\x07ilm",
    "line breaks inside": "Zorvek\r\nQuilm\u2028Marek",
    "zero-width joiners inside": "Zor\u200dvek Qu\u200cilm",
    "zero-width space inside": "Zor\u200bvek",
    "byte order mark": "\ufeffZorvek",
    "soft hyphen": "Zor\u00advek",
    "bidirectional override": "\u202ekevroZ\u202c Quilm",
    "bidirectional isolates": "\u2067Zorvek\u2069 \u2066Quilm\u2069",
    "combining marks, two hundred on one letter": "Z" + "\u0301" * 200 + "orvek",
    "combining marks alone": "\u0301\u0308\u0327",
    "combining mark on a Cyrillic letter": "Зор\u0301век",
    "Devanagari vowel signs alone": "\u093f\u0940\u094d",
    "fullwidth letters": "ＺＯＲＶＥＫ　Ｑｕｉｌｍ",
    "mathematical letters": "𝐙𝐨𝐫𝐯𝐞𝐤 𝒬𝓊𝒾𝓁𝓂",
    "enclosed letters and ligatures": "ⓏⓄⓇⓋⒺⓀ ﬁlip ﬀranz",
    "roman numerals and fractions": "Zorvek Ⅷ ½",
    "Latin and Cyrillic mixed in one word": "Zоrvеk",
    "Latin and Arabic without a blank": "Zorvekزورفك",
    "Latin and Han without a blank": "Zorvek王小明",
    "dotted capital I": "İZORVEK ISIK ışık",
    "capital sharp s": "GROẞ",
    "final sigma": "ΟΔΥΣΣΕΥΣ",
    "emoji": "Zorvek 😀👩\u200d👩\u200d👧",
    "emoji only": "😀🏴",
    "digits as a name": "12345 67890",
    "Arabic digits as a name": "١٢٣٤٥",
    "one character that stands for eighteen": "\ufdfa",
    "fourteen parts": "Zorvek Quilm Marek Brand Ostrel Weint Kasra Dolmar Fintan Gorv Helmut Irvin Jolan Kurlo",
    "one part of five hundred letters": "zor" * 166 + "ve",
    "private use and unassigned": "Zor\ue000vek \U0003fffd",
    "tag letters": "Zorvek\U000e0041\U000e0042",
    "letters without a romanization": "ﬆ ʘ ǃ",
    "half-width katakana": "ﾔﾏﾀﾞ ﾀﾛｳ",
    "Hangul in single letters": "\u1100\u1175\u11b7 \u110c\u1169",
}


def person(*names: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a record as JSON
    """Return a record as JSON."""
    return {"id": "r", "names": list(names), **more}


MAREK, FULL = person("Marek Zorvek"), ["1971-05-03"]
RECORDS = {
    "a name and nothing else": MAREK,
    "a common name and nothing else": person("Ali Hasan"),
    "a whole birth date": person("Ali Hasan", birth_dates=FULL),
    "day above twelve": person("Marek Zorvek", birth_dates=["1971-05-17"]),
    "day and month equal": person("Marek Zorvek", birth_dates=["1971-05-05"]),
    "a year": person("Marek Zorvek", birth_dates=["1971"]),
    "a month": person("Marek Zorvek", birth_dates=["1971-05"]),
    "about a year": person("Marek Zorvek", birth_dates=["1971~"]),
    "an interval": person("Marek Zorvek", birth_dates=["1971/1973"]),
    "an interval, about": person("Marek Zorvek", birth_dates=["1971~/1972"]),
    "the first of January": person("Marek Zorvek", birth_dates=["1971-01-01"]),
    "two dates": person("Marek Zorvek", birth_dates=["1971-05-03", "1970"]),
    "two names in two scripts": person("Marek Zorvek", "Юрий Зорвеков"),
    "a part written twice": person("Ali Aly Zorvek"),
    "an initial makes no key": person("J. Zorvek"),
    "a Korean name, three readings": person("김조빅"),
    "numbers, phones, e-mail": person(
        "Ali Hasan",
        identifiers=[{"type": "passport", "country": "fr", "number": "ab-12 34/56"}],
        phones=["+33 6 00 00 00 17"],
        emails=[" Marek@Example.org "],
    ),
    "weak names make no keys": person("Marek Zorvek", weak_names=["The Quilm"]),
}
HOSTILE_RECORDS = {
    "empty after cleaning": person("!!!", "😀"),
    "only titles": person("Mr. Dr."),
    "impossible dates": person("Marek Zorvek", birth_dates=["1971-02-30", "1971-13-01", "1971-00-00", "0000", "1971-04-31"]),
    "a leap day that is none": person("Marek Zorvek", birth_dates=["1900-02-29"]),
    "Hijri-looking year": person("Marek Zorvek", birth_dates=["1391-05-03"]),
    "year of the far future": person("Marek Zorvek", birth_dates=["2571"]),
    "interval reversed": person("Marek Zorvek", birth_dates=["1973/1971"]),
    "interval of a century": person("Marek Zorvek", birth_dates=["1900/1999"]),
    "interval in three": person("Marek Zorvek", birth_dates=["1971/1972/1973"]),
    "fullwidth digits in a date": person("Marek Zorvek", birth_dates=["１９７１"]),
    "sign and blank in a date": person("Marek Zorvek", birth_dates=["+1971", " 1971", "-1971"]),
    "a date in words": person("Marek Zorvek", birth_dates=["in the spring"]),
    "twelve parts and two more": person(HOSTILE_NAMES["fourteen parts"]),
    "two hundred aliases": person(*(f"Marek Zorv{a}k{b}l" for a in "aeioubdgklmnprstvzfh" for b in "aeioubdgkl")),
    "twenty dates": person("Marek Zorvek", birth_dates=[f"19{n:02}-05-17" for n in range(50, 70)]),
    "more keys than the cap": person(
        *(f"Marek Zorvek Quilm Brandov Ostrel {c}eintrub" for c in "bdgkmnpr"),
        birth_dates=[f"19{n}0-{n:02}-1{n}" for n in range(1, 9)],
    ),
    "a number of four letters": person("Ali Hasan", identifiers=[{"type": "passport", "number": "A-1 2.3"}]),
    "a number of punctuation": person("Ali Hasan", identifiers=[{"type": "passport", "number": "---------"}]),
    "separators of the key text inside a number": person("Ali Hasan", identifiers=[{"type": "x", "number": "a;b+c;;12"}]),
    "separators of the key text inside an e-mail": person("Ali Hasan", emails=["a;;k1;n@example.org"]),
    "separators of the key text inside a name": person("Zorvek;none; f+c Quilm"),
    "a phone of six digits": person("Ali Hasan", phones=["12-34-56"]),
    "bidirectional override": person("\u202eZorvek\u202c Marek"),
    "zero-width joiners": person("Zor\u200dvek Marek"),
    "combining marks": person("Z" + "\u0301" * 200 + "orvek Marek"),
    "digits as names": person("12345 67890"),
}
PAIRS = {
    "the same name": (MAREK, person("ZORVEK, Marek")),
    "the same name in two scripts": (person("Marek Zorvek"), person("Марек Зорвек")),
    "the same common name": (person("Ali Hasan"), person("Ali Hasan")),
    "the same common name and date": (person("Ali Hasan", birth_dates=FULL), person("Ali Hasan", birth_dates=FULL)),
    "the same name, other dates": (person("Marek Zorvek", birth_dates=FULL), person("Marek Zorvek", birth_dates=["1964-11-17"])),
    "the same name, one date unknown": (person("Marek Zorvek", birth_dates=FULL), MAREK),
    "the same name, the other date unknown": (MAREK, person("Marek Zorvek", birth_dates=FULL)),
    "day and month exchanged": (
        person("Marek Zorvek", birth_dates=["1971-05-03"]),
        person("Marek Zorvek", birth_dates=["1971-03-05"]),
    ),
    "a day wrong": (person("Marek Zorvek", birth_dates=["1971-05-17"]), person("Marek Zorvek", birth_dates=["1971-05-18"])),
    "whole date asked, year held": (person("Ali Zorvek", birth_dates=FULL), person("Ali Zorvek", birth_dates=["1971"])),
    "year asked, whole date held": (person("Ali Zorvek", birth_dates=["1971"]), person("Ali Zorvek", birth_dates=FULL)),
    "about asked, next year held": (person("Ali Zorvek", birth_dates=["1970~"]), person("Ali Zorvek", birth_dates=["1971"])),
    "about held, next year asked": (person("Ali Zorvek", birth_dates=["1971"]), person("Ali Zorvek", birth_dates=["1970~"])),
    "two whole dates of one year": (person("Ali Zorvek", birth_dates=FULL), person("Ali Zorvek", birth_dates=["1971-11-17"])),
    "a part left out by the asker": (person("Marek Zorvek"), person("Marek Ostrel Zorvek")),
    "a part left out by the holder": (person("Marek Ostrel Zorvek"), person("Marek Zorvek")),
    "brothers": (person("Marek Ostrel Zorvek"), person("Pavel Ostrel Zorvek")),
    "brothers, one date": (person("Marek Zorvek", birth_dates=FULL), person("Pavel Zorvek", birth_dates=FULL)),
    "a vowel different": (person("Marek Zorvek"), person("Marek Zorvak")),
    "a name in Han, written in Hong Kong": (person("黃凱詠", birth_dates=FULL), person("Wong Hoi Wing", birth_dates=FULL)),
    "a name in Han, written in Taiwan": (person("徐志雄", birth_dates=FULL), person("Hsu Chih-Hsiung", birth_dates=FULL)),
    "a name in Han, written in Japan": (person("高橋翔太", birth_dates=FULL), person("Shota Takahashi", birth_dates=FULL)),
    "a Slavic name in German letters": (person("Marek Zorwekow", birth_dates=FULL), person("Marek Zorvekov", birth_dates=FULL)),
    "both parts in another spelling": (person("Muhammad Hassan"), person("Mohamed Hasen")),
    "one alias of three": (person("Quilm Ostrel"), person("Marek Zorvek", "Pavel Brand", "Ostrel Quilm")),
    "nothing in common": (MAREK, person("Quilm Ostrel")),
    "a number in common, nothing of the names": (
        person("Marek Zorvek", identifiers=[{"type": "passport", "number": "ab 123-456"}]),
        person("Quilm Ostrel", identifiers=[{"type": "national id", "number": "AB123456"}]),
    ),
    "a number in common, one part in another spelling": (
        person("Marek Zorvek", birth_dates=FULL, identifiers=[{"type": "passport", "number": "ab 123-456"}]),
        person("Pavel Zorvak", birth_dates=["1964-11-17"], identifiers=[{"type": "national id", "number": "AB123456"}]),
    ),
    "a year before, both names whole": (
        person("Marek Zorvek", birth_dates=["1971"]),
        person("Marek Zorvek", birth_dates=["1970"]),
    ),
    "a year before, more of the asker's name": (
        person("Marek Ostrel Zorvek", birth_dates=["1971"]),
        person("Marek Zorvek", birth_dates=["1970"]),
    ),
    "a year after, the holder's date whole": (
        person("Ali Zorvek", birth_dates=["1971"]),
        person("Ali Zorvek", birth_dates=["1972-11-17"]),
    ),
    "a year before an interval": (person("Ali Zorvek", birth_dates=["1971/1973"]), person("Ali Zorvek", birth_dates=["1970"])),
    "a letter wrong in a part, one date": (person("Ali Zorvek", birth_dates=FULL), person("Ali Zortek", birth_dates=FULL)),
    "a letter wrong in both parts, one date": (
        person("Marek Zorvek", birth_dates=FULL),
        person("Marlek Zortek", birth_dates=FULL),
    ),
    "a letter wrong in a part, no date": (person("Marek Zorvek"), person("Marek Zortek")),
    "two parts with one beginning": (person("Zorvek Zorban", birth_dates=FULL), person("Zortan Zorvek", birth_dates=FULL)),
}
REFUSED = {
    "no name": b'{"id":"r","names":[]}',
    "a name of controls": b'{"id":"r","names":["\\u0000\\u0007 "]}',
    "lone surrogate": b'{"id":"r","names":["Zor\\ud800vek"]}',
    "no id": b'{"names":["Zorvek"]}',
    "names that are no list": b'{"id":"r","names":"Zorvek"}',
    "a name of a thousand and one letters": b'{"id":"r","names":["' + b"z" * 1001 + b'"]}',
    "not JSON": b"Marek Zorvek",
}

_maker = _native.KeyMaker(json.dumps(FRAME | {"keys": KEYS}), FREQUENCIES)


def line(record: dict[str, Any]) -> bytes:
    """Return a record as a line of the native format."""
    return json.dumps(record, ensure_ascii=False).encode()


def _keys(record: dict[str, Any], role: "_native.Role") -> dict[str, Any]:
    keys = [(text.decode(), tenths) for text, tenths in KeyBatch.of(_maker, [line(record)], role).keys_of(0)]
    if len(keys) <= LONG:
        return {"keys": keys}
    return {
        "count": len(keys),
        "first": keys[0],
        "last": keys[-1],
        "sha256": hashlib.sha256("\n".join(f"{text} {tenths}" for text, tenths in keys).encode()).hexdigest(),
    }


def _name(name: str, written: str, *, hostile: bool) -> dict[str, Any]:
    return {"name": name, "hostile": hostile, "written": written, "readings": _native.read_name(written)}


def _record(name: str, record: dict[str, Any], *, hostile: bool) -> dict[str, Any]:
    return {
        "name": name,
        "hostile": hostile,
        "record": record,
        "holder": _keys(record, "holder"),
        "asker": _keys(record, "asker"),
    }


def _pair(name: str, asker: dict[str, Any], holder: dict[str, Any]) -> dict[str, Any]:
    tenths = _maker.shared_weight(line(asker), line(holder))
    shared = set(_maker.keys([line(asker)], "asker")[0]) & set(_maker.keys([line(holder)], "holder")[0])
    return {"name": name, "asker": asker, "holder": holder, "weight_tenths": tenths, "shared": sorted(shared)}


def vectors() -> dict[str, Any]:
    """Return the whole file."""
    sections: dict[str, list[dict[str, Any]]] = {
        "names": [_name(*each, hostile=False) for each in NAMES.items()]
        + [_name(*each, hostile=True) for each in HOSTILE_NAMES.items()],
        "records": [_record(*each, hostile=False) for each in RECORDS.items()]
        + [_record(*each, hostile=True) for each in HOSTILE_RECORDS.items()],
        "pairs": [_pair(name, *pair) for name, pair in PAIRS.items()],
        "refused": [{"name": name, "line": text.decode()} for name, text in REFUSED.items()],
    }
    head = {
        "spec": "match-keys-v1",
        "source": "scripts/match_key_vectors.py; persons are made up",
        "parameters": {"keys": KEYS, "frequencies": FREQUENCIES},
        "counts": {section: len(each) for section, each in sections.items()},
    }
    return {**head, **sections}


def text(content: dict[str, Any]) -> str:
    """Return JSON, one vector a line, with every character escaped that does not show what it is."""
    members = []
    for name, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in value)
            members.append(f"{json.dumps(name)}: [\n{rows}\n]")
        else:
            members.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return re.sub(r"[^\x20-\x7e\n]", _escaped, "{\n" + ",\n".join(members) + "\n}\n")


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    if unicodedata.category(character)[0] in "LPS":
        return character
    return json.dumps(character)[1:-1]


if __name__ == "__main__":
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(text(vectors()), encoding="utf-8")
