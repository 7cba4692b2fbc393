"""Company names and sizes."""

import re
from functools import lru_cache
from typing import Final

from leads.normalise.text import clean_text, fold
from leads.normalise.vocabulary import phrases_of, words_of

NAMES_REMEMBERED: Final = 65_536  # a list names each company a few times; about 16 MB
SIZES_REMEMBERED: Final = 2_048
# The largest employer has 2.3 million people; what is above ten million is a turnover in the wrong column.
MOST_EMPLOYEES: Final = 10_000_000

# Legal forms as they stand at the end of a name after folding: no punctuation, single letters joined ("S.A." is "sa").
_LEGAL_FORMS: Final = words_of(
    """
    ab ad ae ag aktiengesellschaft amba ans aps as asa bhd bt bv bvba cio cjsc co comm company coop corp
    corporation cv cvba dd dmcc doo dooel ead eeig eg ehf eireli eirl ek eood eu eurl ev fzc fzco fze fzllc
    gbr gesbr gesmbh ggmbh gie gk gmbh gte hb hf inc incorporated ivs jsc jtd kb kd kft kg kgaa kk ks kv ky
    lda limitada limited llc lllp llp lp ltd ltda ltee mbb mbh nv nyrt oao oe og ohg ojsc ood ooo ou oy oyj
    pao partg partgmbb pbc pc pjsc plc pllc proprietary pt pte pty pvt qsc sa sab sae sal saoc saog sapi
    sarl sas sasu sau sca scarl scop scpa scrl scs sdn se selarl sgps sha shpk sia sicav sl sll slne slu
    smba snc spa spj spk sprl srl srls sro tbk uab ug ulc unlimited vof vos vzw wll zao zrt ад ао ат еоод
    зао ип оао оод ооо пао тов
    """
)
_LEGAL_PHRASES: Final = sorted(
    (
        tuple(fold(phrase).split())  # й and ї lose their accents, as the names do
        for phrase in phrases_of(
            """
        besloten vennootschap; e figli; eingetragene genossenschaft; eingetragener verein; et cie; ges mbh;
        gesellschaft mit beschraenkter haftung; gesellschaft mit beschrankter haftung; haftungsbeschrankt;
        joint stock company; limited liability company; naamloze vennootschap; private limited; pty limited;
        public limited company; s de rl; s de rl de cv; sa de cv; sab de cv; sapi de cv; soc coop;
        sociedad anonima; sociedad de responsabilidad limitada; sociedad limitada; sociedade anonima;
        societa a responsabilita limitata; societa per azioni; societe a responsabilite limitee;
        societe anonyme; sp z oo; sp zo o; sp zoo; spol sro; spolka akcyjna; spolka komandytowa;
        spolka z ograniczona odpowiedzialnoscia; srl de cv; ug haftungsbeschrankt;
        unternehmergesellschaft haftungsbeschrankt; y cia;
        akc spol; akciova spolecnost; akciova spolocnost; comm v; kom spol; komanditni spolecnost;
        komanditna spolocnost;
        sh a; sh pk; sp j; sp k; sp p; spolka z oo; t mi; commanditaire vennootschap; aktiengesellschaft;
        sabiedriba ar ierobezotu atbildibu; spolecnost s rucenim omezenym; spolocnost s rucenim obmedzenym;
        societate cu raspundere limitata; societatea cu raspundere limitata; societatea pe actiuni;
        societe en commandite par actions; societe par actions simplifiee; sociedade limitada; societe en nom collectif;
        drustvo s ogranicenom odgovornoscu; drustvo sa ogranicenom odgovornoscu; akcionarsko drustvo; dionicko drustvo;
        youxian gongsi; youxian zeren gongsi; gufen youxian gongsi; kabushiki kaisha; yugen kaisha; sendirian berhad;
        товариство з обмеженою відповідальністю; акціонерне товариство; публічне акціонерне товариство;
        приватне акціонерне товариство; приватне підприємство; общество с ограниченной ответственностью;
        акционерное общество; закрытое акционерное общество; открытое акционерное общество;
        публичное акционерное общество; akcionernoe obshhestvo; zakrytoe akcionernoe obshhestvo;
        дружество с ограничена отговорност; акционерно дружество; адкрытае акцыянернае таварыства;
        ab publ; fz llc; ltd sti; limited sirketi; anonim sirketi; unipessoal lda; unipessoal limitada; spolka zoo;
        in liquidation; in liquidazione; en liquidacion; en liquidation; w likwidacji
        """
        )
    ),
    key=len,
    reverse=True,  # the longest first: "s de rl de cv" before "de cv"
)
_LEGAL_PHRASES_BY_END: Final[dict[str, list[tuple[str, ...]]]] = {
    last: [phrase for phrase in _LEGAL_PHRASES if phrase[-1] == last]
    for last in {phrase[-1] for phrase in _LEGAL_PHRASES}
}
# In Cyrillic the form stands in front, written out or in short.
_LEGAL_PHRASES_BY_START: Final[dict[str, list[tuple[str, ...]]]] = {
    first: [phrase for phrase in _LEGAL_PHRASES if phrase[0] == first]
    for first in {phrase[0] for phrase in _LEGAL_PHRASES if not phrase[0].isascii()}
}
# Written in front of the name in Russia, Ukraine, Indonesia and the Netherlands.
_LEGAL_IN_FRONT: Final = words_of("ao bv nv oao ooo pao pt tov zao ао ат зао оао ооо пао пат прат тов")
# In Chinese, Japanese and Korean the form is written without a blank, at either end.
_LEGAL_EAST: Final = (
    "有限責任股份公司|有限责任股份公司|无限责任公司|無限責任公司|股份公司|有限合伙|有限合夥|株式会社|有限会社|合同会社|合資会社|股份有限公司|有限责任公司|有限責任公司|有限公司|주식회사|유한회사|"
    r"\((?:株|有|주|유)\)"
)
_LEGAL_EAST_ENDS: Final = re.compile(rf"^\s*(?:{_LEGAL_EAST})|(?:{_LEGAL_EAST})\s*$")
_JOINING: Final = frozenset({"and", "und", "et", "y", "e"})

_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ]")
_WORD: Final = re.compile(r"[^\W_]+")
_ORDINARY_SPA: Final = re.compile(r"\bSpa\W*$")  # a day spa, not an Italian S.p.A. (SPA, SpA)


@lru_cache(maxsize=NAMES_REMEMBERED)
def company_key(name: str) -> str:
    """The name for matching: no case, accents, punctuation or legal form ("Müller & Co. KG" is "muller").

    "&" is "and"; initials are joined ("I.B.M." is "ibm"). Empty only if the name has neither letter nor digit: a name
    that is nothing but a legal form keeps it.
    """
    folded = fold(clean_text(name))
    if not folded.isascii():
        folded = _LEGAL_EAST_ENDS.sub(" ", folded).strip() or folded
    words = _words_of(folded)
    is_spa_ordinary = "spa" in words and _ORDINARY_SPA.search(name) is not None
    return " ".join(_without_legal_forms(words, is_spa_ordinary=is_spa_ordinary))


def has_legal_form(name: str) -> bool:
    """Whether the name says what kind of company it is, in front or at its end ("Kiesel GmbH")."""
    folded = fold(clean_text(name))
    words = _words_of(folded)
    if len(words) > 1 and (_length_of_form(words, len(words)) or _length_in_front(words)):
        return True
    return not folded.isascii() and _LEGAL_EAST_ENDS.search(folded) is not None


def _words_of(folded: str) -> list[str]:
    folded = _APOSTROPHES.sub("", folded)
    if not any(map(str.isalnum, folded)):
        return []
    words = _WORD.findall(folded.replace("&", " and "))
    return _join_initials(words) if min(map(len, words)) == 1 else words


def _join_initials(words: list[str]) -> list[str]:
    """["s", "p", "a"] is ["spa"]."""
    joined: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(word)
    return [*joined, run] if run else joined


def _without_legal_forms(words: list[str], *, is_spa_ordinary: bool) -> list[str]:
    end = len(words)
    while end > 1:
        if words[end - 1] == "spa" and is_spa_ordinary:
            break
        if (length := _length_of_form(words, end)) and length < end:
            end -= length
        elif end < len(words) and words[end - 1] in _JOINING:  # what is left of "& Co. KG"
            end -= 1
        else:
            break
    start = _length_in_front(words[:end])
    if end - start > 1 and words[start] == "the":
        start += 1
    return words[start:end]


def _length_in_front(words: list[str]) -> int:
    """How many of the words at the beginning are a legal form; some languages write it there, in full or in short."""
    if len(words) < 2:
        return 0
    for phrase in _LEGAL_PHRASES_BY_START.get(words[0], ()):
        if len(phrase) < len(words) and tuple(words[: len(phrase)]) == phrase:
            return len(phrase)
    return 1 if words[0] in _LEGAL_IN_FRONT else 0


def _length_of_form(words: list[str], end: int) -> int:
    """How many of the words before `end` are one legal form."""
    last = words[end - 1]
    for phrase in _LEGAL_PHRASES_BY_END.get(last, ()):
        if tuple(words[max(0, end - len(phrase)) : end]) == phrase:
            return len(phrase)
    return 1 if last in _LEGAL_FORMS else 0


_THOUSANDS: Final = re.compile(r"(?<=[0-9])[,.' \u2019](?=[0-9]{3}(?![0-9]))")
_NUMBER: Final = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(k|m|mio|million|thousand|tsd)?\b", re.IGNORECASE)
_TIMES: Final = {
    "k": 1_000,
    "thousand": 1_000,
    "tsd": 1_000,
    "m": 1_000_000,
    "mio": 1_000_000,
    "million": 1_000_000,
}
_AT_MOST: Final = re.compile(
    r"(?:<=?|≤|up to|under|below|fewer than|less than|max\.?|bis(?: zu)?|unter|jusqu.à|moins de|hasta|menos de)"
    r"\s*[0-9]",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    r"(?:self[- ]?employed|myself only|just me|sole (?:trader|proprietor)|freelancer?|1 person)",
    re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = re.compile(
    rf"(?:({'|'.join(_MONTHS)})[a-z]*[-. ]*[0-9]{{2,4}}|[0-9]{{1,2}}[-. ]*({'|'.join(_MONTHS)})[a-z]*)",
    re.IGNORECASE,
)


@lru_cache(maxsize=SIZES_REMEMBERED)
def employees_count(text: str) -> int | None:
    """The number of employees that is certain: of a range ("51-200", "200+") its lower end, of "up to 10" one.

    The lower end, because a criterion such as "at least 200 employees" must not be met by a company that may have 51.
    Reads "1,200", "1.200", "10k", "1.5 million", and the ranges that a spreadsheet took for a date ("Nov-50" was 11-50,
    "10-Jan" was 1-10). None where no number can be told.
    """
    text = clean_text(text)
    if text.isascii() and text.isdigit():
        return _plausible(int(text)) if len(text) <= len(str(MOST_EMPLOYEES)) else None
    if month := _MONTH.fullmatch(text):
        return _MONTHS.index((month[1] or month[2]).lower()) + 1
    if _ALONE.fullmatch(text) or _AT_MOST.match(text):
        return 1
    numbers = _NUMBER.findall(_THOUSANDS.sub("", text))
    if not 1 <= len(numbers) <= 2 or text.startswith("-"):
        return None
    digits, unit = numbers[0]
    unit = unit or (numbers[-1][1] if len(numbers) == 2 else "")  # "1-5k" counts both in thousands
    return _plausible(round(float(digits.replace(",", ".")) * _TIMES.get(unit.lower(), 1)))


def _plausible(count: int) -> int | None:
    return count if count <= MOST_EMPLOYEES else None
