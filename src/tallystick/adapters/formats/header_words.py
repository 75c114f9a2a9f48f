"""Words that headers of tables use for the fields of a record, in the larger languages of registers.

One text per field, words separated by bars. A header is compared without case, accents and signs, as a whole and then word by
word.
"""

import re
import unicodedata

HEADER_WORDS: dict[str, str] = {
    "id": (
        "id|nr|no|number|num|ref|reference|uid|key|record id|person id|entity id|identifier|nummer|lfd nr|"
        "laufende nummer|kundennummer|kunden nr|customer id|customer number|client id|kennung|numero|numéro|número|"
        "identifiant|identificador|номер|код|رقم|الرقم|מספר|編號|编号|番号|sıra no|lp|l p|α α|αριθμός"
    ),
    "names": (
        "name|full name|fullname|whole name|person name|primary name|names|caption|vollständiger name|gesamtname|"
        "nom complet|nombre completo|nome completo|nominativo|фио|имя полностью|الاسم|الاسم الكامل|姓名|氏名|성명|이름|ad soyad|"
        "adı soyadı|imię i nazwisko|שם|שם מלא|ονοματεπώνυμο|naam|jméno a příjmení|піб|повне ім я"
    ),
    "weak_names": "nickname|weak alias|low quality alias|spitzname|surnom|apodo|soprannome|кличка|прозвище|nom de guerre",
    "aliases": (
        "alias|aliases|aka|a k a|other names|also known as|alt names|alternative names|aliasnamen|andere namen|"
        "autres noms|otros nombres|altri nomi|псевдоним|original script name|name original script|former name|"
        "maiden name|geburtsname"
    ),
    "given": (
        "first name|firstname|given name|given names|givenname|forename|forenames|vorname|vornamen|rufname|prénom|"
        "prenoms|prénoms|nombre|nombres|nome|primeiro nome|имя|الاسم الاول|名|ad|adı|voornaam|voornamen|imię|imiona|"
        "förnamn|fornavn|שם פרטי|όνομα|jméno|ім я|nama depan"
    ),
    "middle": (
        "middle name|middle names|second name|patronymic|father name|fathers name|mittelname|zweiter vorname|"
        "deuxième prénom|segundo nombre|patronimico|отчество|по батькові|اسم الاب|drugie imię|baba adı|πατρώνυμο|שם האב"
    ),
    "family": (
        "last name|lastname|family name|familyname|surname|nachname|familienname|zuname|nom|nom de famille|apellido|"
        "apellidos|cognome|sobrenome|apelido|фамилия|اللقب|姓|soyad|soyadı|achternaam|nazwisko|efternamn|etternavn|"
        "שם משפחה|επώνυμο|příjmení|прізвище|اسم العائلة"
    ),
    "birth_dates": (
        "dob|birth date|birthdate|date of birth|birthday|born|year of birth|birth year|geburtsdatum|geboren|geb|"
        "geburtsjahr|gebdat|date de naissance|né le|née le|fecha de nacimiento|data di nascita|data de nascimento|"
        "дата рождения|год рождения|تاريخ الميلاد|出生日期|生年月日|생년월일|doğum tarihi|"
        "geboortedatum|data urodzenia|födelsedatum|"
        "תאריך לידה|ημερομηνία γέννησης|datum narození|дата народження|fødselsdato|dates of birth"
    ),
    "birth_places": (
        "pob|birth place|birthplace|place of birth|town of birth|city of birth|geburtsort|lieu de naissance|"
        "lugar de nacimiento|luogo di nascita|local de nascimento|место рождения|مكان الميلاد|doğum yeri|"
        "miejsce urodzenia|מקום לידה|τόπος γέννησης|místo narození|місце народження|出生地|geboorteplaats|places of birth"
    ),
    "nationalities": (
        "nationality|nationalities|citizenship|citizenships|nationalität|staatsangehörigkeit|staatsbürgerschaft|"
        "nationalité|nacionalidad|nazionalità|cittadinanza|nacionalidade|гражданство|национальность|الجنسية|国籍|uyruk|"
        "uyruğu|obywatelstwo|אזרחות|υπηκοότητα|občanství|громадянство|국적|nationaliteit"
    ),
    "gender": (
        "gender|sex|geschlecht|sexe|sexo|genere|género|пол|الجنس|性别|性別|성별|cinsiyet|cinsiyeti|geslacht|genre|płeć|מין|"
        "φύλο|pohlaví|стать|kön|kjønn"
    ),
    "passport": (
        "passport|pass|passport number|passport no|reisepass|passnummer|pass nr|passeport|pasaporte|passaporto|паспорт|"
        "جواز السفر|护照"
    ),
    "national_id": (
        "national id|national identification number|id number|id card|identity card|personalausweis|ausweis|"
        "ausweisnummer|personal number|personnummer|cni|carte d identité|cédula|cedula|dni|curp|carta d identità|"
        "удостоверение|الرقم الوطني|身份证"
    ),
    "tax_id": "tax id|tax number|tin|inn|steuernummer|steuer id|nif|rfc|codice fiscale|инн|numéro fiscal",
    "social_security": "ssn|social security number|sozialversicherungsnummer|numéro de sécurité sociale|снилс",
    "street": (
        "street|address|address 1|strasse|straße|anschrift|adresse|rue|calle|dirección|direccion|indirizzo|via|endereço|"
        "адрес|улица"
    ),
    "city": "city|town|suburb|ort|stadt|wohnort|ville|ciudad|città|cidade|город|المدينة|plaats",
    "postcode": "postcode|post code|zip|zip code|zipcode|plz|postleitzahl|code postal|código postal|codigo postal|cap|индекс",
    "country": "country|land|pays|país|pais|paese|страна|البلد|国家|country of residence|wohnland",
    "phones": (
        "phone|phone number|telephone|tel|mobile|telefon|telefonnummer|handy|téléphone|teléfono|telefono|telefone|телефон|الهاتف"
    ),
    "emails": "email|e mail|mail|email address|courriel|correo|correo electrónico|эл почта|البريد الالكتروني",
    "dropped": (
        "religion|faith|denomination|konfession|glaube|religión|religione|религия|الديانة|ethnicity|ethnic origin|"
        "ethnic group|race|ethnie|ethnische herkunft|etnia|этническая принадлежность|tribe|political party|politics|"
        "political|party|partei|parti politique|partido|партия|health|disease|diagnosis|krankheit|gesundheit|santé|salud|"
        "blood group|blood type|disability|behinderung|sexual orientation|trade union|gewerkschaft|biometrics|genetic"
    ),
}

_SIGNS = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    bare = "".join(char for char in unicodedata.normalize("NFD", spaced.casefold()) if not unicodedata.combining(char))
    return _SIGNS.sub(" ", bare).strip()


FIELDS = tuple(HEADER_WORDS)
"""What a column can be."""
_FIELD = {_plain(word): field for field, words in HEADER_WORDS.items() for word in words.split("|")}


def field_of(header: str) -> str:
    """Return the field a header speaks of, or an empty text."""
    plain = _plain(header)
    if plain in _FIELD:
        return _FIELD[plain]
    numbered = plain.rstrip("0123456789 ")
    if numbered in _FIELD:
        return _FIELD[numbered]
    special = [field for word, field in _FIELD.items() if field == "dropped" and f" {word} " in f" {plain} "]
    words = [word for word in _FIELD if len(word) > len("name") and f" {word} " in f" {plain} "]
    return special[0] if special else _FIELD[max(words, key=len)] if words else ""
