"""Texts that are no UTF-8 and do not say: those of other scripts are told apart, those of Latin letters stay the West's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.adapters.documents.reading import parsed
from tallystick.adapters.formats.encodings import other_script

OTHER = {
    "cp1251": "Начальник порта заявил в понедельник, что четыре лодки вышли из гавани до рассвета.",
    "koi8_r": "Начальник порта заявил в понедельник, что четыре лодки вышли из гавани до рассвета.",
    "cp1253": "Ο λιμενάρχης είπε ότι τα τέσσερα πλοία έφυγαν από το λιμάνι πριν την αυγή της Δευτέρας.",
    "cp1255": "מנהל הנמל אמר כי ארבע סירות עזבו את הנמל לפני עלות השחר ביום שני",
    "cp1256": "قال مدير الميناء إن أربعة قوارب غادرت الميناء قبل فجر يوم الاثنين",
    "cp874": "ผู้อำนวยการท่าเรือกล่าวว่าเรือสี่ลำออกจากท่าเรือก่อนรุ่งสางวันจันทร์",
    "cp932": "港の責任者は、四隻の船が月曜日の夜明け前に港を出たと述べた。",
    "cp949": "항구 책임자는 월요일 새벽 전에 배 네 척이 항구를 떠났다고 말했다.",
    "gb18030": "港口负责人说，四艘船于星期一黎明前离开了港口。",
    "big5": "港口負責人說，四艘船於星期一黎明前離開了港口。",
}
WEST = (
    "Der Leiter des Hafens erklärte, „vier Boote“ seien am Montag früh ausgelaufen – über Größe und Fracht schweigt er.",
    "Le directeur du port a déclaré lundi que quatre bateaux étaient partis dès l'aube, après l'arrivée d'enquêteurs à Évry.",
    "El jefe del puerto señaló que cuatro barcos salieron el lunes; añadió que habrá más información mañana según él.",
    "O diretor do porto disse que as embarcações saíram à noite; não há informações sobre a situação até amanhã.",
    "Hamnens chef sade på måndagen att båtarna lämnade kajen före gryningen, enligt källor där färjor går.",
    "Havnens leder sagde mandag, at bådene sejlede før daggry ifølge kilder på øen.",
)


@pytest.mark.parametrize("encoding", OTHER)
@pytest.mark.parametrize("times", [1, 30])
def test_a_text_in_another_script_is_read_as_what_it_is(encoding: str, times: int) -> None:
    text = OTHER[encoding] * times
    document = parsed("a.txt", text.encode(encoding))
    assert (document.text, document.replaced) == (text, 0)


@pytest.mark.parametrize("text", WEST)
@pytest.mark.parametrize("times", [1, 30])
def test_a_text_of_the_west_stays_one(text: str, times: int) -> None:
    assert parsed("a.txt", (text * times).encode("cp1252")).text == text * times


def test_what_a_page_says_of_itself_goes_before_what_its_bytes_tell() -> None:
    page = f'<html><head><meta charset="koi8-r"></head><body><p>{OTHER["koi8_r"]}</p></body></html>'
    assert parsed("a.html", page.encode("koi8_r")).text == page


@given(st.binary(max_size=300))
def test_whatever_the_bytes_nothing_breaks(content: bytes) -> None:
    found = other_script(content)
    assert found is None or content.decode(found, "replace") is not None


def test_few_letters_tell_nothing() -> None:
    assert other_script("лодки".encode("cp1251")) is None
