"""Words that headers of tables use for the fields of a record, in the larger languages of registers.

One text per field, words separated by bars; kept apart from `suggest` because it only ever grows.
"""

HEADER_WORDS: dict[str, str] = {
    "id": (
        "id|nr|no|number|num|ref|reference|uid|key|record id|person id|entity id|identifier|nummer|lfd nr|"
        "laufende nummer|kennung|numero|numéro|número|identifiant|identificador|номер|код|رقم"
    ),
    "names": (
        "name|full name|fullname|whole name|person name|primary name|names|caption|vollständiger name|gesamtname|"
        "nom complet|nombre completo|nome completo|nominativo|фио|имя полностью|الاسم|الاسم الكامل|姓名|ad soyad"
    ),
    "weak_names": "nickname|weak alias|low quality alias|spitzname|surnom|apodo|soprannome|кличка|прозвище|nom de guerre",
    "aliases": (
        "alias|aliases|aka|a k a|other names|also known as|alt names|alternative names|aliasnamen|andere namen|"
        "autres noms|otros nombres|altri nomi|псевдоним|original script name|name original script|former name|"
        "maiden name|geburtsname"
    ),
    "given": (
        "first name|firstname|given name|given names|givenname|forename|forenames|vorname|vornamen|rufname|prénom|"
        "prenoms|prénoms|nombre|nombres|nome|primeiro nome|имя|الاسم الاول|名|ad|voornaam|imię|förnamn|fornavn"
    ),
    "middle": (
        "middle name|middle names|second name|patronymic|father name|fathers name|mittelname|zweiter vorname|"
        "deuxième prénom|segundo nombre|patronimico|отчество|اسم الاب"
    ),
    "family": (
        "last name|lastname|family name|familyname|surname|nachname|familienname|zuname|nom|nom de famille|apellido|"
        "apellidos|cognome|sobrenome|apelido|фамилия|اللقب|姓|soyad|achternaam|nazwisko|efternamn|etternavn"
    ),
    "birth_dates": (
        "dob|birth date|birthdate|date of birth|birthday|born|year of birth|birth year|geburtsdatum|geboren|geb|"
        "geburtsjahr|gebdat|date de naissance|né le|née le|fecha de nacimiento|data di nascita|data de nascimento|"
        "дата рождения|год рождения|تاريخ الميلاد|出生日期|doğum tarihi|geboortedatum|data urodzenia|födelsedatum|"
        "dates of birth"
    ),
    "birth_places": (
        "pob|birth place|birthplace|place of birth|town of birth|city of birth|geburtsort|lieu de naissance|"
        "lugar de nacimiento|luogo di nascita|local de nascimento|место рождения|مكان الميلاد|doğum yeri|"
        "geboorteplaats|places of birth"
    ),
    "nationalities": (
        "nationality|nationalities|citizenship|citizenships|nationalität|staatsangehörigkeit|staatsbürgerschaft|"
        "nationalité|nacionalidad|nazionalità|cittadinanza|nacionalidade|гражданство|национальность|الجنسية|国籍|uyruk|"
        "nationaliteit"
    ),
    "gender": "gender|sex|geschlecht|sexe|sexo|genere|género|пол|الجنس|性别|cinsiyet|geslacht|genre",
    "passport": (
        "passport|pass|passport number|passport no|reisepass|passnummer|pass nr|passeport|pasaporte|passaporto"
        "|паспорт|جواز السفر|护照"
    ),
    "national_id": (
        "national id|national identification number|id number|id card|identity card|personalausweis|ausweis|"
        "ausweisnummer|personal number|personnummer|cni|carte d identité|cédula|cedula|dni|curp|carta d identità|"
        "удостоверение|الرقم الوطني|身份证"
    ),
    "tax_id": "tax id|tax number|tin|inn|steuernummer|steuer id|nif|rfc|codice fiscale|инн|numéro fiscal",
    "social_security": "ssn|social security number|sozialversicherungsnummer|numéro de sécurité sociale|снилс",
    "street": (
        "street|address|address 1|strasse|straße|anschrift|adresse|rue|calle|dirección|direccion|indirizzo|via|"
        "endereço|адрес|улица"
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
        "political|party|partei|parti politique|partido|партия|health|disease|diagnosis|krankheit|gesundheit|santé|"
        "salud|blood group|blood type|disability|behinderung|sexual orientation|trade union|gewerkschaft|biometrics|"
        "genetic"
    ),
}
