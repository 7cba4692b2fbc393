"""What a column may be by its header."""

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from imports.mapping.fields import TARGETS, label_of
from imports.mapping.keys import key_of, keys_of, words_of
from imports.mapping.match import (
    BY_FORMER,
    BY_INNER,
    BY_LABEL,
    BY_NAME,
    BY_PHRASE,
    BY_SYNONYM,
    BY_TYPO,
    BY_VENDOR,
    BY_WORD,
    Match,
)
from imports.mapping.permissions import is_out_header
from imports.mapping.phrases import target_of_phrase
from imports.mapping.spellings import (
    OTHER_HEADERS,
    Known,
    is_foreign,
    is_known_header,
    spellings,
    spelt_words,
)
from imports.vendors import plain


def by_vendor(header: str, known: Known) -> Iterator[Match]:
    """What the program that made the list means by the header; only a word of the company's own wins over it.

    That our field is called like the lesser of two columns of the program ("Email" beside "Work email") says nothing.
    """
    key = key_of(header)
    field = known.fields_of_vendor.get(plain(header))
    for texts in (known.current, known.words):
        if key in texts and (known.of_vendor[header] or texts[key] != field):
            sure = BY_LABEL if texts is known.current else BY_WORD
            yield Match(texts[key], sure, f"The header is the label of {label_of(texts[key], known.labels)}.")
    if target := known.of_vendor[header]:
        yield Match(target, BY_VENDOR, f"{known.vendor} calls our {label_of(target, known.labels)} so.")


def by_header(header: str, known: Known) -> Iterator[Match]:
    """Whose label, name or spelling the header is, as a whole or without the words around it."""
    key, *inner = keys_of(header)
    for texts, sure, why in (
        (known.current, BY_LABEL, "The header is the label of {}."),
        (known.former, BY_FORMER, "The header is a former label of {}."),
        (known.words, BY_WORD, "Another tool or a team calls {} so."),
        (known.names, BY_NAME, "The header is the name of the field {}."),
    ):
        if key in texts:
            yield Match(texts[key], sure, why.format(label_of(texts[key], known.labels)))
    if is_out_header(header):
        yield Match("opted_out", BY_SYNONYM, f"A usual header for {label_of('opted_out', known.labels)}.")
    if key in spellings():
        target, sure = spellings()[key]
        yield Match(target, sure, f"A usual header for {label_of(target, known.labels)}.")
    if key in OTHER_HEADERS or is_foreign(header):
        return
    for part in inner:
        target = known.current.get(part) or known.former.get(part) or spellings().get(part, ("", 0.0))[0]
        if target:
            sure = min(BY_INNER, spellings().get(part, ("", BY_INNER))[1] - 0.02)
            yield Match(target, sure, f"The header names {label_of(target, known.labels)} among other words.")
    if target := target_of_phrase(header, known):
        yield Match(
            target, BY_PHRASE, f"The header names {label_of(target, known.labels)} among other words."
        )


def by_typo(header: str, known: Known) -> Iterator[Match]:
    """The spelling that the header misses by a slip; of several the one most like it in length."""
    key = key_of(header)
    if not 4 <= len(key) <= 24 or not key.isalpha() or is_known_header(header) or is_foreign(header):
        return
    if any(_is_typo(key, other) for other in OTHER_HEADERS):
        return  # "Statu" is nearer to a status than to anything of ours
    words = words_of(header)
    best: tuple[int, str, str] | None = None
    for spelling, target in _typo_spellings(known):
        if _is_typo(key, spelling) if len(words) == 1 else _are_typos(words, spelling):
            rank = (abs(len(key) - len(spelling.replace(" ", ""))), spelling, target)
            best = min(best, rank) if best else rank
    if best:
        yield Match(best[2], BY_TYPO, f"Spelt almost like {label_of(best[2], known.labels)}.")


def _typo_spellings(known: Known) -> Iterator[tuple[str, str]]:
    """The words of the company's labels, then of all spellings, with blanks between, and the field."""
    for target, texts in known.labels.items():
        if target in TARGETS:
            yield from ((" ".join(words_of(str(text))), target) for text in texts)
    yield from spelt_words()


def _are_typos(words: Sequence[str], spelling: str) -> bool:
    """Whether each word is one of the spelling's or a slip away from it."""
    others = spelling.split()
    if len(words) != len(others) or len(words) < 2:
        return False
    return all(word == other or _is_typo(word, other) for word, other in zip(words, others, strict=True))


def _is_typo(text: str, spelling: str) -> bool:
    """Whether one slip of typing lies between the two.

    In words of up to five letters an exchanged letter makes another word too easily (rate, date, note), so there only a
    missing, doubled or swapped letter counts.
    """
    spelling = spelling.replace(" ", "")
    if (
        min(len(text), len(spelling)) < 4
        or abs(len(text) - len(spelling)) > 1
        or OSA.distance(text, spelling, score_cutoff=1) != 1
    ):
        return False
    return len(spelling) > 5 or len(text) != len(spelling) or sorted(text) == sorted(spelling)
