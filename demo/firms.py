"""Firms of the demo: an invented name, the trade it is in, a size, a town and a web domain that cannot exist."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Final

from demo.places import BY_CODE, COUNTRIES, City, Country, slug

OFFICES: Final = ("Consulting", "Education", "Software")  # they have no factory, so they never buy

# What firms of a trade call themselves, by language.
TRADES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "Food and beverage": {
        "en": ("Bakeries", "Dairies", "Foods", "Brewing"),
        "de": ("Backwaren", "Molkerei", "Brauhaus", "Feinkost"),
        "nl": ("Zuivel", "Bakkerijen", "Dranken"),
        "fr": ("Laiteries", "Boissons", "Biscuits"),
        "it": ("Pastificio", "Caseificio", "Conserve"),
        "es": ("Conservas", "Lácteos", "Bodegas"),
        "pt": ("Laticínios", "Conservas", "Bebidas"),
        "pl": ("Mleczarnia", "Piekarnie", "Przetwory"),
        "nordic": ("Mejeri", "Foods", "Bryggeri"),
        "tr": ("Gıda", "Süt", "Un"),
    },
    "Plastics and rubber": {
        "en": ("Plastics", "Mouldings", "Polymers"),
        "de": ("Kunststofftechnik", "Spritzguss"),
        "nl": ("Kunststoffen", "Spuitgietwerk"),
        "fr": ("Plastiques", "Injection"),
        "it": ("Plastica", "Stampaggio"),
        "es": ("Plásticos", "Inyectados"),
        "pt": ("Plásticos", "Moldes"),
        "pl": ("Tworzywa", "Plast"),
        "nordic": ("Plast", "Polymer"),
        "tr": ("Plastik", "Kauçuk"),
    },
    "Metals and foundries": {
        "en": ("Castings", "Foundry", "Steelworks"),
        "de": ("Gießerei", "Stahlwerke", "Metallwaren"),
        "nl": ("Gieterij", "Metaal"),
        "fr": ("Fonderies", "Métaux"),
        "it": ("Fonderie", "Acciai"),
        "es": ("Fundiciones", "Aceros"),
        "pt": ("Fundição", "Metais"),
        "pl": ("Odlewnia", "Stal"),
        "nordic": ("Metall", "Smide"),
        "tr": ("Döküm", "Çelik"),
    },
    "Chemicals": {
        "en": ("Chemicals", "Coatings"),
        "de": ("Chemie", "Lackfabrik"),
        "nl": ("Chemie", "Verven"),
        "fr": ("Chimie", "Peintures"),
        "it": ("Chimica", "Vernici"),
        "es": ("Química", "Pinturas"),
        "pt": ("Química", "Tintas"),
        "pl": ("Chemia", "Farby"),
        "nordic": ("Kemi", "Coatings"),
        "tr": ("Kimya", "Boya"),
    },
    "Paper and packaging": {
        "en": ("Packaging", "Board Mills", "Paper"),
        "de": ("Kartonagen", "Papierfabrik", "Verpackungen"),
        "nl": ("Verpakkingen", "Karton"),
        "fr": ("Emballages", "Papeteries"),
        "it": ("Imballaggi", "Cartiera"),
        "es": ("Embalajes", "Papelera"),
        "pt": ("Embalagens", "Papel"),
        "pl": ("Opakowania", "Papier"),
        "nordic": ("Emballage", "Kartong"),
        "tr": ("Ambalaj", "Kağıt"),
    },
    "Automotive parts": {
        "en": ("Drivetrain", "Brake Systems", "Autoparts"),
        "de": ("Fahrzeugteile", "Antriebstechnik"),
        "nl": ("Aandrijftechniek", "Voertuigdelen"),
        "fr": ("Équipements Auto", "Transmissions"),
        "it": ("Componenti Auto", "Trasmissioni"),
        "es": ("Componentes", "Transmisiones"),
        "pt": ("Componentes", "Transmissões"),
        "pl": ("Części", "Napędy"),
        "nordic": ("Drivteknik", "Fordonsdelar"),
        "tr": ("Otomotiv", "Yedek Parça"),
    },
    "Pharmaceuticals": {
        "en": ("Pharma", "Biologics"),
        "de": ("Pharma", "Arzneimittel"),
        "nl": ("Farma", "Bioproducten"),
        "fr": ("Laboratoires", "Pharma"),
        "it": ("Farmaceutici", "Farma"),
        "es": ("Laboratorios", "Farma"),
        "pt": ("Laboratórios", "Farma"),
        "pl": ("Farmacja", "Pharma"),
        "nordic": ("Pharma", "Läkemedel"),
        "tr": ("İlaç", "Ecza"),
    },
    "Glass and ceramics": {
        "en": ("Glassworks", "Ceramics"),
        "de": ("Glashütte", "Keramik"),
        "nl": ("Glas", "Keramiek"),
        "fr": ("Verreries", "Céramiques"),
        "it": ("Vetrerie", "Ceramiche"),
        "es": ("Vidrios", "Cerámicas"),
        "pt": ("Vidros", "Cerâmica"),
        "pl": ("Szkło", "Ceramika"),
        "nordic": ("Glasbruk", "Keramik"),
        "tr": ("Cam", "Seramik"),
    },
    "Machinery": {
        "en": ("Machine Works", "Pumps", "Hydraulics"),
        "de": ("Maschinenbau", "Pumpen", "Hydraulik"),
        "nl": ("Machinefabriek", "Pompen"),
        "fr": ("Mécanique", "Pompes"),
        "it": ("Meccanica", "Pompe"),
        "es": ("Maquinaria", "Bombas"),
        "pt": ("Máquinas", "Bombas"),
        "pl": ("Maszyny", "Pompy"),
        "nordic": ("Mekaniska", "Pumpar"),
        "tr": ("Makina", "Pompa"),
    },
    "Electronics": {
        "en": ("Circuits", "Electronics"),
        "de": ("Elektronik", "Sensorik"),
        "nl": ("Elektronica", "Sensoren"),
        "fr": ("Électronique", "Circuits"),
        "it": ("Elettronica", "Sensori"),
        "es": ("Electrónica", "Circuitos"),
        "pt": ("Eletrónica", "Circuitos"),
        "pl": ("Elektronika", "Obwody"),
        "nordic": ("Elektronik", "Sensor"),
        "tr": ("Elektronik", "Devre"),
    },
    "Logistics and cold storage": {
        "en": ("Cold Storage", "Logistics"),
        "de": ("Logistik", "Kühlhaus"),
        "nl": ("Logistiek", "Koelhuizen"),
        "fr": ("Logistique", "Entrepôts Frigo"),
        "it": ("Logistica", "Frigoriferi"),
        "es": ("Logística", "Frigoríficos"),
        "pt": ("Logística", "Frio"),
        "pl": ("Logistyka", "Chłodnie"),
        "nordic": ("Logistik", "Kylhus"),
        "tr": ("Lojistik", "Soğuk Depo"),
    },
    "Consulting": {
        "en": ("Advisory", "Consulting"),
        "de": ("Beratung", "Energieberatung"),
        "nl": ("Advies", "Energieadvies"),
        "fr": ("Conseil",),
        "it": ("Consulenza",),
        "es": ("Consultores",),
        "pt": ("Consultores",),
        "pl": ("Doradztwo",),
        "nordic": ("Rådgivning",),
        "tr": ("Danışmanlık",),
    },
    "Education": {
        "en": ("Technical College", "Polytechnic"),
        "de": ("Fachhochschule",),
        "nl": ("Hogeschool",),
        "fr": ("École Technique",),
        "it": ("Politecnico",),
        "es": ("Escuela Técnica",),
        "pt": ("Escola Técnica",),
        "pl": ("Politechnika",),
        "nordic": ("Högskola",),
        "tr": ("Teknik Üniversitesi",),
    },
    "Software": {
        "en": ("Metering Software", "Data Systems"),
        "de": ("Messdaten", "Softwarehaus"),
        "nl": ("Meetsoftware",),
        "fr": ("Logiciels",),
        "it": ("Software",),
        "es": ("Software",),
        "pt": ("Software",),
        "pl": ("Oprogramowanie",),
        "nordic": ("Mjukvara",),
        "tr": ("Yazılım",),
    },
}
FACTORIES: Final = tuple(trade for trade in TRADES if trade not in OFFICES)

# People employed, from and to, by the size word that the story asks for.
SIZES: Final[dict[str, tuple[int, int]]] = {
    "key": (1_050, 6_800),
    "mid": (220, 940),
    "small": (35, 140),
    "tiny": (3, 24),
}


@dataclass(frozen=True, slots=True)
class Account:
    """An invented firm. `website` and `domain` end in `.example`, a name that nobody can register."""

    name: str
    domain: str
    website: str
    industry: str
    employees: int
    country: str
    city: str
    phone: str


class Numbers:
    """Gives each caller of a town another number, until the town's fictional range starts again."""

    def __init__(self) -> None:
        self._given: dict[str, int] = defaultdict(int)

    def next_in(self, city: City) -> str:
        """An E.164 number of `city`."""
        room = 10**city.digits
        given = self._given[city.prefix]
        self._given[city.prefix] += 1
        # 37 has no factor in common with a power of ten, so every number comes once before one comes twice.
        # Each town starts elsewhere, or all of them would hand out the same last digits.
        start = int(city.prefix) * 7919
        return city.prefix + str((start + given * 37) % room).zfill(city.digits)


class Founder:
    """Founds firms: never two with one name or one domain, however many are asked for."""

    def __init__(self, *, rng: Random, numbers: Numbers) -> None:
        self._rng = rng
        self._numbers = numbers
        self._domains: set[str] = set()
        self._stems = {country.code: rng.sample(country.stems, len(country.stems)) for country in COUNTRIES}
        self._turn: dict[str, int] = defaultdict(int)
        self._first_attempt: dict[tuple[str, str], int] = defaultdict(int)

    def found(self, *, country: str, industry: str, size: str) -> Account:
        """A new firm of that country, trade and size."""
        land = BY_CODE[country]
        city = self._rng.choice(land.cities)
        name, domain = self._name(land, industry, city)
        employees = self._employees(size)
        return Account(
            name=f"{name} {self._rng.choice(land.legal)}" if self._rng.random() < 0.6 else name,
            domain=domain,
            website=f"https://www.{domain}",
            industry=industry,
            employees=employees,
            country=land.code,
            city=city.name,
            phone=self._numbers.next_in(city),
        )

    def _employees(self, size: str) -> int:
        low, high = SIZES[size]
        # Small firms are more common than large ones within every class.
        employees = low + int((high - low) * self._rng.random() ** 1.8)
        return round(employees, -1) if employees > 100 else employees

    def _name(self, land: Country, industry: str, city: City) -> tuple[str, str]:
        nouns = TRADES[industry][land.language]
        name = ""
        words = (land.code, industry)
        for attempt in range(self._first_attempt[words], 20):
            # Six plain names in a row were taken: from now on begin with the longer kind.
            self._first_attempt[words] = min(12, attempt // 6 * 6)
            stem = self._stem(land)
            noun = self._rng.choice(nouns)
            if attempt < 6:
                name = f"{stem} {noun}"
            elif attempt < 12:
                name = f"{stem} {noun} {city.name}"
            else:
                other = self._rng.choice([word for word in land.stems if word != stem])
                name = f"{stem}-{other} {noun}"
            if self._claim(domain := f"{slug(name, language=land.language)}.example"):
                return name, domain
        # A hundred thousand firms use every word up; a works number then tells them apart, as in life.
        number = 2
        while not self._claim(domain := f"{slug(name, language=land.language)}-{number}.example"):
            number += 1
        return f"{name} {number}", domain

    def _stem(self, land: Country) -> str:
        turn = self._turn[land.code]
        self._turn[land.code] += 1
        stems = self._stems[land.code]
        # Every stem once before one comes again, then at random so that pairs do not repeat in step.
        return stems[turn] if turn < len(stems) else self._rng.choice(stems)

    def _claim(self, domain: str) -> bool:
        if domain in self._domains:
            return False
        self._domains.add(domain)
        return True
