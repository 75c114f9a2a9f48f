"""Writes spec/tables/*.tsv: how names in Han characters are read in Hong Kong, Taiwan, Korea and Japan.

    apt-get install unicode-data
    .venv/bin/pip install --target build/names japanese-personal-name-dataset==0.4.0
    .venv/bin/python scripts/name_tables.py build/names

Sources: the Unihan database 15.0 (readings, surnames, simplified forms, the frequent half of Big5; Unicode licence) and the
package japanese-personal-name-dataset (readings of Japanese names; MIT licence). What a character is called is a fact;
spellings, choice and costs are made here. A changed table is a changed specification: look at the difference before
committing it.
"""

import bz2
import csv
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

UNIHAN = Path("/usr/share/unicode")
OUT = Path(__file__).parents[1] / "spec" / "tables"
FREQUENT = range(0xA440, 0xC67F)
"""The first level of Big5: characters in common use."""
LAST_OF_BASIC_PLANE = "\uffff"


def character(code: str) -> str:
    """Return the character of a code such as `U+738B`."""
    return chr(int(code.removeprefix("U+"), base=16))


def unihan(file: str, field: str) -> dict[str, str]:
    """Return a field of the Unihan database: character -> value."""
    with bz2.open(UNIHAN / f"Unihan_{file}.txt.bz2", "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines if line.startswith("U+"))
        return {character(code): value for code, name, value in rows if name == field}


def write(name: str, about: str, rows: Mapping[str, str]) -> None:
    """Write a table, its rows sorted."""
    body = "".join(f"{key}\t{value}\n" for key, value in sorted(rows.items()))
    (OUT / f"{name}.tsv").write_text(f"# {about}\n{body}", encoding="utf-8")


def by_reading(readings: Mapping[str, str]) -> dict[str, str]:
    """Return reading -> all characters with it."""
    out: defaultdict[str, str] = defaultdict(str)
    for character, reading in sorted(readings.items()):
        out[reading] += character
    return out


# --- Chinese and Korean: one reading for each character ---

_CANTONESE_INITIALS = "ng ng|gw kw|kw kw|b p|p p|d t|t t|g k|k k|z ch|c ch|j y|w w|h h|f f|m m|n n|l l|s s"
_CANTONESE_FINALS = {
    "eoi": "ui",
    "eon": "un",
    "eot": "ut",
    "oeng": "eung",
    "oek": "euk",
    "yu": "u",
    "yun": "uen",
    "yut": "uet",
    "ou": "o",
}
_SHARP = {"eoi", "eon", "eot", "oeng", "oek", "yu", "yun", "yut", "ek", "ing", "ik", "uk", "ung"}
"""Finals before which s is written sh."""
_TS = {"eoi", "e", "ang", "ou"}
"""Finals before which z and c are written ts."""
_SURNAMES = (
    "王李張刘劉陳杨楊黃黄趙赵周吳吴徐孫孙馬马朱胡郭何林羅罗高梁鄭郑謝谢宋唐許许鄧邓馮冯韓韩曹曾彭蕭萧肖蔡潘田董袁于余葉叶蔣蒋杜蘇苏魏程呂吕丁沈任姚盧卢傅鍾钟姜崔譚谭廖范汪陸陆"
    "金石戴賈贾韋韦夏邱方侯鄒邹熊孟秦白江閻阎薛尹段雷黎史龍龙陶賀贺顧顾毛郝龔龚邵萬万錢钱嚴严覃武戴莫孔向湯汤常溫温康施文牛樊葛邢安齊齐易喬乔伍龐庞顏颜倪莊庄聶聂章魯鲁岳翟殷詹申歐欧"
    "耿關关蘭兰焦俞左柳甘祝包寧宁尚符舒阮柯紀纪梅童凌畢毕單单季裴霍塗涂成苗谷盛曲翁冉駱骆藍蓝路游辛靳歐管柴蒙鮑鲍華华喻祁蒲房滕屈饒饶解牟艾尤陽阳時时穆農农司卓古吉繆缪簡简車车項项"
    "連连蘆芦麥麦褚婁娄竇窦戚岑景黨党宮宫費费卜冷晏席衛卫米柏宗瞿桂全佟應应臧閔闵苟鄔邬邊边卞姬師师和仇欒栾隋商刁沙榮荣巫寇桑郎甄叢丛仲虞敖鞏巩明佘池查麻苑遲迟鄺邝官區区鄺冼凃"
)
"""The surnames that most people of China, Taiwan and Hong Kong have, beside those that Unihan calls so."""
_KOREAN_SURNAMES = (
    "金李朴崔鄭姜趙尹張林韓吳徐申權黃安宋柳洪全高文孫梁裵裴白曺曹許南沈劉盧河兪丁成郭車具禹朱任田羅辛閔陳池嚴元蔡千方楊孔玄康咸卞廉邊呂秋都魯石愼蘇薛宣周吉馬延表魏明奇房潘王琴玉陸印孟諸卓"
    "鞠蔣余牟魚殷片龍慶丘奉夫程昔太卜睦桂皮杜智甘章景陰溫溥史夏簡"
)
_AS_SURNAME = {
    "李": "lee",
    "區": "au",
    "区": "au",
    "仇": "kau",
    "單": "sin",
    "单": "sin",
    "查": "cha",
    "任": "yam",
    "曾": "tsang",
    "葉": "ip",
    "叶": "ip",
}
"""Surnames that are read or customarily spelled otherwise than the character in given names."""


def hong_kong(jyutping: str) -> str:
    """Spell a syllable of Cantonese as the government of Hong Kong does in names."""
    sound = jyutping.rstrip("0123456789")
    if sound in {"m", "ng"}:
        return "ng"
    initials = (pair.split() for pair in _CANTONESE_INITIALS.split("|"))
    old, new = next((pair for pair in initials if sound.startswith(pair[0])), ("", ""))
    final = sound[len(old) :]
    if old == "s" and final == "i":
        return "sze"
    if old == "s" and final in _SHARP:
        new = "sh"
    if old in {"z", "c"} and final in _TS:
        new = "ts"
    return new + _CANTONESE_FINALS.get(final, re.sub("^aa", "a", final))


_WADE_WHOLE = "zi tzu|ci tzu|si ssu|zhi chih|chi chih|shi shih|ri jih|er erh|you yu|yi i|ye yeh|yan yen|yong yung"
_WADE_INITIALS = "zh ch|ch ch|sh sh|b p|p p|d t|t t|g k|k k|j ch|q ch|x hs|z ts|c ts|r j|y y|w w|m m|f f|n n|l l|h h"
_WADE_FINALS = {"ian": "ien", "ie": "ieh", "ue": "ueh", "ong": "ung", "iong": "iung", "e": "o", "uo": "o"}
_KEPT = {"zhe", "che", "she", "re", "me", "ne", "le", "de", "te", "ze", "ce", "se", "guo", "kuo", "huo", "shuo", "fo"}
"""Syllables whose vowel stays."""


def wade_giles(pinyin: str) -> str:
    """Spell a syllable of Pinyin, without its marks, by Wade and Giles, without apostrophes: as passports of Taiwan do."""
    whole = dict(pair.split() for pair in _WADE_WHOLE.split("|"))
    if pinyin in whole:
        return whole[pinyin]
    initials = (pair.split() for pair in _WADE_INITIALS.split("|"))
    old, new = next((pair for pair in initials if pinyin.startswith(pair[0])), ("", ""))
    final = pinyin[len(old) :]
    if old in {"g", "k"} and final == "ui":
        final = "uei"
    return new + (final if pinyin in _KEPT else _WADE_FINALS.get(final, final))


def plain(syllable: str) -> str:
    """Return a syllable of Pinyin without tone and dieresis."""
    return "".join(c for c in unicodedata.normalize("NFD", syllable) if c.isascii())


def with_simplified(readings: Mapping[str, str]) -> dict[str, str]:
    """Add the simplified forms of characters that are read so."""
    variants = unihan("Variants", "kSimplifiedVariant")
    simplified = {character(code): c for c in sorted(readings) for code in variants.get(c, "").split()}
    return {**{new: readings[old] for new, old in simplified.items()}, **readings}


def chinese_and_korean() -> None:
    """Write the tables of characters that have one reading each."""
    frequent = {c for c, code in unihan("OtherMappings", "kBigFive").items() if int(code, 16) in FREQUENT}
    cantonese = unihan("Readings", "kCantonese")
    surnames = {
        c for c, meaning in unihan("Readings", "kDefinition").items() if "surname" in meaning.lower() and c <= LAST_OF_BASIC_PLANE
    }
    kept = {c: cantonese[c].split()[0] for c in frequent | surnames | set(_SURNAMES) if c in cantonese}
    spelled = with_simplified({c: hong_kong(reading) for c, reading in kept.items()})
    write("cantonese", "How Hong Kong spells characters in names", by_reading(spelled))
    write("cantonese-surnames", "Where it spells a surname otherwise", by_reading(_AS_SURNAME))
    chinese = "".join(sorted((surnames | set(_SURNAMES)) & set(spelled)))
    write("surnames", "Characters that are surnames", {"chinese": chinese, "korean": "".join(sorted(set(_KOREAN_SURNAMES)))})
    syllables = {plain(reading) for readings in unihan("Readings", "kMandarin").values() for reading in readings.split()}
    other = {syllable: wade_giles(syllable) for syllable in syllables if wade_giles(syllable) != syllable}
    write("wade-giles", "How Taiwan spells syllables of Pinyin", other)
    hangul = {
        c: value.split()[0] for c, value in unihan("Readings", "kHangul").items() if c in frequent or re.search("[EN]", value)
    }
    korean = {c: reading.partition(":")[0] for c, reading in hangul.items()}
    write("hanja", "How characters are read in Korean", by_reading(korean))


# --- Japanese: several readings, of surnames, of characters in given names, of whole given names ---

_ROWS = (
    "あいうえお かきくけこ さしすせそ たちつてと なにぬねの はひふへほ まみむめも やゆよ "
    "らりるれろ わゐを ん がぎぐげご ざじずぜぞ だぢづでど ばびぶべぼ ぱぴぷぺぽ"
)
_SOUNDS = (
    "a i u e o  ka ki ku ke ko  sa shi su se so  ta chi tsu te to  na ni nu ne no  ha hi fu he ho  ma mi mu me mo  ya yu yo  "
    "ra ri ru re ro  wa i o  n  ga gi gu ge go  za ji zu ze zo  da ji zu de do  ba bi bu be bo  pa pi pu pe po"
)
_ROMAJI = dict(zip(_ROWS.replace(" ", ""), _SOUNDS.split(), strict=True))
_SMALL = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_NOT_FIRST = frozenset("ゃゅょぁぃぅぇぉっーん")
_HAN = re.compile("[\u4e00-\u9fff々]{1,4}")
LONGEST, ROUNDS = 5, 8
LEAST_SHARE, MOST_READINGS = 0.02, 8
"""Of the readings of a character, those that are rarer, or come after so many, are left out."""
MOST_ALONE = 6
"""Readings of a given name of one character."""
USUAL = 4
"""So many times as likely is a reading that dictionaries list."""


def hepburn(kana: str) -> str:
    """Return hiragana in Hepburn's spelling, long vowels as the kana write them."""
    out = ""
    for place, letter in enumerate(kana):
        if letter in _SMALL:
            stem = out[:-1]
            out = stem + ("" if stem.endswith(("sh", "ch", "j")) else "y") + _SMALL[letter]
        elif letter != "っ":
            sound = _ROMAJI.get(letter, "")
            doubled = place and kana[place - 1] == "っ"
            out += ("t" if sound.startswith("ch") else sound[:1]) + sound if doubled else sound
    return out


Pair = tuple[str, str]
"""A name in kanji, its reading in hiragana."""


def japanese_names(folder: Path) -> tuple[list[Pair], list[Pair], Counter[str]]:
    """Return surnames, given names, and in how many ways the given names of a reading are written: how common it is."""
    given: set[Pair] = set()
    common: Counter[str] = Counter()
    for file in sorted(folder.glob("first_name_*.csv")):
        for kana, _, *names in csv.reader(file.open(encoding="utf-8")):
            fit = {re.sub("(.)々", r"\1\1", name) for name in names if _HAN.fullmatch(name)}
            given |= {(name, kana) for name in fit}
            common[kana] += len(fit)
    with (folder / "last_name_org.csv").open(encoding="utf-8") as lines:
        surnames = [(row[0], row[2]) for row in csv.reader(lines) if _HAN.fullmatch(row[0])]
    return surnames, sorted(given), common


def cuts(kana: str, parts: int) -> Iterator[tuple[str, ...]]:
    """Yield all ways of cutting a reading into so many parts that can each be read."""
    if parts == 1:
        if 0 < len(kana) <= LONGEST and kana[0] not in _NOT_FIRST:
            yield (kana,)
        return
    for end in range(1, min(LONGEST, len(kana) - parts + 1) + 1):
        if kana[0] not in _NOT_FIRST and kana[end] not in _NOT_FIRST:
            yield from ((kana[:end], *rest) for rest in cuts(kana[end:], parts - 1))


Shares = dict[Pair, float]
Weighed = defaultdict[str, dict[str, float]]
"""Character -> its readings and how likely each is."""


def learned_shares(names: Iterable[Pair], common: Mapping[str, int]) -> Shares:
    """Learn how often a character is read how, from names whose cuts are unknown (expectation maximization)."""
    known = [(name, list(cuts(kana, len(name))), math.log2(1 + common[kana])) for name, kana in names if len(name) > 1]
    share: Shares = defaultdict(lambda: 0.01)
    for _ in range(ROUNDS):
        count: Shares = defaultdict(float)
        for name, ways, weight in known:
            chances = [math.prod(share[each] for each in zip(name, way, strict=True)) for way in ways]
            for way, chance in zip(ways, chances, strict=True):
                for each in zip(name, way, strict=True):
                    count[each] += weight * chance / sum(chances)
        total: defaultdict[str, float] = defaultdict(float)
        for (sign, _), n in count.items():
            total[sign] += n
        share = defaultdict(lambda: 1e-5, {each: n / total[each[0]] for each, n in count.items()})
    return dict(share)


def readings_alone(names: list[Pair]) -> Weighed:
    """Weigh the readings of given names of one character: one that few characters have is the likelier for those that have it."""
    writings = Counter(reading for _, reading in names)
    usual = [unihan("Readings", field) for field in ("kJapaneseOn", "kJapaneseKun")]
    alone: Weighed = defaultdict(dict)
    for name, reading in names:
        listed = any(reading in field.get(name, "").lower().split() for field in usual)
        alone[name][reading] = (USUAL if listed else 1) / math.sqrt(writings[reading])
    return alone


def costs(shares: Mapping[str, float], most: int) -> str:
    """Return readings with what they cost in tenths of a bit, the likeliest first."""
    cost = {reading: round(-10 * math.log2(share)) for reading, share in shares.items() if share >= LEAST_SHARE}
    return " ".join(f"{reading} {tenths}" for reading, tenths in sorted(cost.items(), key=lambda row: (row[1], row[0]))[:most])


def of_characters(shares: Shares) -> dict[str, str]:
    """Return character -> its readings with their costs."""
    readings: Weighed = defaultdict(lambda: defaultdict(float))
    for (sign, kana), share in shares.items():
        readings[sign][hepburn(kana)] += share
    rows = {sign: costs(of_one, MOST_READINGS) for sign, of_one in readings.items()}
    return {sign: row for sign, row in rows.items() if row}


def japanese(folder: Path) -> None:
    """Write the tables of Japanese names."""
    surnames, given, common = japanese_names(folder)
    chinese = unihan("Readings", "kJapaneseOn")
    read = {name: hepburn(kana) for name, kana in surnames if hepburn(kana) not in chinese.get(name, "").lower().split()}
    write(
        "japanese-surnames",
        "Japanese surnames by their reading",
        {reading: " ".join(sorted(n for n, r in read.items() if r == reading)) for reading in read.values()},
    )
    alone = readings_alone([(name, hepburn(kana)) for name, kana in given if len(name) == 1])
    rows = of_characters(learned_shares(given, common))
    rows_family = of_characters(learned_shares(surnames, {kana: 1 for _, kana in surnames}))
    rows_alone = {c: costs({r: n / sum(shares.values()) for r, n in shares.items()}, MOST_ALONE) for c, shares in alone.items()}
    write("japanese-given", "Readings of characters in Japanese given names, with what each costs", rows)
    write("japanese-family", "Readings of characters in Japanese surnames, with what each costs", rows_family)
    write(
        "japanese-alone", "Readings of characters that are the whole given name", {c: row for c, row in rows_alone.items() if row}
    )


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    chinese_and_korean()
    japanese(Path(sys.argv[1]) / "japanese_personal_name_dataset" / "dataset")
