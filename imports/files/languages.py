"""How likely a text is one of the languages in which people are named, judged by its letters beyond ASCII.

The wrong code page gives letters too, but seldom those of one language: Turkish read as Central European has the ţ of
Romanian beside the ý of Czech. A list may hold people of several countries, so neighbours are looked at together too,
for a little less.
"""

import unicodedata
from collections import Counter
from typing import Final

# Letters of each language that are not ASCII, in small letters.
_LATIN: Final = {
    "German": "äöüß", "French": "éèêëàâçîïôûùœæ", "Spanish": "áéíóúñü", "Portuguese": "ãáâàçéêíóôõú",
    "Italian": "àèéìòù", "Swedish": "åäöé", "Danish": "æøåé", "Icelandic": "áðéíóúýþæö", "Dutch": "ëïéüöè",
    "Catalan": "àçèéíïòóúü", "Polish": "ąćęłńóśźż", "Czech": "áčďéěíňóřšťúůýž", "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű", "Romanian": "ăâîşţșț", "Croatian": "čćđšž", "Turkish": "çğıiöşüâî",
    "Latvian": "āčēģīķļņšūž", "Lithuanian": "ąčęėįšųūž", "Estonian": "äõöüšž",
}  # fmt: skip
_REGIONS: Final = {
    "West": ("German", "French", "Spanish", "Portuguese", "Italian", "Swedish", "Danish", "Dutch", "Catalan"),
    "Middle": ("German", "Polish", "Czech", "Slovak", "Hungarian", "Croatian"),
    "Baltic": ("Latvian", "Lithuanian", "Estonian"),
    "Turkish": ("German", "French", "Turkish"),
}
_RARE: Final = {"Icelandic": 0.8}  # so few write it that its wealth of letters must not explain others' away
_ALPHABETS: Final = [(frozenset(letters), _RARE.get(name, 1.0)) for name, letters in _LATIN.items()] + [
    (frozenset("".join(_LATIN[name] for name in names)), 0.9) for names in _REGIONS.values()
]
# The commonest letters of other scripts, which make up most of every text.
_COMMON: Final = {
    "CYRILLIC": frozenset("оеаинтсрвлкмдпуяьйбгзхчжшюыэфцщё"),
    "GREEK": frozenset("αοιετνησρκπυλμςδγάόίέήώύχθβφξζωψ"),
    "HEBREW": frozenset("יוהלארתבשמדנחקעגכפזטצסךםןףץ"),
    "ARABIC": frozenset("اليمنرتبوسدعهفكحقجشةصطخأزضىذثءغظئإؤآ"),
}
_FREQUENT: Final = {
    "CYRILLIC": frozenset("оеаинтсрвлкмдя"),
    "GREEK": frozenset("αοιετνησρκςάόίμ"),
    "HEBREW": frozenset("יוהלארתבשמדנ"),
    "ARABIC": frozenset("اليمنرتبوسدعهح"),
}
_VOWELS: Final = {"CYRILLIC": frozenset("аеёиоуыэюяіїє"), "GREEK": frozenset("αεηιουωάέήίόύώϊϋΐΰ")}
# Family names and words of companies that one list in two of its language has.
_SIGNS_OF_NAMES: Final = {
    "Chinese": "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧程曹袁邓"
    "鄧许許傅沈曾彭吕蘇苏卢蒋蔡贾丁魏薛叶葉伟偉芳娜敏静靜丽麗强強磊军洋勇艳杰娟涛明超秀霞平刚桂英文志"
    "建华華国國公司有限科技贸易北京上海台深市",
    "Japanese": "田山本村中小川木藤井佐鈴高橋野原森石松林池上島岡大西渡辺伊加斎斉清水吉青三子太郎美一二郎恵和彦雄"
    "健幸株式会社東京商事業部名氏",
    "Korean": "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민지수현준영은진경"
    "미희재호연우주식회사서울",
}
_NAME_SIGNS: Final = {language: frozenset(signs) for language, signs in _SIGNS_OF_NAMES.items()}


def likelihood(text: str) -> float:
    """0 to about 1: how well the letters beyond ASCII fit one language, or several that are often found together."""
    letters = Counter(sign for sign in text if not sign.isascii() and sign.isalpha())
    if not letters:
        return 1.0
    scripts: dict[str, Counter[str]] = {}
    for letter, count in letters.items():
        scripts.setdefault(_script(letter), Counter())[letter] = count
    total = letters.total()
    return sum(_of_script(script, found, text) * found.total() for script, found in scripts.items()) / total


def _of_script(script: str, letters: Counter[str], text: str) -> float:
    total = letters.total()
    if script == "LATIN":
        return max(
            weight * sum(count for letter, count in letters.items() if letter.lower()[:1] in alphabet) / total
            for alphabet, weight in _ALPHABETS
        )
    if script in _COMMON:
        known = sum(count for letter, count in letters.items() if letter.lower() in _COMMON[script])
        frequent = sum(count for letter, count in letters.items() if letter.lower() in _FREQUENT[script])
        fit = 0.6 * known / total + 0.4 * min(1.0, frequent / total / 0.75)
        if script in _VOWELS:  # scripts with capitals, in which every word has a vowel
            vowels = sum(count for letter, count in letters.items() if letter.lower() in _VOWELS[script])
            fit *= 0.8 + 0.2 * min(1.0, vowels / total / 0.3)
            fit *= 1.0 if any(letter.isupper() for letter in letters) else 0.7
        return fit
    if script == "CJK":
        kana = sum(count for letter, count in letters.items() if "\u3040" <= letter <= "\u30ff")
        best = max(
            sum(count for letter, count in letters.items() if letter in _NAME_SIGNS[language])
            for language in ("Chinese", "Japanese")
        )
        return 0.6 + 0.4 * min(1.0, (best + kana) / total / 0.4)
    if script == "HANGUL":
        known = sum(count for letter, count in letters.items() if letter in _NAME_SIGNS["Korean"])
        return 0.6 + 0.4 * min(1.0, known / total / 0.4)
    return 0.7


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA", "CJK", "IDEOGRAPHIC"} else name
