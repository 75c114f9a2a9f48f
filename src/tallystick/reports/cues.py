"""Words by which texts say whose statement something is, in five languages, and words for what kind of source it is.

Data only, our own; `attribution` reads sentences with it.
"""

from typing import Literal

from tallystick.reports import inflections
from tallystick.reports.cue_tables import Language, any_of, words_of
from tallystick.reports.german_tables import GERMAN

Kind = Literal["person", "unnamed", "organisation", "document", "agency", "outlet", "group", "author"]

# fmt: off
AGENCIES = frozenset({
    "AFP", "AP", "APA", "ATS", "ANI", "ANSA", "Anadolu", "Belga", "CNA", "CTK", "DPA", "dpa", "EFE", "IANS", "IRNA",
    "Interfax", "KCNA", "KUNA", "Kyodo", "MENA", "PAP", "PTI", "RIA", "Reuters", "SANA", "SPA", "TASS", "UPI",
    "Ukrinform", "WAM", "Xinhua", "Yonhap",
})
# fmt: on


_ENGLISH_REGULAR = """
    add allege announce argue assert claim confirm caution complain concede conclude contend declare describe disclose
    estimate expect explain fear indicate insist maintain observe predict recall remark reply respond reveal stress suggest
    testify urge vow warn accuse blame reject demand report state note acknowledge believe deny promise pledge remember rule
    point_out dismiss question doubt hint reiterate cite count list suspect assume assess argue guess criticise criticize
    condemn praise welcome lament joke recount relate mention record determine discover advise recommend identify offer
    propose publish release unveil assure inform guarantee emphasise emphasize underline highlight establish depict portray
    allege post tweet boast admit echo counter object protest speculate swear hope worry agree disagree clarify speak_of
    call_for refuse_to decline_to plead
"""
_ENGLISH_VERBS = any_of(
    f"{inflections.english(_ENGLISH_REGULAR)} "
    "said says say told tells tell wrote writes write found finds find thought thinks think put puts "
    "swore saw sees see made_clear makes_clear is_quoted_as was_quoted_as show shows showed has_no_record would_not_confirm "
    "would_not_say could_not_confirm would_neither issued_a_statement gave_no would_only_say"
)
_ENGLISH_NOUNS = any_of(
    """
    claim claims assertion assertions statement account admission denial denials allegation allegations accusation accusations
    complaint complaints warning warnings testimony insistence suggestion suggestions contention report reports estimate
    estimates announcement confession declaration conclusion conclusions finding findings prediction predictions belief
    argument criticism story remark opinion view admission
    """
)
_ENGLISH_BY = any_of(
    "reported criticized criticised echoed accused confirmed claimed described rejected dismissed condemned denied believed"
    " alleged feared questioned doubted disputed acknowledged predicted praised suspected"
)
NO_ADVERBS = words_of("family ally reply supply assembly anomaly jelly bully")
ADVERB = rf"(?!(?:{'|'.join(sorted(NO_ADVERBS))})\b)[a-z]+ly"
"""What may stand between an English subject and its verb."""
BASES = frozenset(f"{_ENGLISH_REGULAR} say tell write find think hold see show".replace("_", " ").split())
"""English verbs without an ending, most of them nouns as well."""
BEFORE_NOUNS = words_of(
    """
    two three four five six seven eight nine ten eleven twelve several few these those numerous countless the a an my his her
    its their our your no any
    """
)
"""Behind these an English word is a noun, whatever verb it looks like: `eleven claims`, `filed her report`."""
_FRENCH_REGULAR = """
    déclarer affirmer indiquer annoncer rapporter expliquer confirmer ajouter confier accuser rappeler souligner préciser
    témoigner constater estimer assurer révéler raconter évoquer dénoncer regretter insister nier noter signaler mentionner
    montrer penser relater marteler détailler lancer lâcher glisser résumer observer avancer considérer redouter déplorer
    réclamer exiger revendiquer contester réfuter balayer écarter condamner saluer critiquer plaider alerter informer
    garantir protester ironiser tempérer nuancer répéter supposer soupçonner douter espérer chiffrer évaluer énumérer
    pointer commenter argumenter rétorquer répliquer clamer certifier attester tweeter menacer prétendre tabler demander
    s’interroger s’inquiéter s’étonner s’indigner s’alarmer recommander conseiller proposer reprocher parler publier
    recenser documenter identifier refléter trancher anticiper pronostiquer corroborer concéder justifier insinuer objecter
    murmurer crier s’exclamer exposer appeler_à féliciter remercier alléguer argüer dévoiler communiquer expliciter
    attribuer imputer suggérer rejeter juger
"""
_FRENCH_FORMS = """
    dit disent soutient soutiennent conclut concluent avertit avertissent admet admettent promet promettent répond répondent
    écrit écrivent craint craignent croit croient dément démentent reconnaît reconnaissent prévient préviennent décrit
    décrivent se_souvient se_souviennent fait_savoir font_savoir fait_état_de font_état_de fait_valoir laisse_entendre
    laissent_entendre laisse_penser laissent_penser met_en_cause mettent_en_cause met_en_garde prédit maintient établit
    établissent prétend prétendent prévoit prévoient se_rappelle se_rappellent s’en_souvient convient défend défendent
    se_défend offre offrent se_dit se_disent
"""
_FRENCH_PARTICIPLES = """
    dit soutenu conclu averti admis promis répondu écrit craint cru démenti reconnu prévenu décrit fait_savoir fait_état
    prétendu prévu offert défendu fait_valoir laissé_entendre laissé_penser mis_en_cause mis_en_garde prédit maintenu établi
    convenu jugé rejeté
"""
_FRENCH_PRESENT = any_of(
    f"{inflections.french(_FRENCH_REGULAR)} {_FRENCH_FORMS} juge_que jugent_que rejette rejettent rappelle rappellent"
)
_FRENCH_VERBS = any_of(f"{inflections.french_participles(_FRENCH_REGULAR)} {_FRENCH_PARTICIPLES}")
_SPANISH_REGULAR = """
    afirmar asegurar informar declarar anunciar señalar indicar explicar confirmar reportar publicar revelar calcular acusar
    relatar recordar mencionar subrayar apuntar denunciar constatar considerar lamentar precisar detallar comentar
    manifestar matizar puntualizar estimar rechazar ratificar alertar alegar declinar demostrar mostrar sospechar culpar
    enumerar testificar dictaminar tuitear avisar protestar criticar condenar argumentar añadir escribir describir reprochar
    aconsejar recomendar proponer documentar identificar reflejar desvelar zanjar hablar informar pronosticar augurar
    vaticinar corroborar coincidir conceder asumir justificar defender insinuar deslizar esgrimir objetar murmurar gritar
    exclamar postular plantear expresar expresarse exponer ofrecer solicitar pedir instar urgir ordenar felicitar agradecer
    prohibir replicar contestar reivindicar reclamar cuestionar dudar aclarar avanzar adelantar sospechar opinar agregar
    jurar confesar atestiguar describir admitir insistir advertir prometer responder temer creer concluir sugerir exigir
    desmentir difundir reconocer sostener mantener prever advertir transmitir referir remarcar recalcar enfatizar destacar
    resaltar cifrar valorar evaluar estipular ironizar bromear amenazar quejarse preguntarse mostrarse
"""
_SPANISH_FORMS = """
    dijo dijeron dice dicen decía decían escribe escriben pidió pidieron pide piden propone proponen propuso propusieron
    ofrece ofrecen expuso reconoce reconocen defiende defienden difunde hizo_público hicieron_público llama_a llamó_a negó
    negaron niega niegan sostuvo sostuvieron sostiene sostienen contó contaron cuenta_que cuentan_que recuerda recuerdan
    demuestra demuestran muestra muestran mantuvo mantuvieron mantiene mantienen sugiere sugieren sugirió sugirieron
    desmiente desmienten desmintió desmintieron advirtió advirtieron advierte advierten refiere prevé prevén creyó concluyó
    concluyeron concluye concluyen confiesa confiesan habló_de habla_de hablan_de piensa piensan quiso_confirmar
    quiso_comentar quiso_decir hizo_saber dio_a_conocer puso_en_duda
"""
_SPANISH_VERBS = any_of(f"{inflections.spanish(_SPANISH_REGULAR)} {_SPANISH_FORMS}")
_SPANISH_PERFECT = any_of(
    f"{inflections.spanish_participles(_SPANISH_REGULAR)} dicho escrito descrito negado contado sostenido puesto_en_duda"
)
_ARABIC_VERBS = any_of(
    inflections.arabic(
        """
        قال/يقول أعلن/يعلن ذكر/يذكر أكد/يؤكد أضاف/يضيف صرح/يصرح أفاد/يفيد نفى/ينفي أوضح/يوضح حذر/يحذر كشف/يكشف أشار/يشير
        اتهم/يتهم طالب/يطالب رأى/يرى اعتقد/يعتقد اعتبر/يعتبر وصف/يصف توقع/يتوقع تساءل/يتساءل رفض/يرفض انتقد/ينتقد دعا/يدعو
        زعم/يزعم ادعى/يدعي أقر/يقر اعترف/يعترف شدد/يشدد لفت/يلفت تابع/يتابع بين/يبين رجح/يرجح استبعد/يستبعد هدد/يهدد
        أعرب/يعرب عبر/يعبر كتب/يكتب نشر/ينشر نقل/ينقل أبلغ/يبلغ أظهر/يظهر ناشد/يناشد ختم/يختم اختتم/يختتم استطرد/يستطرد
        أردف/يردف نوه/ينوه ندد/يندد أدان/يدين رحب/يرحب أثنى/يثني اشتكى/يشتكي تحدث/يتحدث روى/يروي وعد/يعد تعهد/يتعهد
        أخبر/يخبر سأل/يسأل رد/يرد أجاب/يجيب علق/يعلق خلص/يخلص استنتج/يستنتج قدر/يقدر شكك/يشكك تمنى/يتمنى خشي/يخشى أبدى/يبدي
        """
    )
)
_FRENCH_BEHIND = rf"(?:a|ont|avait|avaient|a-t-il|a-t-elle)\s(?:{_FRENCH_VERBS})|{_FRENCH_PRESENT}|selon"

LANGUAGES = (
    Language(
        "en",
        r"according to|as reported by|quoting|citing|in the words of|in the view of|in the opinion of|as told by"
        rf"|quoted by|cited by|(?:{_ENGLISH_BY})(?: as [^,;.]{{1,30}}?)? by",
        _ENGLISH_VERBS,
        r"has|have|had|would|did|also|later|then|however|reportedly|earlier|not|never|again|still|only|once|now|today|long|since"
        rf"|{ADVERB}",
        _ENGLISH_VERBS,
        r"leaks? (?:from|to|by)|documents? leaked to",
        frozenset({"he", "she", "they", "it"}),
        words_of(
            """
    the a an his her their its our my this these those some many several two three four five six dozens hundreds neither
    both one another other most few no senior former local foreign unnamed internal police court military
    """
        ),
        words_of(
            """
    it there this what how so such if in on at after before by when while as for with from under since during about most of to
    prices heavy reached asked
    """
        ),
        r"on|in|at|to|of how|who|which|that|whose|said|told|and|has|have|had|was|were|is|are|this|after|late|am|nobody|no one"
        r"|reporters|outside|yesterday|today|as|from|of \w+ing",
        words_of(
            """
            who which whose whom quoting citing speaking a an the where
    """
        ),
        _ENGLISH_NOUNS,
    ),
    GERMAN,
    Language(
        "fr",
        r"selon les mots d[e’']|selon|d[’']après|de source|citant|aux dires d[e’']|à en croire|de l[’']aveu d[e’']|citée?s? par"
        r"|aux yeux d[e’']|de l[’']avis d[e’']",
        rf"(?:a|ont|avait|avaient|aurait)\s(?:\w+ment\s)?(?:{_FRENCH_VERBS})|n[’']a\spas\ssouhaité\s\w+|{_FRENCH_PRESENT}"
        r"|s[’']est\sdite?|affirmé|ajouté|déclaré|expliqué|répondu|(?:a|ont|avait)\s(?:refusé|tenu|voulu|souhaité)\s(?:de\s|à\s)?\w+er",
        r"ne|n[’']|l[’']|s[’']|eux|elles?|également|aussi|ensuite|toutefois|cependant|pourtant|a-t-|ont-|se|\w+ment",
        _FRENCH_BEHIND,
        r"des fuites (?:de|parvenues à)",
        frozenset({"il", "elle", "ils", "elles"}),
        words_of(
            """
    le la les un une des du ces cette ce cet son sa ses leur leurs deux trois plusieurs certains certaines quelques mon
    notre
    """
        ),
        words_of(
            """
    en dans à au aux de d pour par sur après avant pendant depuis ce c qui que si quand comme mais et ou interrogé il_y_a
    selon personne contacté contactée
    """
        ),
        r"a|est|avait|qui|que|dans|devant|à|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|ont|sont|et|pour|personne|lors|en"
        r"|le (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|au",
        words_of(
            """
    qui que dont lequel laquelle citant citée cité proche
    """
        ),
    ),
    Language(
        "es",
        r"según|de acuerdo con|conforme a|citando a|citando|en palabras de|a juicio de|en opinión de|citad[oa]s? por"
        r"|(?:tal y )?como (?:adelantó|publicó|informó|señaló)",
        rf"(?:ha|han|había|habían)\s(?:{_SPANISH_PERFECT})|{_SPANISH_VERBS}|se\smostró",
        r"no|lo|se|también|además|después|luego|ya|sin embargo|le|les|nos|\w+mente",
        rf"(?:ha|han)\s(?:{_SPANISH_PERFECT})|{_SPANISH_VERBS}",
        r"filtraciones (?:de|a)",
        frozenset({"él", "ella", "ellos", "ellas"}),
        words_of(
            """
    el la los las un una unos unas su sus este esta estos estas dos tres varios varias algunos algunas muchos otro otra
    ambos
    """
        ),
        words_of(
            """
    en a al de del para por con tras desde sobre durante antes después lo que si cuando como pero y o se fue nadie según
    ante todo hoy ayer
    """
        ),
        r"que|quien|ha|han|había|fue|a|ante|en|el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|ayer|y|para|nadie|al",
        words_of(
            """
    que quien quienes cuyo cuya citando citada citado el la un una
    """
        ),
    ),
    Language(
        "ar",
        r"وفقا ل|وفقاً ل|وفق|طبقا ل|طبقاً ل|بحسب|حسب|نقلا عن|نقلاً عن|استنادا إلى|استناداً إلى|على لسان|على حد (?:قول|تعبير|وصف)"
        r"|و?جاء في|و?ورد في|من وجهة نظر|برأي|في رأي",
        rf"(?:{_ARABIC_VERBS}|قوله|قولها|قولهم)(?!\w)",
        r"قد|لقد|أيضا|أيضاً",
        rf"(?:{_ARABIC_VERBS})(?!\w)",
        r"تسريبات (?:من|إلى)",
        frozenset({"هو", "هي", "هم"}),
        frozenset(),
        words_of(
            """
    في وفي من ومن على وعلى إلى عن مع بعد وبعد قبل خلال وخلال لم ولم لا ولا كما فيما حين عندما منذ بينما ثم أن إن قد لقد
    وقد كان كانت ما إذا لكن ولكن بل حيث
    """
        ),
        r"في|من|على|إلى|التي|الذي|الذين|إن|أن|بأن|بأنه|بأنها|أنه|أنها|عن|عندما|بعد|قبل|خلال|أمس|اليوم|ما|لا|لم|لن|قد|مع|بين|حول|ضد"
        r"|منذ|حتى|كل|جميع|بإ\w+|لل\w+|يوم|مساء|صباح|وهو|وهي",
        words_of("الذي التي الذين وهو وهي"),
    ),
)
FIRST_PERSON = words_of(
    """
    ich wir uns mich mir mein meine meinem meinen meiner meines unser unsere unserem unseren unserer i we je nous yo
    nosotros
    """
)
"""The one who speaks or writes: no source beside the document itself."""

DOCUMENT = (
    r"\b(report|document|documents|study|memo|memorandum|letter|cable|indictment|dossier|survey"
    r"|bericht|studie|dokument|schreiben|rapport|étude|note|informe|estudio|documento|carta|تقرير"
    r"|وثيقة|دراسة)\b"
)
OUTLET = (
    r"\b(newspaper|daily|weekly|magazine|broadcaster|channel|radio|television|TV|website|news site"
    r"|zeitung|magazin|sender|tageszeitung|journal|quotidien|chaîne|hebdomadaire|periódico|diario"
    r"|revista|cadena|emisora|صحيفة|قناة|مجلة|إذاعة|موقع)\b"
)
OUTLET_NAME = (
    r"\b(News|Times|Post|Herald|Tribune|Guardian|Info|Zeitung|Spiegel|Welt|Monde|Figaro|País|Mundo"
    r"|Gazette|Journal|Chronicle|BBC|CNN|TV|Radio)\b"
)
UNNAMED = (
    r"\b(official|officials|officer|officers|source|sources|diplomat|diplomats|insider|aide|spokesman"
    r"|spokeswoman|spokesperson|witness|witnesses|beamter|beamte|quelle|quellen|sicherheitskreise"
    r"|sprecher|sprecherin|responsable|responsables|fuente|fuentes|funcionario|funcionarios|portavoz"
    r"|porte-parole|inspectors?|detectives?|investigators?|enquêteurs|investigadores|ermittler|analysts?|experts?|nurse"
    r"|doctors?|captain|employee|agents?|lawmakers|diplomate|diplomáticos?|témoins?|testigos?|zeugen?|(?:ال)?(?:مسؤول|مسؤولون|مصدر|مصادر|متحدث))\b"
)
GROUP = (
    r"\b(detainees|militants|prisoners|residents|migrants|refugees|suspects|many|some|others|häftlinge"
    r"|neighbours|neighbors|jeder|niemand|viele|manche|einige|alle|anwohner|voisins|détenus|habitants|detenidos|vecinos)\b"
)
ORGANISATION = (
    r"\b(authority|authorities|ministry|police|court|prosecutors?|government|office|army|customs|company|committee|council|agency"
    r"|polizei|ministerium|behörde|regierung|staatsanwaltschaft|gericht|police|ministère|parquet|gouvernement|préfecture|tribunal"
    r"|policía|ministerio|fiscalía|gobierno|juzgado|(?:ال)?(?:شرطة|وزارة|حكومة|محكمة))\b"
)
TITLES = (
    r"Mr|Mrs|Ms|Dr|Prof|President|Prime Minister|Foreign Minister|Minister|Chief|Inspector|Colonel|Lieutenant|General"
    r"|Captain|Judge"
    r"|Senator|Mayor|Spokesman|Spokeswoman|Herr|Frau|Präsident|Minister|Ministerin|Kanzler|Kanzlerin|président|ministre|commissaire"
    r"|colonel|presidente|presidenta|ministro|ministra|comisario|coronel"
)
