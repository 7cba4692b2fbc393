"""Countries of the demo: what people and firms are called there, and telephone numbers that ring nowhere.

Numbers come from the ranges that regulators keep for films and books (Ofcom, Bundesnetzagentur, ARCEP, PTS, and
555-01xx in North America). Where a country keeps none, they follow the digits 1234… of libphonenumber's own examples.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class City:
    """A town and its number range: `prefix` in E.164 without the last `digits` digits."""

    name: str
    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class Country:
    """What is needed to invent a person and a firm of one country."""

    code: str
    name: str
    weight: int
    language: str
    legal: tuple[str, ...]
    opens_at: int  # minutes after midnight UTC in which the people there and we both work
    closes_at: int
    cities: tuple[City, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    stems: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip().replace("_", " ") for word in text.split())


def _cities(*rows: tuple[str, str, int]) -> tuple[City, ...]:
    return tuple(City(*row) for row in rows)


EUROPE: Final = (7 * 60 + 30, 16 * 60 + 30)  # 8:30 to 17:30 in Rotterdam for most of the year
AMERICA: Final = (13 * 60, 17 * 60)  # their morning, our afternoon
ASIA: Final = (7 * 60, 12 * 60 + 30)  # our morning, their afternoon

COUNTRIES: Final[tuple[Country, ...]] = (
    Country(
        "DE",
        "Germany",
        16,
        "de",
        ("GmbH", "AG", "GmbH & Co. KG", "KG"),
        *EUROPE,
        _cities(
            ("Berlin", "+493023125", 3),
            ("Hamburg", "+494066969", 3),
            ("Köln", "+492214710", 3),
            ("München", "+498999998", 3),
            ("Frankfurt am Main", "+496990009", 3),
        ),
        _words(
            "Katrin Jürgen Anke Stefan Birgit Matthias Sabine Torsten Heike Florian Silke Uwe Claudia Markus Julia "
            "Henning Petra Sebastian Nicole Andreas Mareike Volker Tanja Jörg"
        ),
        _words(
            "Brandt Hoffstetter Lindemann Krüger Vogelsang Reinhardt Böttcher Albrecht Schwenke Petersen Kowalke "
            "Eberlein Dietz Rosenthal Möller Hagedorn Steinbach Wiegand Thalmann Oelmann Jansen Kessler Fuhrmann "
            "Gräf Haberkorn Zöllner"
        ),
        _words(
            "Nordwind Eschental Hagenmoor Lindquell Steinbruck Weserthal Rotfelden Kaltbrunn Moosrain Falkenhorst "
            "Auental Bergfried Elmshof Grünewald-Ost Havelkant Isarwinkel Marschland Ostertor Rabenstein Silberbach "
            "Tannhof Ulmenau Wolfsgrund Zellerfeld Kronsberg Hohenlinde"
        ),
    ),
    Country(
        "GB",
        "United Kingdom",
        16,
        "en",
        ("Ltd", "plc", "Group", "Ltd"),
        *EUROPE,
        _cities(
            ("Leeds", "+441134960", 3),
            ("Sheffield", "+441144960", 3),
            ("Birmingham", "+441214960", 3),
            ("Manchester", "+441614960", 3),
            ("Bristol", "+441174960", 3),
            ("Glasgow", "+441414960", 3),
            ("Newcastle", "+441914980", 3),
        ),
        _words(
            "Fiona Alistair Gemma Rhys Priti Callum Bethan Darren Imogen Owen Shabana Graeme Nicola Tariq Hazel "
            "Duncan Yasmin Martin Elspeth Kwame Rosalind Gareth Anjali Neil"
        ),
        _words(
            "Whitcombe Ashdown Pritchard Macrae Osei Hallam Bickerstaff Chaudhry Fairley Tranter Lockwood Beaumont "
            "Sandhu Cartwright Nettleton Urquhart Okafor Ellery Thackray Rowntree-Hughes Ingham Dalgleish Mistry "
            "Penrose Stainforth"
        ),
        _words(
            "Harrowfield Calderstone Tennick Wraysdale Penhallow Ousegate Aldermoor Brackwell Thornhope Kettlewick "
            "Stanebridge Marlsea Hexley Loxmoor Dunswick Cragmere Whitlaw Pendlecote Rushbrook Saltergate Tarnside "
            "Millbeck Quarndale Foxholt"
        ),
    ),
    Country(
        "NL",
        "Netherlands",
        11,
        "nl",
        ("B.V.", "N.V.", "Groep", "B.V."),
        *EUROPE,
        _cities(
            ("Rotterdam", "+31101234", 3),
            ("Eindhoven", "+31401234", 3),
            ("Utrecht", "+31301234", 3),
            ("Groningen", "+31501234", 3),
        ),
        _words(
            "Sanne Joost Marloes Bas Femke Ruben Ilse Thijs Nienke Wouter Lotte Maarten Fatima Sjoerd Esther Koen "
            "Roos Pieter"
        ),
        _words(
            "Verhoeven Dijkgraaf Kuipers Hoekstra Brouwer Zandstra Mulderij Oosterhof Schipper Blankers Terpstra "
            "Veldman Wiersma El_Amrani Postma Lammers Hogendoorn Bakhuis"
        ),
        _words(
            "Waterkant Zuiderhof Noordeling Polderzicht Rietveen Duinrand Kleiwegen Hollandschans Merwestroom "
            "Veenlust Oosterdam Grootakker Lindehoeve Zandkreek"
        ),
    ),
    Country(
        "US",
        "United States",
        11,
        "en",
        ("Inc.", "LLC", "Corp.", "Co."),
        *AMERICA,
        _cities(
            ("Cleveland", "+121655501", 2),
            ("Columbus", "+161455501", 2),
            ("Milwaukee", "+141455501", 2),
            ("Charlotte", "+170455501", 2),
            ("Pittsburgh", "+141255501", 2),
            ("Nashville", "+161555501", 2),
        ),
        _words(
            "Marisol Brent Keisha Todd Angela DeShawn Karen Luis Heather Vikram Denise Curtis Melanie Hector Joanne "
            "Travis Latoya Wade"
        ),
        _words(
            "Delacroix Hutchins Ramirez Kowalczyk Bramlett Nguyen Stratton Oyelaran Pickett Lindgren Marquez Whitfield "
            "Goldfarb Tillman Castellanos Rasmussen Boggs Patel"
        ),
        _words(
            "Cuyahoga_Bend Ridgeline Copperhollow Lakemont Ironwood Blue_Heron Prairie_Fork Stillwater_Creek Tallgrass "
            "Buckeye_Point Granite_Run Sweetgum Three_Rivers_Bend Whitepine"
        ),
    ),
    Country(
        "FR",
        "France",
        9,
        "fr",
        ("SAS", "SA", "SARL", "SAS"),
        *EUROPE,
        _cities(
            ("Paris", "+3319900", 4),
            ("Nantes", "+3326191", 4),
            ("Strasbourg", "+3335301", 4),
            ("Lyon", "+3346571", 4),
            ("Toulouse", "+3353649", 4),
        ),
        _words(
            "Hélène Thierry Amandine Laurent Nadia Guillaume Solène Olivier Mireille Karim Camille Benoît Véronique "
            "Yann Aïcha Stéphane"
        ),
        _words(
            "Delaunay Marchetti Roussel Bellanger Chauvin Kerguelen Fournel Benhaddou Lacombe Perrault Vasseur "
            "Guérin Montclar Dufresne Aubertin Lemoigne"
        ),
        _words(
            "Valclair Montfleur Rochebrune Belaval Hautecombe Clairvent Forgelieu Sauvelade Grandpré Aiguemont "
            "Terrenoire Vieuxpont"
        ),
    ),
    Country(
        "IT",
        "Italy",
        6,
        "it",
        ("S.p.A.", "S.r.l.", "& C. S.r.l.", "S.r.l."),
        *EUROPE,
        _cities(("Milano", "+390212345", 3), ("Torino", "+390111234", 3), ("Bologna", "+390511234", 3)),
        _words(
            "Chiara Alessandro Federica Giovanni Ilaria Davide Paola Michele Serena Luca Elisabetta Riccardo "
            "Martina Fabio"
        ),
        _words(
            "Colombari Bertolucci Fontanesi Galvani Moretto Palladino Rinaldini Sartori Tognazzi Vezzani Zanardi "
            "Cavallaro Marchesin De_Santis"
        ),
        _words(
            "Valserena Montebruno Fontechiara Roccaforte Acquaviva_Nord Collelungo Portanova Serrachiusa Tresanti "
            "Borgolatte"
        ),
    ),
    Country(
        "ES",
        "Spain",
        6,
        "es",
        ("S.A.", "S.L.", "S.L.U.", "S.L."),
        *EUROPE,
        _cities(("Barcelona", "+34931234", 3), ("Madrid", "+34911234", 3), ("Valencia", "+34961234", 3)),
        _words(
            "Marta Íñigo Lucía Javier Nuria Gonzalo Pilar Xavier Rocío Álvaro Montserrat Rubén Inés Sergio"
        ),
        _words(
            "Echevarría Carmona Puigdollers Santamaría Valverde Olmedo Ferrándiz Quintana Arregui Bustamante "
            "Salgado Moliner Pedraza Roselló"
        ),
        _words(
            "Sierralba Fuenteclara Montalbo Riofrío_Sur Puerto_Hondo Valdearcos Peñarrubia Costaluz Altozano Camporreal"
        ),
    ),
    Country(
        "BE",
        "Belgium",
        5,
        "nl",
        ("NV", "BV", "Group", "NV"),
        *EUROPE,
        _cities(("Antwerpen", "+3232345", 3), ("Gent", "+3292345", 3), ("Hasselt", "+3211223", 3)),
        _words("Liesbeth Dieter Annelies Wim Charlotte Jeroen Griet Nabil Evelien Bart Tine Filip"),
        _words(
            "Van_Hecke Claeskens Vermeiren Desmedt Goossenaerts De_Backer Lemmens Wauters Baeten Ysebaert Peeters Moens"
        ),
        _words(
            "Scheldezicht Kempenaar Leieland Haspengouw Brugkaai Demerhof Heuvelrug Netevallei Zwinduin Dijlekant"
        ),
    ),
    Country(
        "SE",
        "Sweden",
        5,
        "nordic",
        ("AB", "AB", "Gruppen"),
        *EUROPE,
        _cities(("Stockholm", "+46846500", 3), ("Göteborg", "+463139006", 2), ("Malmö", "+464062804", 2)),
        _words("Åsa Fredrik Linnea Magnus Malin Johan Ebba Anders Sofia Mikael Amina Henrik"),
        _words(
            "Sjöberg Lindahl Ekström Nyqvist Wallander Bergfors Hedlund Sandell Öberg Kvist Rosén Dahlgren"
        ),
        _words("Björkviken Stenhammar Älvdal Norrskog Granudden Fjordholm Sundsjö Mälarby Kvarnfors Järnvik"),
    ),
    Country(
        "PL",
        "Poland",
        5,
        "pl",
        ("Sp. z o.o.", "S.A.", "Sp. z o.o."),
        *EUROPE,
        _cities(("Katowice", "+48321234", 3), ("Wrocław", "+48711234", 3), ("Poznań", "+48611234", 3)),
        _words(
            "Małgorzata Tomasz Agnieszka Krzysztof Joanna Paweł Magdalena Łukasz Beata Grzegorz Ewa Marcin"
        ),
        _words("Nowicka-Zając Mazur Wójcik Krawczyk Sikora Dudek Pawlak Bąk Wrona Gołąb Szulc Kubiak"),
        _words(
            "Wisłoka Zielony_Bór Karpatia Bursztyn Odrzański Sokolec Górnik-Tech Jaworzyn Stalowy_Brzeg Lipowiec"
        ),
    ),
    Country(
        "AT",
        "Austria",
        4,
        "de",
        ("GmbH", "AG", "GmbH"),
        *EUROPE,
        _cities(("Wien", "+4312345", 3), ("Linz", "+437321234", 3), ("Graz", "+433161234", 3)),
        _words("Barbara Gernot Veronika Wolfgang Elfriede Clemens Manuela Reinhold Astrid Lukas"),
        _words(
            "Hofstätter Pichlmair Leitgeb Winkelbauer Aigenberger Strasser Moser Kirchschlager Thurner Zehetner"
        ),
        _words(
            "Alpkogel Donauschleife Ennsgrund Hochfeiler Mürzsteg Salzachklamm Traunwinkel Wachauer_Tor Zirbenhof"
        ),
    ),
    Country(
        "CH",
        "Switzerland",
        4,
        "de",
        ("AG", "GmbH", "AG"),
        *EUROPE,
        _cities(("Zürich", "+41441234", 3), ("Winterthur", "+41521234", 3), ("Basel", "+41611234", 3)),
        _words("Regula Beat Corinne Urs Simone Reto Daniela Marcel Selina Lorenz"),
        _words("Aeschlimann Brunner Hürlimann Zumstein Gerber Wyss Bächtold Inderbitzin Caduff Rüttimann"),
        _words("Aarehof Jurablick Rheinknie Säntis-Ost Reusstal Emmenau Glarnerland Tössegg Limmatfeld"),
    ),
    Country(
        "DK",
        "Denmark",
        4,
        "nordic",
        ("A/S", "ApS", "A/S"),
        *EUROPE,
        _cities(("København", "+4532123", 3), ("Odense", "+4563123", 3), ("Aarhus", "+4586123", 3)),
        _words("Mette Rasmus Kirsten Søren Ditte Jesper Lærke Morten Hanne Bjarke"),
        _words("Krogsgaard Bundgaard Thorsen Lykke Østergaard Vestergaard Mikkelborg Dalum Nørby Frandsen"),
        _words(
            "Kattegatshus Fynbo Havblik Kongelund Lillebælt Nordmark Solbakken Strandvejs Tværmose Vindum"
        ),
    ),
    Country(
        "IE",
        "Ireland",
        3,
        "en",
        ("Ltd", "DAC", "Group"),
        *EUROPE,
        _cities(("Dublin", "+35312345", 3), ("Cork", "+353211234", 3), ("Galway", "+35391123", 3)),
        _words("Aoife Ciarán Niamh Declan Gráinne Eoin Siobhán Fergus Orla Cormac"),
        _words(
            "Ní_Bhriain O'Sullivan McGettigan Fitzmaurice Lenihan Tuohy Geraghty Mulcahy Breslin Devereux"
        ),
        _words(
            "Slievemoor Ballinlough Carrowmore_Bay Dunboyne_Cross Glenaherlow Kilbracken Lisnagry Rathowen"
        ),
    ),
    Country(
        "FI",
        "Finland",
        3,
        "nordic",
        ("Oy", "Oyj", "Oy"),
        *EUROPE,
        _cities(("Helsinki", "+358942451", 3), ("Tampere", "+35831234", 3), ("Turku", "+35821234", 3)),
        _words("Anniina Jukka Päivi Mikko Tuuli Antero Kaisa Ville Riikka Heikki"),
        _words("Koskela Virtaharju Lehtonen Mäkelä Saarikivi Niskanen Rantala Huhtala Ojaniemi Ylönen"),
        _words("Koivuranta Järvikylä Pohjanvalo Saimaanranta Tuulenpesä Revontuli Harmaakivi Metsola"),
    ),
    Country(
        "PT",
        "Portugal",
        3,
        "pt",
        ("Lda.", "S.A.", "Lda."),
        *EUROPE,
        _cities(("Porto", "+351221234", 3), ("Lisboa", "+351211234", 3), ("Braga", "+351253123", 3)),
        _words("Inês Gonçalo Catarina Rui Joana Tiago Filipa Nuno Beatriz Vasco"),
        _words("Sequeira Brandão Figueiredo Quaresma Vilhena Guerreiro Antunes Saldanha Mourão Teles"),
        _words(
            "Douroalto Serrazul Valongo_Norte Maresul Atlântida_Sul Penedo_Velho Ribeira_Alta Montijo_Leste"
        ),
    ),
    Country(
        "NO",
        "Norway",
        2,
        "nordic",
        ("AS", "ASA", "AS"),
        *EUROPE,
        _cities(("Oslo", "+4721234", 3), ("Bergen", "+4755123", 3), ("Trondheim", "+4773123", 3)),
        _words("Ingrid Øystein Marit Torbjørn Silje Knut Astri Håkon"),
        _words("Haugsrud Nygård Solbakk Tveit Myrvold Brekke Fosseng Aasen"),
        _words("Fjelltopp Havørn Nordlysdal Sognehus Trollvik Kystfoss Lofthaug"),
    ),
    Country(
        "CA",
        "Canada",
        3,
        "en",
        ("Inc.", "Ltd.", "Corp."),
        *AMERICA,
        _cities(("Toronto", "+141655501", 2), ("Hamilton", "+190555501", 2), ("Montréal", "+151455501", 2)),
        _words("Geneviève Gordon Mei-Ling Étienne Harpreet Kathleen Desmond Noor"),
        _words("Tremblay-Roy MacIsaac Chow Beauchemin Gill Fairweather Desrosiers Hussain"),
        _words("Muskrat_Bay Loon_River Sugarbush Northbank Kawartha_Cross Shieldrock Red_Maple_Mills"),
    ),
    Country(
        "IN",
        "India",
        3,
        "en",
        ("Pvt. Ltd.", "Ltd.", "Pvt. Ltd."),
        *ASIA,
        _cities(("Pune", "+91202345", 4), ("Mumbai", "+91222345", 4), ("Chennai", "+91442345", 4)),
        _words("Meenakshi Rohan Kavita Suresh Ananya Farhan Lakshmi Nikhil"),
        _words("Deshpande Krishnaswamy Bhattacharya Chauhan Iyer Merchant Kulkarni Rathore"),
        _words("Sahyadri_Peak Konkan_Shore Vindhya Deccan_Gate Malhar Suvarna_Rekha Nilgiri_Crest"),
    ),
    Country(
        "TR",
        "Türkiye",
        2,
        "tr",
        ("A.Ş.", "Ltd. Şti.", "A.Ş."),
        *EUROPE,
        _cities(("İstanbul", "+90212345", 4), ("Bursa", "+90224212", 4), ("İzmir", "+90232323", 4)),
        _words("Elif Emre Zeynep Burak Selin Kerem Ayşe Murat"),
        _words("Karahan Yıldırımer Aksoy Demirtaş Güngör Özkan Şahinler Tuncel"),
        _words("Akpınar_Sanayi Marmara_Yıldız Boğazkent Ege_Rüzgar Uludağ_Çınar Gökçedere Karasu"),
    ),
)

BY_CODE: Final = {country.code: country for country in COUNTRIES}

_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "AE",
        "ı": "i",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    }
)
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def latin(text: str, *, language: str = "") -> str:
    """`text` in plain letters, the way people spell their own names in an address (German ü becomes ue)."""
    if language == "de":
        text = text.translate(_GERMAN)
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in decomposed if letter.isascii())


@lru_cache(maxsize=10_000)
def slug(text: str, *, language: str = "", separator: str = "-") -> str:
    """`text` as a part of an address: small plain letters and digits, words joined by `separator`."""
    plain = latin(text, language=language).lower().replace("'", "")
    return separator.join("".join(letter if letter.isalnum() else " " for letter in plain).split())
