# ruff: noqa: E501, FLY002, ISC004  # rows of lists are as long as they are, and joined line by line
"""Small files in every format, made here, with invented persons; each reads without a problem.

One man, one woman and one company in each. SAMPLES gives the file name and the bytes by format name.
"""

import io
import zipfile

import openpyxl

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2025-01-01T00:00:00">
<INDIVIDUALS>
<INDIVIDUAL><DATAID>901</DATAID><VERSIONNUM>1</VERSIONNUM>
<FIRST_NAME>TARIQ</FIRST_NAME><SECOND_NAME>BEN NASSER</SECOND_NAME><THIRD_NAME>AL-ZUBI</THIRD_NAME>
<REFERENCE_NUMBER>XXi.901</REFERENCE_NUMBER><NAME_ORIGINAL_SCRIPT>طارق بن ناصر الزعبي</NAME_ORIGINAL_SCRIPT>
<COMMENTS1>Also listed as XXi.777. Gender: male</COMMENTS1><GENDER>Male</GENDER>
<TITLE><VALUE>Doctor</VALUE></TITLE><DESIGNATION><VALUE>Minister of Nothing</VALUE></DESIGNATION>
<NATIONALITY><VALUE>Jordan</VALUE><VALUE>Atlantis</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Tarek Zoubi; Tarik Zubi (طارق زعبي)</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu Nasser</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><STREET>1 Long Road</STREET><CITY>Amman</CITY><ZIP_CODE>11181</ZIP_CODE><COUNTRY>Jordan</COUNTRY></INDIVIDUAL_ADDRESS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1964-05-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1965</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1963</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_PLACE_OF_BIRTH><CITY>Irbid</CITY><COUNTRY>Jordan</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>T123456</NUMBER>
<ISSUING_COUNTRY>Jordan</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT><INDIVIDUAL_DOCUMENT/>
</INDIVIDUAL>
<INDIVIDUAL><DATAID>902</DATAID><FIRST_NAME>LEYLA</FIRST_NAME><SECOND_NAME>ORHAN</SECOND_NAME><GENDER>Female</GENDER></INDIVIDUAL>
</INDIVIDUALS>
<ENTITIES><ENTITY><DATAID>903</DATAID><FIRST_NAME>LONG ROAD TRADING</FIRST_NAME></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>
"""

CANADA = """<?xml version="1.0" encoding="UTF-8"?>
<data-set>
<record><Country>Belarus / Bélarus</Country><LastName>Zubi</LastName><GivenName>Tariq</GivenName>
<DateOfBirthOrShipBuildDate>1964-05-03</DateOfBirthOrShipBuildDate><Schedule>1, Part 1</Schedule><Item>11</Item>
<Aliases>Tarek Zoubi; Tarik Zubi</Aliases></record>
<record><Country>Iran</Country><LastName>Orhan</LastName><GivenName>Leyla</GivenName><Schedule>1</Schedule><Item>2</Item></record>
<record><Country>Iran</Country><EntityOrShip>Long Road Trading</EntityOrShip><Schedule>1</Schedule><Item>3</Item></record>
</data-set>
"""

_REGULATION = (
    '<regulation logicalId="1" regulationType="regulation" organisationType="council" publicationDate="2020-01-01" '
    'entryIntoForceDate="2020-01-02" numberTitle="1/2020 (OJ L1)" programme="XYZ"/>'
)
_SUMMARY = '<regulationSummary regulationType="regulation" publicationDate="2020-01-01" numberTitle="1/2020 (OJ L1)"/>'
_OPEN = 'regulationLanguage="en" logicalId'

EU_XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2025-01-01T00:00:00.000Z" globalFileId="1">
<sanctionEntity logicalId="901" unitedNationId="XXi.901" euReferenceNumber="EU.1.1">
<remark>(UN ref: XXi.901)</remark>{_REGULATION}<subjectType code="person" classificationCode="P"/>
<nameAlias firstName="Tariq" middleName="Ben Nasser" lastName="Al-Zubi" wholeName="Tariq Ben Nasser Al-Zubi" function="Minister"
 title="Dr" gender="M" strong="true" {_OPEN}="11">{_SUMMARY}</nameAlias>
<nameAlias firstName="" lastName="" wholeName="طارق الزعبي" nameLanguage="AR" strong="true" {_OPEN}="12">{_SUMMARY}</nameAlias>
<nameAlias wholeName="Abu Nasser" strong="false" {_OPEN}="13">{_SUMMARY}</nameAlias>
<citizenship countryIso2Code="JO" countryDescription="JORDAN" {_OPEN}="14">{_SUMMARY}</citizenship>
<citizenship countryIso2Code="00" countryDescription="UNKNOWN" {_OPEN}="15">{_SUMMARY}</citizenship>
<birthdate circa="false" calendarType="GREGORIAN" city="Irbid" birthdate="1964-05-03" dayOfMonth="3" monthOfYear="5" year="1964"
 countryIso2Code="JO" countryDescription="JORDAN" {_OPEN}="16">{_SUMMARY}</birthdate>
<birthdate circa="true" calendarType="GREGORIAN" year="1965" countryIso2Code="00" countryDescription="UNKNOWN" {_OPEN}="17">{_SUMMARY}</birthdate>
<birthdate calendarType="GREGORIAN" yearRangeFrom="1960" yearRangeTo="1963" countryIso2Code="00" countryDescription="UNKNOWN"
 {_OPEN}="18">{_SUMMARY}</birthdate>
<birthdate calendarType="ISLAMIC" year="1384" countryIso2Code="00" countryDescription="UNKNOWN" {_OPEN}="19">{_SUMMARY}</birthdate>
<address city="Amman" street="1 Long Road" poBox="" zipCode="11181" countryIso2Code="JO" countryDescription="JORDAN"
 {_OPEN}="20">{_SUMMARY}<contactInfo key="EMAIL" value="t@example.org"/><contactInfo key="PHONE" value="+962 6 1"/></address>
<identification diplomatic="false" number="T123456" identificationTypeCode="passport"
 identificationTypeDescription="National passport" countryIso2Code="JO" countryDescription="JORDAN" {_OPEN}="21">{_SUMMARY}</identification>
</sanctionEntity>
<sanctionEntity logicalId="902">{_REGULATION}<subjectType code="person" classificationCode="P"/>
<nameAlias firstName="Leyla" lastName="Orhan" gender="F" strong="true" {_OPEN}="31">{_SUMMARY}</nameAlias></sanctionEntity>
<sanctionEntity logicalId="903">{_REGULATION}<subjectType code="enterprise" classificationCode="E"/>
<nameAlias wholeName="Long Road Trading" strong="true" {_OPEN}="41">{_SUMMARY}</nameAlias></sanctionEntity>
</export>
"""

_EU_HEADER = (
    "Date_file;Entity_logical_id;Subject_type;Leba_numtitle;Naal_logical_id;Entity_logical_id;Naal_lastname;Naal_firstname;"
    "Naal_middlename;Naal_wholename;Naal_gender;Naal_title;Naal_function;Addr_number;Addr_street;Addr_zipcode;Addr_city;Addr_country;"
    "Birt_date;Birt_place;Birt_country;Iden_number;Iden_country;Citi_country;EU_ref_num"
)
EU_CSV = "\r\n".join(
    (
        _EU_HEADER,
        "01/01/2025;901;P;1/2020;1;901;Al-Zubi;Tariq;;Tariq Al-Zubi;M;Dr;Minister;;;;;;;;;;;;EU.1.1",
        "01/01/2025;902;P;1/2020;2;902;Orhan;Leyla;;Leyla Orhan;F;;;;;;;;;;;;;;EU.1.2",
        "01/01/2025;901;P;1/2020;;;;;;;;;;;;;;;1964-05-03;Irbid;JOR;;;;EU.1.1",
        "01/01/2025;901;P;1/2020;;;;;;;;;;1;Long Road;11181;Amman;JOR;;;;T123456 (passport);JOR;JOR;EU.1.1",
        "01/01/2025;903;E;1/2020;3;903;;;;Long Road Trading;;;;;;;;;;;;;;;EU.1.3",
        "",
    )
)

EU_CSV_1_1 = "\ufeff" + "\r\n".join(
    (
        "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_UnitedNationId;Entity_Remark;Entity_SubjectType;"
        "Entity_SubjectType_ClassificationCode;NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;NameAlias_WholeName;"
        "NameAlias_Gender;NameAlias_Title;NameAlias_Function;Address_City;Address_Street;Address_PoBox;Address_ZipCode;Address_Region;"
        "Address_Place;Address_CountryIso2Code;BirthDate_BirthDate;BirthDate_Day;BirthDate_Month;BirthDate_Year;"
        "BirthDate_YearRangeFrom;BirthDate_YearRangeTo;BirthDate_Circa;BirthDate_CalendarType;BirthDate_Place;BirthDate_City;"
        "BirthDate_CountryIso2Code;BirthDate_CountryDescription;Identification_Number;Identification_TypeCode;"
        "Identification_TypeDescription;Identification_CountryIso2Code;Citizenship_CountryIso2Code;Citizenship_CountryDescription",
        '01/01/2025;901;EU.1.1;XXi.901;"(UN; XXi.901)";P;person;Al-Zubi;Tariq;;Tariq Al-Zubi;M;Dr;Minister' + ";" * 25,
        "01/01/2025;902;EU.1.2;;;P;person;Orhan;Leyla;;Leyla Orhan;F" + ";" * 27,
        "01/01/2025;901;EU.1.1;;;P;person;;;;;;;;;;;;;;;1964-05-03;3;5;1964;;;false;GREGORIAN;;Irbid;JO;JORDAN;;;;;;",
        "01/01/2025;901;EU.1.1;;;P;person;;;;;;;;;;;;;;;;;;1965;;;true;GREGORIAN;;;00;UNKNOWN;;;;;;",
        "01/01/2025;901;EU.1.1;;;P;person;;;;;;;;;;;;;;;;;;;1960;1963;false;GREGORIAN;;;00;UNKNOWN;;;;;;",
        "01/01/2025;901;EU.1.1;;;P;person;;;;;;;;Amman;1 Long Road;;11181;;;JO;;;;;;;;;;;;;T123456;passport;National passport;JO;JO;JORDAN",
        "01/01/2025;903;EU.1.3;;;E;enterprise;;;;Long Road Trading" + ";" * 28,
        "",
    )
)

_UK_HEADER = (
    "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,Name Non-Latin Script,Non-Latin Script Type,Non-Latin Script Language,DOB,"
    "Town of Birth,Country of Birth,Nationality,Passport Number,Passport Details,National Identification Number,"
    "National Identification Details,Position,Address 1,Address 2,Address 3,Address 4,Address 5,Address 6,Post/Zip Code,Country,"
    "Other Information,Group Type,Alias Type,Alias Quality,Regime,Listed On,UK Sanctions List Date Designated,Last Updated,Group ID"
)
_UK_REST = "Nowhere,01/01/2020,01/01/2020,01/01/2020"
_UK_ABOUT = (
    "03/05/1964,(1) Irbid (2) Zarqa,Jordan,(1) Jordan (2) Atlantis,(1) T123456 (2) T654321,(1) Jordan number (2) -,9641005,"
    "Tax number,Minister,1 Long Road,,,,,Amman,11181,Jordan,"
    '"(UK Sanctions List Ref):NOW0001. (UN Ref):XXi.901. (Gender):Male (Phone number):+962 6 1 (Email address):t@example.org"'
)
UK_CSV = "\r\n".join(
    (
        "Last Updated,01/01/2025",
        _UK_HEADER,
        f"ABU NASSER,,,,,,,,,,{_UK_ABOUT},Individual,AKA,Low quality,{_UK_REST},901",
        f"AL-ZUBI,Tariq,Ben Nasser,,,,Dr,طارق الزعبي,Arabic,,{_UK_ABOUT},Individual,Primary name,,{_UK_REST},901",
        f"LONG ROAD TRADING{',' * 28}Entity,Primary name,,{_UK_REST},903",
        f"ORHAN,Leyla{',' * 9}00/00/1971{',' * 18}Individual,Primary name,,{_UK_REST},902",
        f"ZOUBI,Tarek{',' * 9}00/00/1965{',' * 18}Individual,AKA,Good quality,{_UK_REST},901",
        "",
    )
)

UK_CSV_2014 = "\r\n".join(
    (
        "Last Updated,02/04/2014",
        "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,DOB,Town of Birth,Country of Birth,Nationality,Passport Details,NI Number,Position,"
        "Address 1,Address 2,Address 3,Address 4,Address 5,Address 6,Post/Zip Code,Country,Other Information,Group Type,Alias Type,Regime,"
        "Listed On,Last Updated,Group ID",
        "AL-ZUBI,Tariq,,,,,,03/05/1964,Irbid,Jordan,Jordanian,T123456 (Jordanian). Issued on 1 June 1996,9641005 (Jordan),Minister,"
        "Café Road,,,,,Amman,,Jordan,UN Ref XX.I.901.03. Also referred to as Nasser.,Individual,Prime Alias,Nowhere,01/01/2010,01/01/2010,901",
        f"ORHAN,Leyla{',' * 22}Individual,Prime Alias,Nowhere,01/01/2010,01/01/2010,902",
        f"LONG ROAD TRADING{',' * 23}Entity,Prime Alias,Nowhere,01/01/2010,01/01/2010,903",
        "",
    )
).encode("cp1252")

OFAC_SDN = "\r\n".join(
    (
        '901,"AL-ZUBI, Tariq Ben Nasser","individual","SDGT","Minister",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 03 May 1964; alt. DOB circa 1965; '
        "alt. DOB 1960 to 1963; POB Irbid, Jordan; nationality Jordan; citizen Atlantis; Gender Male; Passport T123456 (Jordan) expires "
        "01 Jan 2030; National ID No. 9641005 (Jordan); Email Address t@example.org; Phone Number 96261; a.k.a. 'NASSER, Abu'; "
        'Linked To: LONG ROAD TRADING."',
        '902,"ORHAN, Leyla","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Gender Female."',
        '903,"LONG ROAD TRADING",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ',
        "\x1a",
    )
)
OFAC_ALT = '901,1,"aka","ZOUBI, Tarek",-0- \r\n901,2,"fka","ZUBI, JR., Tarik",-0- \r\n903,3,"aka","LRT",-0- \r\n\x1a'
OFAC_ADD = '901,1,"1 Long Road","Amman 11181","Jordan",-0- \r\n903,2,-0- ,"Amman","Jordan",-0- \r\n\x1a'

OFAC_ENHANCED = """<?xml version="1.0" encoding="utf-8"?>
<sanctionsData xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML">
<publicationInfo><dataAsOf>2025-01-01T00:00:00</dataAsOf></publicationInfo>
<referenceValues><referenceValue refId="600"><type>SDN TYPE</type><value>Individual</value></referenceValue></referenceValues>
<entities>
<entity id="901"><generalInfo><identityId>1</identityId><entityType refId="600">Individual</entityType>
<title>Minister</title></generalInfo>
<names><name id="1"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations>
<translation id="1"><isPrimary>true</isPrimary><script refId="20122">Latin</script><formattedFirstName>Tariq</formattedFirstName>
<formattedLastName>AL-ZUBI</formattedLastName><formattedFullName>AL-ZUBI, Tariq</formattedFullName></translation>
<translation id="2"><isPrimary>false</isPrimary><script refId="20105">Chinese Simplified</script>
<formattedFirstName>立克</formattedFirstName><formattedLastName>朱</formattedLastName></translation></translations></name>
<name id="2"><isPrimary>false</isPrimary><isLowQuality>true</isLowQuality><translations><translation id="3">
<script refId="20122">Latin</script><formattedLastName>ABU NASSER</formattedLastName></translation></translations></name></names>
<addresses><address id="1"><country refId="1">Jordan</country><translations><translation id="4"><addressParts>
<addressPart><type>ADDRESS1</type><value>1 Long Road</value></addressPart><addressPart><type>CITY</type><value>Amman</value></addressPart>
<addressPart><type>POSTAL CODE</type><value>11181</value></addressPart></addressParts></translation></translations></address></addresses>
<features>
<feature id="1"><type featureTypeId="8">Birthdate</type><value>03 May 1964</value></feature>
<feature id="2"><type featureTypeId="8">Birthdate</type><value>?</value><valueDate><fromDateBegin>1965-01-01</fromDateBegin>
<toDateEnd>1965-12-31</toDateEnd><isApproximate>true</isApproximate></valueDate></feature>
<feature id="3"><type featureTypeId="9">Place of Birth</type><value>Irbid, Jordan</value></feature>
<feature id="4"><type featureTypeId="10">Nationality Country</type><value>Jordan</value></feature>
<feature id="5"><type featureTypeId="224">Gender</type><value>Male</value></feature>
<feature id="6"><type featureTypeId="21">Email Address</type><value>t@example.org</value></feature></features>
<identityDocuments><identityDocument id="1"><type refId="1571">Passport</type><documentNumber>T123456</documentNumber>
<issuingCountry refId="1">Jordan</issuingCountry></identityDocument></identityDocuments></entity>
<entity id="902"><generalInfo><entityType refId="600">Individual</entityType></generalInfo><names><name id="4"><translations>
<translation id="5"><formattedFullName>ORHAN, Leyla</formattedFullName></translation></translations></name></names></entity>
<entity id="903"><generalInfo><entityType refId="601">Entity</entityType></generalInfo></entity>
</entities></sanctionsData>
"""

_SETS = (
    "AliasType",
    "AreaCode",
    "AreaCodeType",
    "CalendarType",
    "Country",
    "CountryRelevance",
    "DecisionMakingBody",
    "DetailReference",
    "DetailType",
    "DocNameStatus",
    "EntryEventType",
    "EntryLinkType",
    "ExRefType",
    "FeatureType",
    "FeatureTypeGroup",
    "IDRegDocDateType",
    "IDRegDocType",
    "IdentityFeatureLinkType",
    "LegalBasis",
    "LegalBasisType",
    "List",
    "LocPartType",
    "LocPartValueStatus",
    "LocPartValueType",
    "NamePartType",
    "Organisation",
    "PartySubType",
    "PartyType",
    "RelationQuality",
    "RelationType",
    "Reliability",
    "SanctionsProgram",
    "SanctionsType",
    "Script",
    "ScriptStatus",
    "SubsidiaryBody",
    "SupInfoType",
    "TargetType",
    "Validity",
)
_VALUES = {
    "AliasType": '<AliasType ID="1400">A.K.A.</AliasType>',
    "CalendarType": '<CalendarType ID="1">Gregorian</CalendarType><CalendarType ID="2">Islamic</CalendarType>',
    "Country": '<Country ID="7" ISO2="JO">Jordan</Country>',
    "CountryRelevance": '<CountryRelevance ID="1">Unknown</CountryRelevance>',
    "DetailReference": '<DetailReference ID="91526">Male</DetailReference>',
    "DetailType": '<DetailType ID="1430">DATE</DetailType><DetailType ID="1431">LOOKUP</DetailType><DetailType ID="1432">TEXT</DetailType>',
    "DocNameStatus": '<DocNameStatus ID="1">Primary Latin</DocNameStatus>',
    "FeatureType": "".join(
        f'<FeatureType ID="{number}" FeatureTypeGroupID="1">{name}</FeatureType>'
        for number, name in {
            8: "Birthdate",
            9: "Place of Birth",
            10: "Nationality Country",
            25: "Location",
            224: "Gender",
            26: "Title",
        }.items()
    ),
    "FeatureTypeGroup": '<FeatureTypeGroup ID="1">All</FeatureTypeGroup>',
    "IDRegDocType": '<IDRegDocType ID="1571">Passport</IDRegDocType>',
    "IdentityFeatureLinkType": '<IdentityFeatureLinkType ID="1">Unknown</IdentityFeatureLinkType>',
    "LocPartType": '<LocPartType ID="1451">ADDRESS1</LocPartType><LocPartType ID="1454">CITY</LocPartType>',
    "LocPartValueStatus": '<LocPartValueStatus ID="1">Unknown</LocPartValueStatus>',
    "LocPartValueType": '<LocPartValueType ID="1">Unknown</LocPartValueType>',
    "NamePartType": '<NamePartType ID="1520">Last Name</NamePartType><NamePartType ID="1521">First Name</NamePartType>',
    "PartySubType": '<PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType><PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType>',
    "PartyType": '<PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType>',
    "Reliability": '<Reliability ID="1560">Confirmed</Reliability>',
    "Script": '<Script ID="215" ScriptCode="Latn">Latin</Script><Script ID="220" ScriptCode="Cyrl">Cyrillic</Script>',
    "ScriptStatus": '<ScriptStatus ID="1">Unknown</ScriptStatus>',
    "Validity": '<Validity ID="1">Valid</Validity>',
}


def _point(tag: str, year: int, month: int, day: int) -> str:
    return f"<{tag}><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></{tag}>"


def _bound(tag: str, day: tuple[int, int, int], about: str) -> str:
    fixed = 'YearFixed="false" MonthFixed="false" DayFixed="false"'
    return f'<{tag} Approximate="{about}" {fixed}>{_point("From", *day)}{_point("To", *day)}</{tag}>'


def _period(first: tuple[int, int, int], last: tuple[int, int, int], *, about: str = "false", calendar: int = 1) -> str:
    fixed = 'YearFixed="false" MonthFixed="false" DayFixed="false"'
    return f'<DatePeriod CalendarTypeID="{calendar}" {fixed}>{_bound("Start", first, about)}{_bound("End", last, about)}</DatePeriod>'


def _feature(number: int, kind: int, inside: str) -> str:
    return (
        f'<Feature ID="{number}" FeatureTypeID="{kind}"><FeatureVersion ID="{number}" ReliabilityID="1560">{inside}</FeatureVersion>'
        '<IdentityReference IdentityID="5001" IdentityFeatureLinkTypeID="1"/></Feature>'
    )


def _alias(number: int, parts: dict[int, str], *, weak: str = "false", primary: str = "false", script: int = 215) -> str:
    values = "".join(
        f'<DocumentedNamePart><NamePartValue NamePartGroupID="{group}" ScriptID="{script}" ScriptStatusID="1" Acronym="false">{text}'
        "</NamePartValue></DocumentedNamePart>"
        for group, text in parts.items()
    )
    return (
        f'<Alias FixedRef="{number}" AliasTypeID="1400" Primary="{primary}" LowQuality="{weak}">'
        f'<DocumentedName ID="{number}" FixedRef="{number}" DocNameStatusID="1">{values}</DocumentedName></Alias>'
    )


def _groups(first: int) -> str:
    return "<NamePartGroups>" + "".join(
        f'<MasterNamePartGroup><NamePartGroup ID="{first + offset}" NamePartTypeID="{kind}"/></MasterNamePartGroup>'
        for offset, kind in enumerate((1520, 1521))
    ) + "</NamePartGroups>"  # fmt: skip


_PROFILE_901 = (
    '<Profile ID="901" PartySubTypeID="4"><Identity ID="5001" FixedRef="5001" Primary="true" False="false">'
    + _alias(2, {11: "ABU NASSER"}, weak="true")
    + _alias(1, {11: "AL-ZUBI", 12: "Tariq"}, primary="true")
    + _alias(3, {11: "АЗ-ЗУБИ", 12: "Тарик"}, script=220)
    + _groups(11)
    + '<IDRegDocumentReference IDRegDocumentID="71"/></Identity>'
    + _feature(1, 8, _period((1964, 5, 3), (1964, 5, 3)) + '<VersionDetail DetailTypeID="1430"/>')
    + _feature(2, 8, _period((1965, 1, 1), (1965, 12, 31), about="true"))
    + _feature(3, 8, _period((1384, 1, 1), (1384, 1, 1), calendar=2))
    + _feature(4, 9, '<VersionDetail DetailTypeID="1432">Irbid, Jordan</VersionDetail>')
    + _feature(5, 10, '<VersionLocation LocationID="61"/>')
    + _feature(6, 224, '<VersionDetail DetailTypeID="1431" DetailReferenceID="91526"/>')
    + _feature(7, 25, '<VersionLocation LocationID="62"/>')
    + _feature(8, 26, '<VersionDetail DetailTypeID="1432">Minister</VersionDetail>')
    + "</Profile>"
)
_COUNTRY_JO = '<LocationCountry CountryID="7" CountryRelevanceID="1"/>'


def _location_part(kind: int, text: str) -> str:
    return (
        f'<LocationPart LocPartTypeID="{kind}"><LocationPartValue Primary="true" LocPartValueTypeID="1" LocPartValueStatusID="1">'
        f"<Value>{text}</Value></LocationPartValue></LocationPart>"
    )


OFAC_ADVANCED = (
    '<?xml version="1.0" encoding="utf-8"?><Sanctions xmlns="http://www.un.org/sanctions/1.0" Version="1">'
    '<DateOfIssue CalendarTypeID="1"><Year>2025</Year><Month>1</Month><Day>1</Day></DateOfIssue>'
    "<ReferenceValueSets>"
    + "".join(f"<{name}Values>{_VALUES.get(name, '')}</{name}Values>" for name in _SETS)
    + "</ReferenceValueSets>"
    + f'<Locations><Location ID="61">{_COUNTRY_JO}</Location><Location ID="62">{_COUNTRY_JO}'
    + _location_part(1451, "1 Long Road")
    + _location_part(1454, "Amman")
    + "</Location></Locations>"
    + '<IDRegDocuments><IDRegDocument ID="71" IDRegDocTypeID="1571" IdentityID="5001" IssuedBy-CountryID="7" ValidityID="1">'
    + "<IDRegistrationNo>T123456</IDRegistrationNo></IDRegDocument></IDRegDocuments>"
    + f'<DistinctParties><DistinctParty FixedRef="901">{_PROFILE_901}</DistinctParty>'
    + '<DistinctParty FixedRef="902"><Profile ID="902" PartySubTypeID="4"><Identity ID="5002" FixedRef="5002" Primary="true" False="false">'
    + _alias(4, {21: "ORHAN", 22: "Leyla"}, primary="true")
    + _groups(21)
    + "</Identity></Profile></DistinctParty>"
    + '<DistinctParty FixedRef="903"><Profile ID="903" PartySubTypeID="3"><Identity ID="5003" FixedRef="5003" Primary="true" False="false">'
    + _alias(5, {31: "LONG ROAD TRADING"}, primary="true")
    + _groups(31)
    + "</Identity></Profile></DistinctParty></DistinctParties>"
    + "<ProfileRelationships/><SanctionsEntries/><SanctionsEntryLinks/></Sanctions>"
)

NATIVE = (
    '{"id":"901","names":["Tariq Al-Zubi"],"birth_dates":["1964-05-03"],"nationalities":["jo"]}\n'
    '{"id":"902","names":["Leyla Orhan"],"gender":"f"}\n'
)

FTM = (
    '{"id":"901-p","schema":"Passport","properties":{"holder":["901"],"number":["T123456"],"country":["jo"]}}\n'
    '{"id":"901","schema":"Person","properties":{"name":["Tariq Al-Zubi"],"alias":["Tarek Zoubi"],"weakAlias":["Abu Nasser"],'
    '"birthDate":["1964-05-03"],"birthPlace":["Irbid"],"nationality":["jo"],"country":["sy"],"passportNumber":["T123456"],'
    '"idNumber":["9641005"],"gender":["male"],"religion":["secret"],"ethnicity":["secret"],"addressEntity":["901-a"],'
    '"phone":["+962 6 1"],"email":["t@example.org"],"topics":["sanction"]}}\n'
    '{"id":"902","schema":"Person","properties":{"firstName":["Leyla"],"lastName":["Orhan"],"country":["tr"]}}\n'
    '{"id":"903","schema":"Company","properties":{"name":["Long Road Trading"]}}\n'
    '{"id":"901-a","schema":"Address","properties":{"street":["1 Long Road"],"city":["Amman"],"country":["jo"]}}\n'
)

TABLE = (
    "Nr;Name;Vorname;Geburtsdatum;Geschlecht;Staatsangehörigkeit;Religion;Reisepass;Telefon\r\n"
    "901;Al-Zubi;Tariq;03.05.1964;m;Jordanien;secret;T123456;+962 6 1\r\n"
    "902;Orhan;Leyla;1971;w;TR;;;\r\n"
)


def workbook(rows: list[list[object]]) -> bytes:
    """Return an XLSX with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def uk_workbook() -> bytes:
    """Return the British sample as XLSX."""
    import csv

    return workbook([list(row) for row in csv.reader(io.StringIO(UK_CSV))])


def zipped(name: str, body: bytes) -> bytes:
    """Return a zip archive with one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return file.getvalue()


SAMPLES: dict[str, tuple[str, bytes]] = {
    "native": ("records.jsonl", NATIVE.encode()),
    "ftm": ("entities.ftm.json", FTM.encode()),
    "un": ("consolidated.xml", UN.encode()),
    "ofac-csv": ("sdn.csv", OFAC_SDN.encode()),
    "ofac-enhanced": ("enhanced.xml", OFAC_ENHANCED.encode()),
    "ofac-advanced": ("advanced.xml", OFAC_ADVANCED.encode()),
    "uk-csv": ("conlist.csv", UK_CSV.encode()),
    "uk-xlsx": ("conlist.xlsx", uk_workbook()),
    "eu-xml": ("eu.xml", EU_XML.encode()),
    "eu-csv": ("eu.csv", EU_CSV.encode()),
    "canada": ("sema.xml", CANADA.encode()),
    "table": ("people.csv", TABLE.encode()),
}
