"""Which columns of a list are compared, and as what.

The columns of an import are recognised as in an import; birth date, numbers of identity and the parts of an address by
their headers. Any other column is left out: what nobody can name proves nothing, and a running number or the mark of a
group would only mislead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imports.mapping import match_columns
from imports.matching.kinds import Kind
from leads.normalise.text import fold

SURE_ENOUGH: Final = 0.6  # of what an import says of a column

_WORD: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_HEADERS: Final[Mapping[Kind, str]] = {
    Kind.GIVEN: "given name|first name|forename|firstname|fname|given|vorname|prenom",
    Kind.FAMILY: "surname|last name|family name|lastname|lname|sname|nachname|nom de famille",
    Kind.BIRTH: "date of birth|dob|birth date|birthdate|birthday|born|born on|geburtsdatum|geboren am|geburtstag|"
    "date de naissance|fecha de nacimiento|data di nascita|geboortedatum|d o b",
    Kind.NUMBER: "soc sec id|ssn|social security number|social security no|social security|national id|"
    "national insurance number|nino|ni number|tax id|tax number|tin|ein|vat|vat id|vat number|vat no|ust id|ustid|"
    "siren|siret|duns|duns number|d u n s|lei|passport|passport number|passport no|id card|id card number|"
    "identity number|personal number|personnummer|bsn|cpf|cnpj|nif|nie|dni|codice fiscale|partita iva|abn|acn|"
    "registration number|company number|company registration number|commercial register number|"
    "driver licence|drivers license|license number|medicare number|nhs number|patient id",
    Kind.HOUSE: "street number|house number|house no|hausnummer|building number|street no|numero",
    Kind.STREET: "street|street address|address|address 1|address 2|address 3|address line 1|address line 2|"
    "address line 3|addr|addr 1|addr 2|address1|address2|address3|strasse|adresse|adresse 1|adresse 2|rue|calle|"
    "direccion|domicilio|via|indirizzo|straat|adres|mailing street|mailing address|billing street|billing address|"
    "company address|street name|street 1|street 2|site address|location address|postal address|address street",
    Kind.PLACE: "suburb|city|town|locality|municipality|ort|stadt|ville|ciudad|place|village|district|stad|plaats|"
    "comune|mailing city|billing city|company city|county|city town",
    Kind.POSTCODE: "postcode|post code|postal code|zip|zip code|zipcode|plz|postleitzahl|code postal|codigo postal|"
    "cap|cep|pin code|pincode|eircode|mailing zip|mailing postal code|billing zip|mailing zip postal code|"
    "address zip|address postal code",
    Kind.REGION: "state|province|region|state province|bundesland|kanton|canton|departement|provincia|estado|"
    "state region|mailing state|billing state|country|country code|country region|land|pays|pais|paese",
    Kind.COMPANY: "company|company name|organisation|organization|organisation name|organization name|business name|"
    "account name|firm|firma|employer|legal name|trading name|trade name|registered name|entity name|vendor name|"
    "supplier name|customer name|site name|facility name|institution|institution name|unternehmen|agency name",
    Kind.PHONE: "phone|phone number|telephone|tel|mobile|mobile phone|cell|cell phone|fax|fax number|phone 1|phone 2|"
    "home phone|work phone|business phone|telephone number|mobile number|contact number",
    Kind.EMAIL: "email|e mail|email address|e mail address|mail|email 1|email 2|work email|personal email|"
    "secondary email|second email",
    Kind.DOMAIN: "website|web site|url|domain|homepage|web|web address|company website|company domain",
    Kind.TITLE: "job title|position|role|occupation|function|jobtitle|title",
}  # fmt: skip
_KINDS: Final = {text: kind for kind, texts in reversed(list(_HEADERS.items())) for text in texts.split("|")}
_TARGETS: Final[Mapping[str, Kind]] = {
    "email": Kind.EMAIL, "first_name": Kind.GIVEN, "last_name": Kind.FAMILY, "phone": Kind.PHONE,
    "mobile": Kind.PHONE, "title": Kind.TITLE, "company": Kind.COMPANY, "website": Kind.DOMAIN,
    "domain": Kind.DOMAIN, "country": Kind.REGION, "city": Kind.PLACE,
}  # fmt: skip
# Where companies are compared, a person's own columns say nothing about the company.
_OF_COMPANIES: Final = frozenset(
    {Kind.COMPANY, Kind.PHONE, Kind.DOMAIN, Kind.NUMBER, Kind.HOUSE, Kind.STREET, Kind.PLACE, Kind.POSTCODE,
     Kind.REGION, Kind.EMAIL}
)  # fmt: skip
_OF_PEOPLE: Final = frozenset(Kind) - {Kind.DOMAIN}


@dataclass(frozen=True, slots=True)
class Compared:
    """A column that is compared. `full_name` is one that holds both names of a person."""

    header: str
    kind: Kind
    is_full_name: bool = False


def compared_columns(
    headers: Sequence[str],
    *,
    sample: Sequence[Mapping[str, str]],
    entity: str,
    ignore: Sequence[str] = (),
) -> list[Compared]:
    """The columns by which rows are told apart, in the order of the file. `entity` is "person" or "company"."""
    left_out = {_plain(header) for header in ignore}
    kept = [header for header in headers if header not in ignore and _plain(header) not in left_out]
    found = {header: kind for header in kept if (kind := _KINDS.get(_plain(header)))}
    full_name = ""
    for header, match in match_columns(kept, sample=sample, labels={}).items():
        if match.target in {"full_name", "family_first"} and header not in found:
            full_name = header
        elif (
            match.target
            and match.target in _TARGETS
            and match.confidence >= SURE_ENOUGH
            and header not in found
            and not _is_id(header)
        ):
            found[header] = _TARGETS[match.target]
    if entity == "company":
        if Kind.COMPANY not in found.values() and (name := full_name or _name_column(kept, found, sample)):
            found[name] = Kind.COMPANY
        return [Compared(header, found[header]) for header in kept if found.get(header) in _OF_COMPANIES]
    columns = []
    for header in kept:
        if header == full_name and not {Kind.GIVEN, Kind.FAMILY} & set(found.values()):
            columns.append(Compared(header, Kind.FAMILY, is_full_name=True))
        elif found.get(header) in _OF_PEOPLE:
            columns.append(Compared(header, found[header]))
    return columns


def _plain(header: str) -> str:
    return " ".join(_WORD.findall(fold(_CAMEL.sub(" ", header.strip()))))


def _is_id(header: str) -> bool:
    words = _plain(header).split()
    return bool(words) and words[-1] in {"id", "ids", "key", "no", "nr", "number"} and "phone" not in words


def _name_column(
    headers: Sequence[str], found: Mapping[str, Kind], sample: Sequence[Mapping[str, str]]
) -> str:
    """The column that names the companies where none says so plainly: a "… name" with the most different values."""
    return max(
        _named(headers, found), key=lambda header: len({row.get(header) for row in sample}), default=""
    )


def _named(headers: Sequence[str], found: Mapping[str, Kind]) -> Iterator[str]:
    for header in headers:
        if header not in found and "name" in _plain(header).split():
            yield header
