"""What a full stop may mean besides an end, in each language: tables for `sentences`.

`titles` are never last in a sentence. `before_numbers` are abbreviations only where a number follows ("no. 5").
`may_end` may be last: a sentence ends there only where a word follows that often begins one, of `starters`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Words", "words_of"]


@dataclass(frozen=True, slots=True)
class Words:
    """A language's tables, in small letters and without the last full stop; `ordinals` where `3.` is "third"."""

    titles: frozenset[str]
    before_numbers: frozenset[str]
    may_end: frozenset[str]
    starters: frozenset[str]
    said: frozenset[str]
    ordinals: bool = False


_EVERYWHERE = "dr prof mr mrs ms mt mme mlle st vs cf dipl ing mag lic rev hon msgr"
_NUMBERED = "no nos nr nrs p pp vol fig figs art sec ch para op ed n"

_TABLES: dict[str, tuple[str, str, str, str]] = {
    "en": (
        "gen sen rep gov lt col maj capt cmdr sgt cpl pvt adm amb pres supt det messrs mmes sens reps govs gens"
        " e.g i.e viz ft mt al ave approx dept est univ assn bros ph.d m.d",
        "jan feb mar apr jun jul aug sep sept oct nov dec arts chs secs vols rev c ca",
        "etc inc ltd co corp jr sr a.m p.m u.s u.k u.n e.u u.s.a u.s.s.r d.c d.p.r.k r.o.k p.r.c b.c a.d b.c.e c.e"
        " esq m.a b.a ph.d",
        "the a an it its he his she her they their we our you your i this that these those there here but and or"
        " so yet if when while where who what why how as at in on by for from with without after before since until"
        " although though because mr mrs ms however moreover meanwhile still then now nor not no one some many most"
        " all both each even only perhaps instead thus critics nobody nothing neither such several",
    ),
    "de": (
        "med phil jur rer nat h.c hr fr frl dres bzgl bspw z.b z. d.h d. u.a u. v.a v. i.d.r i. m.e m. sog z.t o."
        " s. vgl ggf bzw evtl gem inkl exkl insb max min mind ca abs geb gest hl kath ev str allg dt engl frz russ"
        " amerik chin nordkor südkor gen oberst lt min.präs präs jan feb febr mär apr jun jul aug sep sept okt nov"
        " dez",
        "aufl bd bde kap ziff s sp rn rdnr anm abb tab",
        "usw usf etc ff f u.s.w jh jhd uhr std mio mrd tsd co e.v a.d v.chr n.chr d.j d.m d.",
        "der die das den dem des ein eine einer eines es er sie wir ihr ich man dies diese dieser dieses jene aber"
        " und oder doch denn wenn als ob da weil obwohl während nach vor seit bis in im am an auf aus bei mit ohne"
        " durch für gegen um so auch nur nicht noch schon jedoch allerdings danach dann damals dort hier heute"
        " gestern niemand nichts viele einige manche alle beide was wer wie wo warum wann trotzdem deshalb daher"
        " zudem außerdem",
    ),
    "fr": (
        "m mm mgr me pr gén col cap ltt ste sté p.ex p. c.-à-d cf env av bd boul dir dép éd réf janv févr avr juil"
        " sept oct nov déc",
        "art chap tome t fasc § ann",
        "etc apr j.-c cie s.a u.e o.n.u é.-u",
        "le la les l un une des il elle ils elles on nous vous je ce cet cette ces mais et ou donc or ni car si"
        " quand lorsque comme en dans sur par pour avec sans après avant depuis selon puis alors ainsi cependant"
        " pourtant toutefois enfin personne rien certains plusieurs beaucoup c'est c’est d'autres",
    ),
    "es": (
        "sr sra srta sres d dña dra gral cnel cap tte lic ing arq pbro mons p.ej p. ej excmo ilmo prov avda depto"
        " aprox ene feb mar abr jun jul ago sept oct nov dic",
        "art lun mar mié jue vie sáb dom párr párrf núm núms pág págs cap tomo t inc",
        "etc ee.uu ss.mm a.c d.c s.a cía uds ud vd vds ee uu",
        "el la los las un una unos unas lo él ella ellos ellas nosotros yo este esta estos estas ese esa eso esto"
        " pero y o ni si cuando aunque como en con sin por para según después antes desde hasta entonces luego"
        " además no ya también nadie nada algunos muchos varios quien qué",
    ),
    "it": (
        "psicol amm dir min pres comm segr sig sigg sig.ra sig.na dott dott.ssa avv gen col cap ten on mons arch"
        " geom p.es p. es ecc.mo circa gen.le genn febbr apr giu lug ago sett ott nov dic",
        "art artt pag pagg cap n nn tomo comma",
        "ecc etc a.c d.c s.p.a s.r.l u.e",
        "il lo la i gli le un uno una egli ella essi esse noi voi io questo questa questi queste quello quella ma"
        " e o né se quando mentre come in con senza per da dal dalla nel nella su secondo dopo prima poi allora"
        " così inoltre tuttavia però non anche nessuno niente alcuni molti chi",
    ),
    "pt": (
        "sr sra srta d dra exmo gen cel cap ten eng arq av pe p.ex p. ex prof profa aprox depto jan fev mar abr"
        " jun jul ago set out nov dez",
        "art arts pág págs cap núm n nº",
        "etc e.u.a eua s.a ltda cia a.c d.c",
        "o a os as um uma ele ela eles elas nós eu este esta isto esse essa isso aquele mas e ou nem se quando"
        " embora como em no na nos nas com sem por para segundo depois antes desde até então além não já também"
        " ninguém nada alguns muitos vários quem",
    ),
    "pl": (
        "p pp ks bp gen płk ppłk mjr kpt por sierż inż hab mec red dyr min prez im ul al pl np m.in m. tzn tzw tj"
        " t.j wg ok zob św godz ds w.w ww pt jw mgr lek doc kard abp stycz lut mar kwiet czerw lip sierp wrz paźdz"
        " list grudz",
        "nr art ust pkt poz s str t tab rys par lit",
        "itd itp etc r rr w ub br bm n.e p.n.e mln mld tys zł gr wł sp. z o.o s.a",
        "ten ta to ci te on ona ono oni my wy ja jest są był była było a i ale lecz albo lub oraz jednak więc"
        " zatem bo ponieważ gdy kiedy jeśli jeżeli choć chociaż w we na po przed od do z ze za dla przez według"
        " potem następnie teraz tam tu nie nikt nic niektórzy wielu krytycy co kto jak dlaczego także również tylko",
    ),
    "ru": (
        "пгт г-н г-жа г-на г-ну г-ном г-жи гн т.е т. т.к т.н т.о и.о и. акад чл проф доц канд д-р ген полк подполк"
        " кап лейт им ул пр просп пер пл р-н св см ср напр прим янв фев февр апр авг сент окт нояб дек тов гр п.п"
        " в.в",
        "ст стр с рис табл гл п пп разд ч кн вып § №",
        "г гг в вв др пр н.э д т.д т.п т.ч руб коп млн млрд тыс чел тел кв обл км кг долл",
        "он она оно они мы вы я это этот эта эти тот та те но а и или однако если когда хотя как в во на по до от"
        " из за для при без через после перед с со согласно затем потом тогда теперь там здесь не никто ничто"
        " ничего некоторые многие все оба кто что почему также критики ведь же поэтому",
    ),
    "uk": (
        "т.зв т.е т. т.к проф доц акад ім вул пл св див напр ред п пан січ лют бер квіт трав черв лип серп вер"
        " жовт лист груд",
        "ст стор с рис табл гл ч кн п",
        "р рр ст та ін т.д т.п грн млн млрд тис обл н.е",
        "він вона воно вони ми ви я це цей ця ці той та ті але а і й або однак якщо коли хоча як у в на по до від"
        " із за для при без після перед потім тоді тепер там тут не ніхто ніщо деякі багато всі хто що чому також",
    ),
    "nl": (
        "dhr mevr mw drs ir mr prof bijv b.v d.w.z m.n o.a z.g.n ca evt incl excl resp jl gen kol jan feb mrt apr"
        " jun jul aug sept okt nov dec",
        "nr blz art fig p",
        "enz etc e.d n.v v.chr n.chr",
        "de het een hij zij ze wij we ik dit dat deze die maar en of dus want als toen hoewel in op na voor sinds"
        " met zonder door volgens daarna dan nu daar hier niet niemand niets sommige veel alle wie wat waarom ook",
    ),
    "tr": (
        "sn dr doç yrd av gen alb yb bkz örn vb mah cad sok apt",
        "s sf no c m md",
        "vb vs vd yy m.ö m.s",
        "bu şu o bir ve ama fakat ancak çünkü eğer biz siz onlar ben sonra önce şimdi burada orada kimse hiç bazı"
        " çok tüm",
    ),
}
_SAID = {
    "en": "said says told asked added wrote writes replied argued warned noted explained insisted",
}
_ORDINALS = frozenset(
    ("de", "pl", "cs", "sk", "da", "no", "nb", "nn", "fi", "et", "hu", "hr", "sr", "sl", "tr", "is", "lv")
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _words(language: str) -> Words:
    titles, numbers, may_end, starters = _TABLES.get(language, _TABLES["en"])
    return Words(
        _set(titles) | _set(_EVERYWHERE),
        _set(numbers) | _set(_NUMBERED),
        _set(may_end),
        _set(starters),
        said=_set(_SAID.get(language, "")),
        ordinals=language in _ORDINALS,
    )


_WORDS = {language: _words(language) for language in (*_TABLES, *_ORDINALS)}


def words_of(language: str) -> Words:
    """The tables of a language by its two letters; those of English where it has none."""
    return _WORDS.get(language) or _WORDS["en"]
