"""The words of personal names that are not names: particles, forms of address, suffixes. Folded, without dots."""

from typing import Final

from leads.normalise.vocabulary import words_of

# Small words of family names, written small unless the name begins with them ("van der Berg", but "Van Nguyen").
PARTICLES: Final = words_of(
    """
    's 't af al am auf aus av bin binti da dal dalla das de degli dei del della delle delli dello den der
    des di do dos du e el het ibn im in la las le li lo los of op te ten ter tot und v van vande vanden
    vander vom von y zu zum zur
    """
)
ARTICLES: Final = words_of("al el la las le lo los")  # written large where the name begins: "Le Bon"
# What a family name can begin with inside a full name.
OPENING_PARTICLES: Final = (PARTICLES - words_of("am auf aus e im in of und y")) | words_of(
    "abu bint saint santa st st."
)
IRISH_PARTICLES: Final = words_of(
    "Ó Ní Nic Uí Mac"
)  # as they are written: an "O." is the beginning of a name
# "María del Carmen", "José de Jesús": first names, not the beginning of the family name.
DEVOTIONAL: Final = words_of(
    """
    angeles carmen consuelo dolores fatima jesus lourdes luz mar mercedes pilar refugio rocio rosario
    socorro sol valle
    """
)
JOINING: Final = words_of("e i und y")  # "Velasquez y Garcia"

TITLES: Final = words_of(
    """
    abbot adm admiral ambassador archbishop attorney bishop brig brigadier capt captain cardinal chancellor
    chaplain cmdr coach col colonel commander congressman congresswoman corporal councillor countess cpl cpt
    dame dipl dipl-ing docteur doctor dott dottoressa dottssa dr dr-ing dra drs duchess emperor excellency
    father fr frau fraulein gen gov governor graf grafin herr hon honorable hr ing ir lady lic licenciada
    licenciado lieutenant lt ltcol ltgen madame mademoiselle maestro magister magistrate maj majgen marquess
    miss mlle mme monsieur mr mrs ms mx pastor pfc president princess prof professor professorin rabbi radm
    rev reverend senator senor senora senorita sergeant sgt sheikh sir sister sra srta vadm venerable
    shri shrimati smt bayan dhr fru frk meneer mevr mevrouw mw pani sig signor signora signorina sigra univprof
    bc judr mgr mudr mvdr paeddr pharmdr phdr rndr thdr
    """
)
# These are family names as well ("John King"): forms of address only in front of two more names.
TITLES_BEFORE_TWO: Final = words_of(
    """
    chief count dean duke general judge justice king lord major mayor prince queen
    """
)
# Names or words as well: forms of address only where a dot shows that they are cut short ("Mag. Eva Gruber").
TITLES_WITH_DOT: Final = words_of("akad arch avv dipl doc eng geom hab inz mag rag sn univ")
TITLES_OF_FIRST_NAMES: Final = words_of("dame sir sister")  # "Dame Mary", "Sir Paul"
# "Dr. rer. nat."
AFTER_DOCTOR: Final = words_of(
    """
    agr dent hab habil hc ing inz iur jur math med mont mult nat oec phil pol psych publ rer sc techn theol
    vet
    """
)

SUFFIXES: Final = words_of(
    """
    2nd 3rd 4th aca acca bcom beng bs bsc cbe ccie ccna ceng cfa cfp cia cisa cism cissp cma cpa csc csm cspo dds dmd
    dphil dpt drphil drsc dsc dvm edd emba esq esquire fca fcca fcipd frcs ii iii itil iv jd jnr jr junior kbe kc
    llb llm mba mbe mcipd mcom mcs md meng mep mfa mp mpa mph mphil mpp msc msced mscit obe od pe pharmd phd phr
    pmp psyd qc rdml ret rn rph senior snr sphr sr usaf usmc usn v vi vii viii
    """
)
# Names as well: a suffix after a comma, or in capitals at the end of three words or more.
SUFFIXES_IN_CAPITALS: Final = words_of("BA DO MA MED MS NP OM PT")
GENERATION_OR_NAME: Final = words_of("junior mp od pe rn senior v vi")
ROMAN: Final = words_of("ii iii iv ix vi vii viii")
