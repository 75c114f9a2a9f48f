"""Words by which German texts say whose statement something is.

Data only, our own; `cues` has the other languages.
"""

from tallystick.reports import inflections
from tallystick.reports.cue_tables import Language, any_of, words_of

_GERMAN_SAYING = (
    "angaben|aussagen?|auskunft|einschätzung|auffassung|ansicht|meinung|informationen|worten|darstellung|überzeugung|berichten?"
    "|erkenntnissen|schätzungen|medienberichten|mitteilung"
)
_GERMAN_OPENING = (
    "(?:einem|einer|dem|der|den|ersten|bisherigen|eigenen|eigener|anderen|offiziellen|neuesten|jüngsten|[a-zäöüß]+en)"
)
_GERMAN_FINDING = (
    r"[\w-]*(?:angaben?|aussagen?|bericht(?:en)?|studien?|meinung|ermittlungen|erkenntnissen|berechnungen|schätzungen|umfragen?|stellungnahmen?"
    r"|informationen|einschätzung|analysen?|meldung(?:en)?|statistik(?:en)?|dokument(?:en)?|verlautbarung(?:en)?|mitteilung(?:en)?"
    r"|medien|schilderung(?:en)?|recherchen|beobachtungen|prognosen?|untersuchung(?:en)?|darstellung|worten|auffassung|ansicht)"
)
_GERMAN_TAILS = "|".join(
    rf"(?<={noun}\s)nach"
    for noun in ("Meinung", "Ansicht", "Auffassung", "Einschätzung", "Vernehmen", "Darstellung", "Überzeugung")
)
"""`Seiner Meinung nach`."""
_GERMAN_REGULAR = """
    sagen berichten erklären melden behaupten bestätigen betonen warnen fordern äußern meinen vermuten glauben kritisieren
    begründen versichern bezeichnen hoffen befürchten fürchten schätzen vermelden verkünden verlangen kommentieren
    konstatieren urteilen argumentieren appellieren bekräftigen beschuldigen rechtfertigen dementieren bezweifeln loben
    bedauern beklagen bemängeln ergänzen antworten entgegnen erwidern erzählen schildern spekulieren prognostizieren
    resümieren twittern zitieren enthüllen mahnen plädieren verurteilen begrüßen würdigen erläutern verdeutlichen monieren
    rügen beteuern erinnern signalisieren unterstellen präzisieren skandieren analysieren erwarten beziffern
    werten attackieren dokumentieren protestieren verlautbaren beantragen beanstanden verteidigen erwähnen widerlegen
"""
_GERMAN_FORMS = """
    schrieb schreibt schrieben schreiben nannte nennt nannten nennen sprach_von spricht_von sprachen_von sprechen_von bat bittet
    empfahl empfiehlt empfahlen bestritt bestreitet bestritten widersprach widerspricht widersprachen versprach verspricht
    versprachen gestand gesteht verriet beschrieb beschreibt beschrieben verwies_auf verweist_auf verwiesen_auf unterstrich
    unterstreicht hob_hervor hebt_hervor zeigte_sich zeigen_sich mitteilte mitteilten mitteilt bekannt_gab bekannt_gaben
    bekannt_gibt bekanntgab ankündigte ankündigten feststellte hinwies hinweist vertritt_die ist_der_Meinung
    ist_der_Ansicht ist_der_Auffassung ist_überzeugt rät riet raten rieten entschied entscheidet entschieden beschloss beschließt
    beschlossen ergab ergaben ergibt ergeben besagt besagen rechnet_mit rechnete_mit rechnen_mit rechneten_mit angab angaben
    vorwarf vorwarfen feststellt ankündigt hervorhob hervorhebt zusagte einräumte zugab bekannt_geben bekanntgaben
    vertritt_die vertreten_die sieht_darin sehen_darin sah_darin
"""
_GERMAN_PARTED = inflections.german_parted(
    """
    teilt|teilte|teilten|teilen/mit kündigt|kündigte|kündigten|kündigen/an wies|weist|wiesen|weisen/hin|zurück|darauf
    warf|wirft|warfen|werfen/vor räumte|räumt|räumten/ein stellte|stellt|stellten/fest|klar führte|führt|führten/aus
    rief|ruft|riefen|rufen/auf lehnte|lehnt|lehnten|lehnen/ab fügte|fügt|fügten/hinzu ging|geht|gingen|gehen/davon_aus
    schlug|schlägt|schlugen|schlagen/vor gab|gibt|gaben|geben/bekannt|an|zu|zu_Protokoll|zu_bedenken
    sprach|spricht|sprachen/aus|dafür|dagegen merkte|merkt/an hielt|hält|hielten|halten/für prangerte|prangert|prangerten/an
    kam|kommt|kamen|kommen/zu_dem_Schluss machte|macht|machten/klar|deutlich sagte|sagt|sagten/zu|voraus
    trat|tritt|traten/dafür|für sicherte|sichert|sicherten/zu griff|greift|griffen/an stufte|stuft|stuften/ein
    regte|regt|regten/an ordnete|ordnet|ordneten/an setzte|setzt|setzten/entgegen deutete|deutet|deuteten/an
    wird|wurde|werden|wurden/zitiert
    """.replace("_", r"\s")
)
_GERMAN_PARTICIPLES = any_of(
    f"{inflections.german_participles(_GERMAN_REGULAR)} mitgeteilt angekündigt hingewiesen zurückgewiesen vorgeworfen eingeräumt"
    " festgestellt klargestellt ausgeführt aufgerufen aufgefordert abgelehnt hinzugefügt vorgeschlagen bekanntgegeben angegeben"
    " ausgesprochen geschrieben genannt gesprochen gebeten empfohlen bestritten widersprochen versprochen gestanden beschrieben"
)
_GERMAN_VERBS = (
    rf"{_GERMAN_PARTED}|{any_of(f'{inflections.german(_GERMAN_REGULAR)} {_GERMAN_FORMS}')}"
    rf"|(?:hat|haben|hatte|hatten)(?=\s[^.;:,]{{0,120}}?\b(?:{_GERMAN_PARTICIPLES})\b)"
)

GERMAN = Language(
    "de",
    rf"laut (?:{_GERMAN_SAYING})(?: von| der| des)|laut|nach (?:{_GERMAN_SAYING}) (?:von|der|des|aus|eines|einer)"
    rf"|nach (?:einschätzung|ansicht|auffassung|meinung)(?= [a-zäöüß]+er )"
    rf"|nach(?= (?:{_GERMAN_OPENING} )*{_GERMAN_FINDING}\b)"
    r"|aus sicht (?:von|der|des|eines|einer)|aus sicht(?= [A-ZÄÖÜ])|gemäß|unter berufung auf"
    r"|im namen (?:von|der|des)|(?:heißt|hieß) es (?:dazu )?(?:in|aus|bei|von|im|auf der)"
    r"|(?<=[,“”«»–] )so(?= (?!zum|etwa|dass|wie|auch|viel|weit|sehr|wird|werden?|wurden?|ist|sind|waren?|hat|haben?|hatten?"
    r"|soll|sollen|sollten?|kann|können|könnten?|muss|müssen|gibt|gab|sei|seien|heißt|hieß))",
    rf"{_GERMAN_VERBS}|zufolge|{_GERMAN_TAILS}|(?:heißt|hieß) es|wörtlich(?=:)",
    r"auch|später|dann|jedoch|aber|dagegen|hingegen|bereits|zuletzt|sich|inzwischen|zudem|außerdem|unterdessen|wiederum|selbst"
    r"|mehrfach|wiederholt|heute|gestern|am (?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag)",
    _GERMAN_VERBS,
    r"von .{1,40} zugespielt",
    frozenset({"er", "sie", "es"}),
    words_of(
        """
der die das ein eine sein seine seinem seinen seiner ihr ihre ihrem ihren ihrer unser unsere dieser diese dieses zwei drei
mehrere viele einige alle beide kein keine dem den
des einem einer einen eines dessen deren
"""
    ),
    words_of(
        """
in im am an auf bei nach vor mit für unter über zu zum zur von vom aus seit dann da dort hier so wie was wer wenn als es
dazu dabei davon und aber oder denn dies daraufhin außerdem zudem ferner weiterhin zuvor danach anschließend damit
gleichzeitig hierzu laut bereits erst noch nur auch nun mittlerweile inzwischen schließlich darüber dadurch deshalb
daher trotzdem allerdings jedoch folgendes gestern heute morgen ebenso ebenfalls wegen während trotz durch gegen ohne um
bis demnach dafür dagegen darauf hier heute sogar passend gegenwärtig unterdessen gegenüber aufgrund ende anfang mitte
bisher diese keinesfalls weiter besonders bislang nicht angesichts zunächst zugleich zuletzt kürzlich wörtlich vorher
nachdem bezüglich hinsichtlich anlässlich gemeinsam neben statt einschließlich außer
einst eigentlich immerhin schon demgegenüber hingegen wonach worauf
"""
    ),
    r"im|am|der|die|das|wurde|ist|hat|dass|und|auf|an|in|zu|mit|nach|heute|gestern|bei|den|dem|gegenüber|sich|nicht|für|als|werde"
    r"|sei|seien|habe|haben|wegen|aus|vor|über|um|ihre|seine|ihren|seinen|einen|zwei|drei|selbst|sagte|sagten|mitteilte|berichtet",
    words_of(
        """
der die das dem den welcher welche
"""
    ),
)
