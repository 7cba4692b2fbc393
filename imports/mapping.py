"""Which column of a list is which field.

A column is recognised by the label that the company uses now or used before, by the field's own name, by the spellings
of the programs that lists come from, by what its cells look like, and at last by a typing error away from one of these.
Each field is given to one column. A person sees the result with the reason for each, and may correct it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile
from types import MappingProxyType
from typing import Any, Final

from rapidfuzz.distance import OSA

from imports.addresses import read_address
from imports.kinds import BOOLEAN, DATE, DOMAIN, EMAIL, NUMBER, PHONE, TIME, URL, is_phone_like, kind_of
from imports.vendors import Vendor
from leads.normalise.text import fold
from terminology.labels import term


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can fill."""

    name: str
    label: Any  # a lazy term
    synonyms: tuple[str, ...]
    weak: tuple[str, ...] = ()  # spellings that lose against any of `synonyms`


@dataclass(frozen=True, slots=True)
class Match:
    """What a column was taken for (None for nothing), how sure that is (0 to 1) and why, as a sentence."""

    target: str | None
    confidence: float
    why: str


# Spellings found in exports of Salesforce, HubSpot, Pipedrive, Zoho, Mailchimp, Google Contacts, Eventbrite, LinkedIn,
# Apollo, Facebook lead ads, OroCRM and Mautic, and in the languages that lists come in. Case, blanks, punctuation and
# accents don't matter, neither do words such as "Person -", "Contact" or "Value" around them (_AROUND).
FIELDS: Final[tuple[Target, ...]] = (
    Target(
        "email",
        term("leads.contact.email", "e-mail"),
        (
            "email", "email address", "e-mail address", "email id", "mail", "mail address", "electronic mail",
            "work email", "business email", "primary email", "corporate email", "professional email",
            "contact email", "emailadresse", "email adresse", "mailadresse", "correo", "correo electrónico",
            "courriel", "adresse email", "adresse e-mail", "adresse mail", "posta elettronica", "indirizzo email",
            "endereço de email", "e-mailadres", "adres e-mail", "sähköposti", "e-post", "epost", "البريد",
            "البريد الإلكتروني", "электронная почта", "почта", "メール", "メールアドレス", "邮箱", "电子邮件",
        ),
        ("email 1", "emails", "personal email", "email phone", "email or phone", "phone email", "contact details",
         "username", "user name", "upn"),
    ),
    Target(
        "first_name",
        term("leads.contact.first_name", "first name"),
        (
            "first name", "firstname", "given name", "given names", "forename", "fname", "first", "name first",
            "christian name", "vorname", "prénom", "nombre de pila", "primer nombre", "nome proprio",
            "primeiro nome", "voornaam", "imię", "etunimi", "förnamn", "fornavn", "имя", "名", "ad", "adı", "שם פרטי",
            "prenume", "jméno",
            "křestní jméno", "keresztnév", "utónév", "όνομα", "الاسم الأول", "이름",
        ),
        ("preferred name", "known as", "nickname"),
    ),
    Target(
        "middle_name",
        term("imports.target.middle_name", "middle name"),
        (
            "middle name", "middle names", "second given name", "additional name", "zweiter vorname",
            "weitere vornamen", "deuxième prénom", "segundo nombre", "secondo nome", "nome do meio", "отчество",
            "ikinci ad",
        ),
    ),
    Target(
        "last_name",
        term("leads.contact.last_name", "last name"),
        (
            "last name", "lastname", "surname", "family name", "lname", "last", "name last", "second name",
            "nachname", "familienname", "zuname", "nom de famille", "apellido", "apellidos", "cognome",
            "sobrenome", "achternaam", "nazwisko", "sukunimi", "efternamn", "etternavn", "efternavn", "фамилия",
            "姓", "soyad", "soyadı", "שם משפחה", "nume de familie", "příjmení", "vezetéknév", "επώνυμο",
            "اسم العائلة", "성",
        ),
    ),
    Target(
        "full_name",
        term("imports.target.full_name", "full name"),
        (
            "full name", "fullname", "name", "contact name", "person name", "lead name", "attendee name",
            "display name", "customer name", "participant name", "registrant name", "first and last name",
            "first last name", "name and surname", "your name", "contact person", "vollständiger name",
            "ansprechpartner", "vor und nachname", "nom complet", "nom et prénom", "nombre completo",
            "nombre y apellidos", "nome completo", "nome e cognome", "naam", "volledige naam", "imię i nazwisko",
            "namn", "navn", "nimi", "الاسم", "الاسم الكامل", "фио", "氏名", "名前", "姓名",
            "ad soyad", "adı soyadı", "שם מלא", "jméno a příjmení", "teljes név", "ονοματεπώνυμο", "성명",
            "お名前", "联系人",
        ),
        ("contact", "person", "attendee", "nom", "nombre", "nome", "invitee name", "file as"),
    ),
    Target(
        "phone",
        term("leads.contact.phone", "phone"),
        (
            "phone", "phone number", "telephone", "telephone number", "tel", "tel no", "phone no", "work phone",
            "business phone", "direct phone", "work direct phone", "direct dial", "direct line", "office phone",
            "contact number", "contact phone", "phone 1", "telefon", "telefonnummer", "rufnummer", "téléphone",
            "numéro de téléphone", "teléfono", "número de teléfono", "telefono", "telefone", "telefoon",
            "telefoonnummer", "numer telefonu", "puhelin", "الهاتف", "رقم الهاتف", "телефон", "電話番号", "电话",
            "telefon numarası", "טלפון", "număr de telefon", "telefonní číslo", "telefonszám", "τηλέφωνο", "전화번호",
            "direct", "direct 1", "direct number", "work number",
        ),
        ("corporate phone", "company phone", "organization phone", "main phone", "hq phone", "other phone",
         "home phone", "phones", "contact no"),
    ),
    Target(
        "mobile",
        term("imports.target.mobile", "mobile phone"),
        (
            "mobile", "mobile phone", "mobile number", "mobile phone number", "cell", "cell phone", "cellphone",
            "cell number", "mobile no", "handy", "handynummer", "mobil", "mobiltelefon", "mobilnummer", "portable",
            "téléphone portable", "téléphone mobile", "móvil", "celular", "cellulare", "telemóvel", "gsm",
            "whatsapp", "whatsapp number", "сотовый", "мобильный", "手机", "携帯",
            "mobiltelefonnummer", "telefon mobil", "teléfono móvil", "teléfono celular", "número de móvil",
            "telefono cellulare",
            "numero di cellulare", "telefone celular", "telefone móvel", "mobiele telefoon", "mobiel", "mobiel nummer",
            "telefon komórkowy", "numer telefonu komórkowego", "komórka", "mobilní telefon", "cep telefonu", "cep",
            "мобильный телефон", "телефон мобильный", "手机号", "手机号码", "携帯電話", "携帯番号", "휴대폰",
            "휴대전화", "נייד",
            "טלפון נייד", "الجوال", "رقم الجوال", "matkapuhelin", "mobile 1",
        ),
    ),
    Target(
        "phone_country",
        term("imports.target.phone_country", "country code of the phone"),
        (
            "phone country code", "country code phone", "country calling code", "calling code", "dial code",
            "dialling code",
            "dialing code", "country dial code", "international code", "phone prefix", "country prefix",
            "isd code", "landesvorwahl", "ländervorwahl", "indicatif pays", "prefijo internacional",
            "telephone country code", "mobile country code",
        ),
    ),
    Target(
        "phone_area",
        term("imports.target.phone_area", "area code of the phone"),
        (
            "area code", "phone area code", "std code", "city code", "vorwahl", "ortsvorwahl", "indicatif",
            "indicatif régional", "prefijo", "prefisso", "kengetal", "netnummer", "telephone area code",
        ),
    ),
    Target(
        "title",
        term("leads.contact.title", "job title"),
        (
            "job title", "title", "position", "role", "jobtitle", "professional title", "occupation",
            "designation", "job position", "job role", "position title", "organization title", "current position",
            "business title", "berufsbezeichnung", "funktion", "stelle", "poste", "fonction", "intitulé du poste",
            "cargo", "puesto", "ruolo", "qualifica", "functie", "stanowisko", "befattning", "stilling",
            "должность", "役職", "职位", "职务", "jobbezeichnung", "stellenbezeichnung", "unvan", "ünvan", "görev",
            "תפקיד", "funcție",
            "pozice", "beosztás", "θέση", "المسمى الوظيفي", "직함", "직책", "部署役職", "tehtävä", "titel position",
        ),
        ("headline", "profession", "job", "beruf"),
    ),
    Target(
        "company",
        term("leads.account.name", "company"),
        (
            "company", "company name", "account name", "organization", "organisation", "organization name",
            "organisation name", "company account", "employer", "business name", "firm", "account",
            "associated company", "company name for emails", "current company", "name of company",
            "name of your company", "name of the company",
            "what is the name of your company", "what company do you work for", "which company do you work for",
            "who do you work for", "sales account", "primary associated company", "legal name",
            "firma", "firmenname", "unternehmen", "entreprise",
            "société", "nom de la société", "raison sociale", "empresa", "compañía", "nombre de la empresa",
            "azienda", "società", "ragione sociale", "bedrijf", "bedrijfsnaam", "nazwa firmy", "yritys", "företag",
            "bedrift", "virksomhed", "الشركة", "компания", "организация", "会社", "会社名", "公司",
            "公司名称", "企業名", "貴社名", "회사", "회사명", "şirket", "şirket adı", "firma adı", "חברה",
            "שם החברה", "companie",
            "společnost", "cég", "cégnév", "εταιρεία", "اسم الشركة", "unternehmensname", "name des unternehmens",
            "nom de l'entreprise", "nome azienda", "nome da empresa", "nombre de la compañía",
        ),
        ("business", "institution", "associated companies", "customer account account name", "customer"),
    ),
    Target(
        "website",
        term("leads.account.website", "website"),
        (
            "website", "web site", "web page", "webpage", "corporate website", "organization website",
            "website url", "company website", "company url", "homepage", "home page", "web",
            "web address", "url", "company website url", "site web", "sitio web", "página web", "sito web",
            "webseite", "internetseite", "internetadresse", "www", "сайт", "网站",
        ),
        ("websites", "site", "account website"),
    ),
    Target(
        "domain",
        term("leads.account.domain", "domain"),
        ("domain", "company domain", "company domain name", "email domain", "web domain", "website domain",
         "domain name", "account domain"),
    ),
    Target(
        "industry",
        term("leads.account.industry", "industry"),
        (
            "industry", "company industry", "sector", "primary industry", "industry sector", "branche",
            "industrie", "secteur", "secteur d'activité", "sector industria", "industria", "settore", "setor",
            "branża", "отрасль", "行业", "業種",
        ),
        ("vertical", "line of business"),
    ),
    Target(
        "employees",
        term("leads.account.employees", "employees"),
        (
            "employees", "number of employees", "no of employees", "num employees", "numberofemployees",
            "employee count", "company size", "headcount", "company headcount", "employee range",
            "employees range", "company employees", "# employees", "total employees", "anzahl mitarbeiter",
            "mitarbeiter", "mitarbeiterzahl", "effectif", "nombre d'employés", "número de empleados", "empleados",
            "numero dipendenti", "dipendenti", "aantal medewerkers", "liczba pracowników", "число сотрудников",
        ),
        ("size", "size of company", "staff"),
    ),
    Target(
        "country",
        term("leads.contact.country", "country"),
        (
            "country", "country region", "country region name", "country name", "country code", "mailing country",
            "contact country",
            "nation", "land", "pays", "país", "paese", "nazione", "ország", "ülke", "χώρα",
            "país región", "kraj", "maa", "الدولة", "страна", "国", "国家",
            "countryfull", "address country iso2 code", "cc",
        ),
        ("billing country", "company country", "primary country", "work country", "shipping country", "home country",
         "location country", "hq country"),
    ),
    Target(
        "city",
        term("leads.contact.city", "city"),
        (
            "city", "town", "mailing city", "city town", "contact city", "stadt", "ort", "ville", "ciudad",
            "città", "cidade", "plaats", "stad", "miasto", "kaupunki", "by", "المدينة", "город", "城市",
        ),
        ("billing city", "company city", "work city", "home city", "primary city", "shipping city", "address city",
         "location city", "hq city"),
    ),
    Target(
        "address",
        term("imports.target.address", "whole address"),
        (
            "whole address", "full address", "complete address", "address", "postal address", "mailing address",
            "address line", "formatted address", "location", "anschrift", "vollständige adresse", "adresse",
            "postanschrift", "adresse complète", "dirección", "dirección completa", "indirizzo",
            "indirizzo completo", "endereço", "adres", "standort", "ubicación", "адрес", "住所", "地址",
        ),
        ("company address", "business address", "work address", "office address", "street address", "firmenadresse",
         "billing address", "company location", "work location", "office location", "hq location", "headquarters",
         "headquarters location", "location name"),
    ),
    Target(
        "linkedin_url",
        term("leads.contact.linkedin_url", "LinkedIn page"),
        (
            "linkedin", "linkedin url", "linkedin profile", "linkedin profile url", "person linkedin url",
            "linkedin link", "linkedin page", "profile url", "linkedin contact profile url",
            "contact linkedin url", "linkedin bio",
        ),
        ("public profile url", "social profile"),
    ),
    Target(
        "note",
        term("imports.target.note", "note"),
        (
            "note", "notes", "comment", "comments", "remarks", "remark", "description", "additional comments",
            "lead description", "message", "notiz", "notizen", "bemerkung", "bemerkungen", "kommentar",
            "gespräch", "gesprächsnotiz", "conversation notes", "sales notes", "booth notes", "qualifier notes",
            "remarques", "commentaire", "commentaires", "notas", "comentarios", "observaciones", "opmerkingen",
            "uwagi", "заметки", "примечание", "备注",
        ),
        ("additional info", "additional information", "free text", "feedback", "questions", "activity note"),
    ),
    Target(
        "opted_out",
        term("imports.target.opted_out", "opted out"),
        (
            "opted out", "opt out", "optout", "opted out of email", "email opt out", "has opted out of email",
            "hasoptedoutofemail", "unsubscribed", "unsubscribed from all email", "unsubscribe", "do not contact",
            "dnc", "do not email", "do not mail", "donotcontact", "blacklisted", "suppressed", "is unsubscribed",
            "blacklisted email", "email blacklisted", "email blacklist", "black listed", "blacklist",
            "do not allow emails",
            "do not allow bulk emails", "do not bulk email", "marketing suspended", "global opt out", "gdpr opt out",
            "abgemeldet", "werbesperre", "désabonné", "désinscrit", "dado de baja", "baja", "отписан", "отписался",
        ),
        ("do not call", "donotcall", "unsubscribed at", "opt out date", "unsub time", "opted out at"),
    ),
    Target(
        "attended_at",
        term("imports.target.attended_at", "attended at"),
        (
            "attended at", "attended on", "attendance date", "attendance time", "date attended", "event date",
            "check in time", "checkin time", "checked in at", "check in date", "checkin date", "join time",
            "joined at", "scan time", "scanned at", "scan date", "badge scan time", "visited at", "visit date",
            "visit time", "besuchsdatum", "scan zeit", "scanzeit", "scandatum", "besucht am", "gescannt am", "check in",
            "timestamp of scan", "scan timestamp", "scan date time", "date scanned", "time scanned",
            "teilgenommen am", "fecha de asistencia", "date de participation",
        ),
        ("capture time", "captured at", "event time", "session date", "attended"),
    ),
)  # fmt: skip

TARGETS: Final[Mapping[str, Target]] = {target.name: target for target in FIELDS}

# Fields that several columns can make together, with what stands between their texts.
JOINED: Final[Mapping[str, str]] = {"first_name": " ", "last_name": " ", "full_name": " ", "note": "\n"}
# Targets that are no fields themselves: what they hold goes into these.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "middle_name": ("first_name",),
    "phone_country": ("phone",),
    "phone_area": ("phone",),
    "address": ("city", "country"),
}
_PARTS: Final = frozenset(PARTS)

# Headers that lists often have and that are no field of an import. Naming them keeps guesses by content or by spelling
# away from them ("County" is no misspelt country), and tells a line of headers from a line of values.
_OTHERS: Final = frozenset(
    fold(text).replace(" ", "")
    for text in (
        "id", "record id", "lead id", "contact id", "account id", "person id", "external id", "owner",
        "lead owner", "owner id", "contact owner", "account owner", "company owner", "sales rep", "status",
        "lead status", "stage", "lifecycle stage", "lead stage", "state", "state province",
        "mailing state province", "province", "county", "region", "street", "address", "address 1", "address 2",
        "street address", "zip", "zip code", "postcode", "postal code", "mailing zip postal code", "po box",
        "salutation", "prefix", "suffix", "middle initial", "gender", "birthday", "birth date",
        "age", "currency", "rating", "score", "lead score", "member rating", "tags", "type", "contact type",
        "priority", "source", "lead source", "original source", "campaign", "campaign name", "campaign id",
        "ad name", "adset name", "form name", "platform", "is organic", "department", "departments", "seniority",
        "function", "job function", "fax", "fax number", "revenue", "annual revenue", "amount", "value", "price",
        "quantity", "order", "order date", "ticket type", "attendee status", "attendee", "created", "created at",
        "created date", "create date", "created time", "creation date", "date", "time", "modified",
        "last modified", "last modified date", "updated at", "last activity", "last activity date", "last contact",
        "signup date", "sign up date", "optin time", "opt in", "opted in", "opt in time", "confirm time",
        "consent", "marketing consent", "subscribed", "newsletter", "email status", "email confidence",
        "technologies", "keywords", "seo description", "twitter", "facebook", "instagram", "skype", "xing",
        "connected on", "company linkedin url", "facebook url", "twitter url", "language", "time zone", "timezone",
        "ip", "latitude", "longitude", "number of orders", "interested", "no", "nr", "row", "email verified",
        "username id", "deal", "associated deal", "next appointment date", "stage of journey", "lead type", "list",
        "list name", "segment", "category", "product", "interest", "budget", "timeline",
    )
)  # fmt: skip

# Words around the name of a field that say whose it is and change nothing.
_AROUND: Final = frozenset(
    {
        "person", "contact", "lead", "leads", "attendee", "customer", "prospect", "participant", "registrant",
        "delegate", "subscriber", "member", "guest", "user", "buyer", "primary", "preferred", "main",
        "default", "work", "business", "office", "direct", "mailing", "billing", "home", "value", "1", "your",
        "the", "of", "organization", "organisation", "company", "account", "emails", "phones", "current",
        "new", "geschaftlich", "geschaftliche", "dienstlich", "dienstliche", "beruflich", "professionnel",
        "professionnelle", "empresa", "trabajo", "lavoro", "arbeit", "besucher", "teilnehmer", "kontakt",
        "please", "enter", "zakelijk", "visitor",
        "speaker", "exhibitor", "invitee", "corporate", "professional",
    }
)  # fmt: skip
_OF_QUESTION: Final = frozenset({"what", "whats", "s", "is", "are", "the", "your"})
# Words that make a column somebody else's or something else; only an exact spelling counts then, no guess.
_FOREIGN: Final = frozenset(
    {
        "owner", "rep", "agent", "manager", "assistant", "assigned", "assignee", "spouse", "partner",
        "referrer", "referral", "referred", "sender", "creator", "created", "modified", "updated", "parent",
        "salesperson", "executive", "recruiter", "reports", "consultant", "dealer", "reseller", "facebook",
        "twitter", "instagram", "fax", "zip", "postcode", "postal", "id", "ids", "order", "invoice", "revenue",
        "amount", "price", "cost", "vat", "tax", "photo", "image", "avatar", "logo", "utm", "campaign",
        "landing", "form", "referer", "ip", "count", "total", "score", "opt", "consent", "subscribed",
        "status", "type", "category", "middle", "emergency", "secondary", "alternate", "alternative", "other",
        "old", "previous", "former", *"23456789",
    }
)  # fmt: skip

_SUFFIX = re.compile(r"(?P<header>.*) \((?P<count>\d+)\)")  # given by reading to a repeated header
_NAMED_BY_PLACE = re.compile(r"Column \d+")  # what reading calls a column without a header
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CUSTOM = re.compile(r"__c$", re.IGNORECASE)  # Salesforce's mark of a custom field
_WORD = re.compile(r"[^\W_]+")
_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|m|mme|mlle|sr|sra|srta|sig|dott)\.?", re.IGNORECASE
)
_CALLING_CODE = re.compile(r"(?:\+|00)?[1-9]\d{0,3}")
_LINKEDIN_PERSON = re.compile(r"linkedin\.com/(?:in|pub)/", re.IGNORECASE)
_LINKEDIN_COMPANY = re.compile(r"linkedin\.com/(?:company|school)/", re.IGNORECASE)

_UNSUBSCRIBED: Final = frozenset(
    {"unsubscribed", "unsubscribe", "opted out", "opted-out", "opt out", "opt-out", "optout", "cleaned", "suppressed",
     "do not contact", "dnc", "blacklisted", "abgemeldet"}
)  # fmt: skip
_SUBSCRIBED: Final = frozenset(
    {"subscribed", "nonsubscribed", "non-subscribed", "opted in", "opted-in", "opt-in", "active"}
)
_NOT_OPTED_OUT: Final = _SUBSCRIBED | {
    "", "0", "0.0", "no", "n", "false", "f", "nein", "non", "none", "null", "-", "–", "n/a", "nicht", "never",
    "pending", "not opted out", "allow", "allowed", "не", "нет",
    "no consent",  # what Pipedrive says of everybody who has not been asked yet
}  # fmt: skip
_STATUS_HEADERS: Final = frozenset(
    {"status", "memberstatus", "subscriptionstatus", "emailstatus", "emailmarketingstatus", "marketingstatus",
     "subscription", "subscribed", "contactstatus", "subscriberstatus"}
)  # fmt: skip

_CALLING_HEADERS: Final = frozenset({"countrycode", "cc", "countryprefix", "prefix", "dialcode"})

_COUNTRIES: Final = frozenset(
    """
    afghanistan|albania|algeria|andorra|angola|argentina|armenia|australia|austria|azerbaijan|bahamas|bahrain|
    bangladesh|barbados|belarus|belgium|belize|benin|bhutan|bolivia|bosnia and herzegovina|botswana|brazil|
    brunei|bulgaria|burkina faso|burundi|cambodia|cameroon|canada|chad|chile|china|colombia|congo|costa rica|
    croatia|cuba|cyprus|czechia|czech republic|denmark|dominican republic|ecuador|egypt|el salvador|estonia|
    ethiopia|fiji|finland|france|gabon|gambia|germany|ghana|great britain|greece|greenland|guatemala|guinea|
    guyana|haiti|honduras|hong kong|hungary|iceland|india|indonesia|iran|iraq|ireland|israel|italy|ivory coast|
    jamaica|japan|kazakhstan|kenya|kuwait|kyrgyzstan|laos|latvia|lebanon|lesotho|liberia|libya|liechtenstein|
    lithuania|luxembourg|macau|madagascar|malawi|malaysia|maldives|mali|malta|mauritania|mauritius|mexico|
    moldova|monaco|mongolia|montenegro|morocco|mozambique|myanmar|namibia|nepal|netherlands|the netherlands|
    new zealand|nicaragua|niger|nigeria|north macedonia|norway|oman|pakistan|palestine|panama|papua new guinea|
    paraguay|peru|philippines|poland|portugal|puerto rico|qatar|romania|russia|russian federation|rwanda|
    saudi arabia|senegal|serbia|sierra leone|singapore|slovakia|slovenia|somalia|south africa|south korea|korea|
    spain|sri lanka|sudan|suriname|sweden|switzerland|syria|taiwan|tanzania|thailand|togo|trinidad and tobago|
    tunisia|turkey|turkiye|uganda|ukraine|united arab emirates|uae|united kingdom|uk|england|scotland|wales|
    united states|united states of america|usa|us|u.s.|u.s.a.|uruguay|uzbekistan|venezuela|viet nam|vietnam|
    yemen|zambia|zimbabwe|deutschland|osterreich|schweiz|espana|italia|nederland|belgique|suisse|brasil|polska|
    sverige|norge|danmark|suomi
    """.replace("\n", "").replace("    ", "").strip().split("|")
)  # fmt: skip

# How sure each way of recognising is. Content stands between the spellings we know and typing errors.
_BY_LABEL, _BY_FORMER, _BY_NAME, _BY_SYNONYM, _BY_INNER, _BY_WEAK = 1.0, 0.98, 0.96, 0.92, 0.84, 0.8
_BY_WORD: Final = 0.97  # what the company says that its CRM, its marketing tool or one of its teams calls it
_BY_CONTENT: Final = {
    "email": 0.78,
    "linkedin_url": 0.74,
    "phone": 0.7,
    "website": 0.66,
    "domain": 0.66,
    "country": 0.64,
}
_BY_TYPO: Final = 0.6
_BY_VENDOR: Final = 0.99  # what the program that made the list means by it
_REPEATED: Final = 0.03  # less for a header that only repeats an earlier one


def current_labels() -> dict[str, list[str]]:
    """The label of each field as it stands now; add former labels to it before `match_columns`."""
    return {target.name: [str(target.label)] for target in FIELDS}


def match_columns(
    headers: Sequence[str],
    *,
    sample: Sequence[Mapping[str, str]],
    labels: Mapping[str, Iterable[str]],
    words: Mapping[str, Iterable[str]] = MappingProxyType({}),
    settled: Mapping[str, Match] = MappingProxyType({}),
    vendor: Vendor | None = None,
) -> dict[str, Match]:
    """What each column is: header to `Match`, in the order of the headers; the same for the same input.

    `sample` holds some rows (header to text), `labels` for each field its label now and then the former ones, `words`
    what others call it, `settled` the columns that need no guess, `vendor` the program that made the list. A field goes
    to the column that fits best; the others that would fit it say so.
    """
    values = {header: [text for row in sample if (text := row.get(header, ""))] for header in headers}
    blank = {header for header, texts in values.items() if not texts}
    known = _known_spellings(labels, words, vendor.columns(headers, blank=blank) if vendor else {}, vendor)
    claims = sorted(
        (
            (-claim.confidence, -len(values[header]), place, claim)
            for place, header in enumerate(headers)
            if header not in settled
            for claim in _claims(header, values[header], known)
        ),
        key=lambda item: item[:3],
    )
    found: dict[str, Match] = {header: settled[header] for header in headers if header in settled}
    takers: dict[str, str] = {match.target: header for header, match in found.items() if match.target}
    for _, _, place, claim in claims:
        header, target = headers[place], claim.target or ""
        if header not in found and target not in takers:
            found[header] = claim
            takers[target] = header
    for _, _, place, claim in claims:
        if headers[place] not in found:
            taker = takers[claim.target or ""]
            why = f"It could be {_label(claim.target, labels)}, but that is “{taker}”."
            found[headers[place]] = Match(None, 0.0, why)
    _take_every_opt_out(found, [(headers[place], claim) for _, _, place, claim in claims])
    _take_for_companies(found, takers)
    _leave_deals(found, takers, headers)
    _take_for_other_half(found, takers, values, labels)
    _take_before_family_name(found, takers, headers, labels)
    _leave_parts(found, takers, labels)
    for header, target in known.of_vendor.items():
        if not target and header not in found and vendor:
            found[header] = Match(None, 0.0, f"A column of {vendor.name} that is not taken.")
    nothing = Match(None, 0.0, "Neither the header nor the values look like a field that we know.")
    return {header: found.get(header, nothing) for header in headers}


def _take_every_opt_out(found: dict[str, Match], claims: Sequence[tuple[str, Match]]) -> None:
    """Several columns may say that somebody is not to be written to, each in its own way, and none must be missed."""
    for header, claim in claims:
        if claim.target == "opted_out" and claim.confidence > _BY_WEAK and not found[header].target:
            found[header] = claim


def _take_for_companies(found: dict[str, Match], takers: Mapping[str, str]) -> None:
    """A bare "Name" is the company's in a list that has columns of companies and none of people."""
    header = takers.get("full_name", "")
    if (
        _key(header) != "name"
        or "company" in takers
        or not takers.keys() & {"website", "domain", "employees", "industry"}
    ):
        return
    if not takers.keys() & {
        "email",
        "first_name",
        "last_name",
        "title",
        "mobile",
        "linkedin_url",
        "attended_at",
    }:
        found[header] = Match("company", 0.7, "The list has columns about companies and none about people.")


_OF_DEALS: Final = frozenset(
    {"amount", "stagename", "closedate", "closingdate", "probability", "expectedrevenue", "forecastcategory",
     "dealstage", "dealvalue", "pipeline", "isclosed", "iswon", "expectedclosedate"}
)  # fmt: skip
_OF_PEOPLE: Final = frozenset(
    {"email", "first_name", "last_name", "phone", "mobile", "title", "linkedin_url", "attended_at"}
)


def _leave_deals(found: dict[str, Match], takers: Mapping[str, str], headers: Sequence[str]) -> None:
    """A bare "Name" in a list of deals is the deal's."""
    header = takers.get("full_name", "")
    if _key(header) != "name" or takers.keys() & _OF_PEOPLE:
        return
    if len(_OF_DEALS & {_key(other) for other in headers}) >= 2:
        found[header] = Match(None, 0.0, "The list has columns about deals and none about people.")


# Words that are the whole name where they stand alone, and the missing half beside the other one: "Prénom, Nom",
# "Vorname, Name", "Nombre, Apellidos".
_HALF_NAMES: Final = frozenset({"name", "nom", "nombre", "nome", "naam", "namn", "navn"})


def _take_for_other_half(
    found: dict[str, Match],
    takers: dict[str, str],
    values: Mapping[str, Sequence[str]],
    labels: Mapping[str, Iterable[str]],
) -> None:
    header = takers.get("full_name", "")
    if _key(header) not in _HALF_NAMES or found[header].confidence >= _BY_FORMER:
        return
    if sum(" " in text for text in values[header]) > len(values[header]) / 2:
        return
    for half, other in (("last_name", "first_name"), ("first_name", "last_name")):
        if other in takers and half not in takers:
            why = f"The list has a column of {_label(other, labels)} beside it."
            found[header] = Match(half, 0.86, why)
            takers[half] = takers.pop("full_name")
            return


_BEFORE_FAMILY_NAME: Final = frozenset(
    {"tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels", "infix", "nameinfix", "surnameprefix",
     "lastnameprefix", "familynameprefix", "namenszusatz", "namensvorsatz"}
)  # fmt: skip


def _take_before_family_name(
    found: dict[str, Match],
    takers: Mapping[str, str],
    headers: Sequence[str],
    labels: Mapping[str, Iterable[str]],
) -> None:
    """A column of "van der" in front of the one with "Berg" is a part of it, as Dutch lists have it."""
    last = takers.get("last_name", "")
    for header in headers:
        if header == last:
            return
        if last and _key(header) in _BEFORE_FAMILY_NAME:
            found[header] = Match("last_name", 0.9, f"It stands in front of {_label('last_name', labels)}.")


def _leave_parts(
    found: dict[str, Match], takers: Mapping[str, str], labels: Mapping[str, Iterable[str]]
) -> None:
    """Nothing is gained by a part whose whole is there already, or by one that nothing can be joined to."""
    if "address" in takers and {"city", "country"} <= takers.keys():
        why = f"{_label('city', labels)} and {_label('country', labels)} have columns of their own."
        found[takers["address"]] = Match(None, 0.0, why[:1].upper() + why[1:])
    for part, wholes in (
        ("middle_name", {"first_name"}),
        ("phone_area", {"phone"}),
        ("phone_country", {"phone", "mobile"}),
    ):
        if part in takers and not takers.keys() & wholes:
            whole = _label(min(wholes, key=len), labels)
            found[takers[part]] = Match(None, 0.0, f"There is no column of {whole} to join it to.")


def missing(
    mapping: Mapping[str, str | None], *, labels: Mapping[str, Iterable[str]] | None = None
) -> list[str]:
    """What keeps a mapping (header to field name, "" or None for a column left out) from being used, as sentences."""
    labels = labels or {}
    sentences = []
    columns: dict[str, list[str]] = {}
    for header, target in mapping.items():
        if target:
            columns.setdefault(target, []).append(header)
    for target, headers in columns.items():
        if target not in TARGETS:
            sentences.append(
                f"“{target}” is not a field of an import. Choose another for the column “{headers[0]}”."
            )
        elif len(headers) > 1 and target not in JOINED and target != "opted_out":  # one is enough to say no
            names = " and ".join(f"“{header}”" for header in headers)
            sentences.append(f"The columns {names} are both {_label(target, labels)}. Keep one of them.")
    for target, (whole,) in (("middle_name", ("first_name",)), ("phone_area", ("phone",))):
        if target in columns and whole not in columns:
            sentences.append(
                f"The column “{columns[target][0]}” is only a part of {_label(whole, labels)}, which no column holds. "
                "Choose that column too, or leave this one out."
            )
    if not columns.keys() & {"email", "full_name", "last_name", "first_name", "phone", "mobile"}:
        sentences.append(
            f"No column says who the people are. Choose the column for {_label('email', labels)}, "
            f"{_label('full_name', labels)}, {_label('last_name', labels)} or {_label('phone', labels)}."
        )
    return sentences


def to_raw(
    values: Mapping[str, str],
    mapping: Mapping[str, str | None],
    *,
    constants: Mapping[str, str] = MappingProxyType({}),
    flaws: list[tuple[str, str]] | None = None,
) -> dict[str, str]:
    """One row as `leads.people.clean` takes it: field name to text, without blanks and without columns left out.

    Columns that make one field together are joined, and a cell of the e-mail column that also holds a name or a phone
    number gives these to the fields that are still empty, as an address gives city and country. `constants` fill what
    the row leaves blank. `opted_out` is "yes" or left out: whatever is not plainly a no counts as an opt-out, so that
    none is missed. What a cell held beside what is taken goes to `flaws` as (field, sentence).
    """
    raw: dict[str, str] = {}
    for header, target in mapping.items():
        if (text := values.get(header)) and target and (len(text) > _LONGEST_NOTHING or text not in _NOTHING):
            if target not in raw:
                raw[target] = text
            elif target == "opted_out":
                raw[target] = text if is_opt_out(text) else raw[target]
            elif target in JOINED and text not in raw[target]:
                repeats = text.startswith(raw[target])  # "van der" and "van der Berg"
                raw[target] = text if repeats else raw[target] + JOINED[target] + text
    if email := raw.get("email"):
        if "@" not in email:
            if fold(email).strip(" .-()[]") in _NO_ADDRESS:
                del raw["email"]
        elif kind_of(email) != EMAIL:
            _take_apart(raw, flaws)
        elif email[0] in "'’":  # it makes a text of a cell, and no mailbox begins so
            raw["email"] = email.lstrip("'’ ")
    elif "@" in raw.get("full_name", ""):
        _take_address_out_of_name(raw, flaws)
    if not _PARTS.isdisjoint(raw):
        _join_parts(raw)
    for name in _PHONES:
        if number := raw.get(name):
            if "E" in number or "e" in number:
                raw[name] = _written_out(number)
            if len(number) >= _SHORTEST_TWO and not _ONE_NUMBER.fullmatch(number):
                _take_numbers_apart(name, raw, flaws)
    if constants:
        raw = {**constants, **raw}
        if constants.get("opted_out"):  # whoever says that of the whole file means each of its rows
            raw["opted_out"] = constants["opted_out"]
    if "opted_out" in raw:
        if is_opt_out(raw["opted_out"]):
            raw["opted_out"] = "yes"
        else:
            del raw["opted_out"]
    return raw


def is_opt_out(text: str) -> bool:
    """Whether a cell of the opt-out column says that the person must not be contacted: everything but a clear no."""
    return text.strip().casefold() not in _NOT_OPTED_OUT


@lru_cache(maxsize=4096)
def is_known_header(text: str) -> bool:
    """Whether lists use this text as a header, for a field of ours or for another."""
    return any(key in _OTHERS or key in _spellings() for key in _keys(text))


# What people and programs write into a cell that is to stay blank; words that may be a name are not here.
_NOTHING: Final = frozenset(
    {"-", "--", "---", "–", "—", ".", "..", "?", "n/a", "N/A", "n.a.", "N.A."},
)
_LONGEST_NOTHING: Final = 4
# And instead of an address.
_NO_ADDRESS: Final = frozenset(
    {"", "aucun", "kein", "keine", "keine angabe", "na", "nan", "nil", "ninguno", "no", "no email", "noemail", "none",
     "not available", "not provided", "null", "tba", "tbd", "undefined", "unknown", "unbekannt", "x", "xx", "xxx"}
)  # fmt: skip

# --- Spelling -----------------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(_CAMEL.sub(" ", _CUSTOM.sub("", text.strip()))))


def _key(text: str) -> str:
    """Letters and digits only: "E-mail Address", "email_address" and "EmailAddress" are the same."""
    return "".join(_WORD.findall(fold(_CUSTOM.sub("", text.strip()))))


def _keys(text: str) -> list[str]:
    """The key of the header, then of what is left without numbering and without the words around it.

    A form asks "What's your e-mail address?" where a list says "E-mail address".
    """
    words = _words(text)
    if words and words[0] in {"what", "whats"}:
        words = list(dropwhile(_OF_QUESTION.__contains__, words))
    plain = "".join(word for word in words if word not in {"1", "value"})
    first = 0
    last = len(words)
    while first < last - 1 and words[first] in _AROUND:
        first += 1
    while last > first + 1 and words[last - 1] in _AROUND:
        last -= 1
    inner = "".join(words[first:last])
    return list(dict.fromkeys((_key(text), plain, inner)))


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, tuple[str, float]]:
    """Each spelling's key with its field and how sure it is."""
    found: dict[str, tuple[str, float]] = {}
    for sure, attribute in ((_BY_SYNONYM, "synonyms"), (_BY_WEAK, "weak")):
        for target in FIELDS:
            for text in getattr(target, attribute):
                found.setdefault(_key(text), (target.name, sure))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """All texts by which a header can be recognised."""

    labels: Mapping[str, Iterable[str]]
    current: Mapping[str, str]
    former: Mapping[str, str]
    words: Mapping[str, str]
    names: Mapping[str, str]
    of_vendor: Mapping[str, str]  # header: field, "" for one left out
    vendor: str


def _known_spellings(
    labels: Mapping[str, Iterable[str]],
    words: Mapping[str, Iterable[str]],
    of_vendor: Mapping[str, str],
    vendor: Vendor | None,
) -> _Known:
    current: dict[str, str] = {}
    former: dict[str, str] = {}
    for target, texts in labels.items():
        if target in TARGETS:
            for place, text in enumerate(texts):
                (former if place else current).setdefault(_key(str(text)), target)
    others = {_key(text): target for target, texts in words.items() if target in TARGETS for text in texts}
    names = {_key(target.name): target.name for target in FIELDS}
    return _Known(labels, current, former, others, names, of_vendor, vendor.name if vendor else "")


def _label(target: str | None, labels: Mapping[str, Iterable[str]]) -> str:
    name = target or ""
    for text in labels.get(name, ()):
        return str(text)
    return str(TARGETS[name].label) if name in TARGETS else name


# --- Claims -------------------------------------------------------------------------------------------------------


def _claims(header: str, values: Sequence[str], known: _Known) -> Iterator[Match]:
    """Every field that the column could be, none twice."""
    repeated = _SUFFIX.fullmatch(header)
    name = repeated["header"] if repeated else header
    less = _REPEATED if repeated else 0.0
    seen: set[str] = set()
    claims: Iterable[Match] = (*_by_header(name, known), *_by_content(name, values), *_by_typo(name, known))
    if header in known.of_vendor:
        claims = _by_vendor(header, known)
    elif _NAMED_BY_PLACE.fullmatch(name):  # it has no header that could say anything against its values
        claims = _by_content("", values)
    for claim in claims:
        target = claim.target or ""
        if target not in seen and _fits(target, values):
            seen.add(target)
            yield Match(target, round(claim.confidence - less, 3), claim.why)


def _by_vendor(header: str, known: _Known) -> Iterator[Match]:
    """What the program that made the list means by the header; only a word of the company's own wins over it."""
    key = _key(header)
    for texts in (known.current, known.words):
        if key in texts:
            sure = _BY_LABEL if texts is known.current else _BY_WORD
            yield Match(texts[key], sure, f"The header is the label of {_label(texts[key], known.labels)}.")
    if target := known.of_vendor[header]:
        yield Match(target, _BY_VENDOR, f"{known.vendor} calls our {_label(target, known.labels)} so.")


def _by_header(header: str, known: _Known) -> Iterator[Match]:
    key, *inner = _keys(header)
    for texts, sure, why in (
        (known.current, _BY_LABEL, "The header is the label of {}."),
        (known.former, _BY_FORMER, "The header is a former label of {}."),
        (known.words, _BY_WORD, "Another tool or a team calls {} so."),
        (known.names, _BY_NAME, "The header is the name of the field {}."),
    ):
        if key in texts:
            yield Match(texts[key], sure, why.format(_label(texts[key], known.labels)))
    if key in _spellings():
        target, sure = _spellings()[key]
        yield Match(target, sure, f"Lists often call {_label(target, known.labels)} so.")
    if key in _OTHERS or _is_foreign(header):
        return
    for part in inner:
        target = known.current.get(part) or known.former.get(part) or _spellings().get(part, ("", 0.0))[0]
        if target:
            sure = min(_BY_INNER, _spellings().get(part, ("", _BY_INNER))[1] - 0.02)
            yield Match(target, sure, f"The header names {_label(target, known.labels)} among other words.")


def _is_foreign(header: str) -> bool:
    return not _FOREIGN.isdisjoint(_words(header))


def _by_content(header: str, values: Sequence[str]) -> Iterator[Match]:
    if _key(header) in _STATUS_HEADERS and values:
        words = [text.casefold() for text in values]
        if all(word in _UNSUBSCRIBED | _SUBSCRIBED | {"pending"} for word in words):
            yield Match("opted_out", 0.76, "Its values say who has unsubscribed.")
            return
    if _key(header) in _CALLING_HEADERS and values and all(map(_CALLING_CODE.fullmatch, values)):
        yield Match("phone_country", 0.9, "Its values are codes that one dials for a country.")
        return
    if len(values) < 2 or _key(header) in _OTHERS or _is_foreign(header):
        return
    kinds = [kind_of(text) for text in values]
    linkedin = sum(bool(_LINKEDIN_PERSON.search(text)) for text in values)
    counts = {
        "email": sum(
            kind == EMAIL or bool(_ADDRESS.search(text)) for kind, text in zip(kinds, values, strict=True)
        ),
        "linkedin_url": linkedin,
        "phone": sum(kind == PHONE or is_phone_like(text) for kind, text in zip(kinds, values, strict=True)),
        "website": kinds.count(URL) if not linkedin else 0,
        "domain": kinds.count(DOMAIN),
        "country": sum(fold(text) in _COUNTRIES for text in values),
    }
    if kinds.count(PHONE) < 0.3 * len(values):
        counts["phone"] = 0  # plain digits alone are more often an id
    for target, count in counts.items():
        share = count / len(values)
        # The same address in most rows is not theirs: an account manager, a landing page.
        is_varied = target == "country" or len(set(values)) > len(values) / 2
        if share >= 0.7 and is_varied:
            why = f"{count} of {len(values)} values look like {_CONTENT_WORDS[target]}."
            yield Match(target, _BY_CONTENT[target] * (0.9 + share / 10), why)


_CONTENT_WORDS: Final = {
    "email": "e-mail addresses",
    "linkedin_url": "LinkedIn pages of people",
    "phone": "phone numbers",
    "website": "web addresses",
    "domain": "web domains",
    "country": "names of countries",
}


def _by_typo(header: str, known: _Known) -> Iterator[Match]:
    key = _key(header)
    if not 4 <= len(key) <= 24 or not key.isalpha() or is_known_header(header) or _is_foreign(header):
        return
    if any(_is_typo(key, other) for other in _OTHERS):
        return  # "Statu" is nearer to a status than to anything of ours
    words = _words(header)
    best: tuple[int, str, str] | None = None
    for spelling, target in _typo_spellings(known):
        if _is_typo(key, spelling) if len(words) == 1 else _are_typos(words, spelling):
            rank = (abs(len(key) - len(spelling.replace(" ", ""))), spelling, target)
            best = min(best, rank) if best else rank
    if best:
        yield Match(best[2], _BY_TYPO, f"Spelt almost like {_label(best[2], known.labels)}.")


def _typo_spellings(known: _Known) -> Iterator[tuple[str, str]]:
    """Words of every spelling of four letters and more, with blanks between, and the field."""
    for target, texts in known.labels.items():
        if target in TARGETS:
            yield from ((" ".join(_words(str(text))), target) for text in texts)
    yield from _spelt_words()


@lru_cache(maxsize=1)
def _spelt_words() -> tuple[tuple[str, str], ...]:
    found = {
        " ".join(_words(text)): target.name
        for target in reversed(FIELDS)
        for text in (*target.weak, target.name, *target.synonyms)
    }
    return tuple((spelling, target) for spelling, target in found.items() if len(spelling) >= 4)


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


# Kinds of values that a field can't have; a column mostly of these is not that field, whatever its header says.
_IMPOSSIBLE: Final[Mapping[str, frozenset[str]]] = {
    "email": frozenset({BOOLEAN, NUMBER, DATE, TIME, URL}),
    "phone": frozenset({EMAIL, URL, BOOLEAN, TIME}),
    "mobile": frozenset({EMAIL, URL, BOOLEAN, TIME}),
    "website": frozenset({EMAIL, PHONE, BOOLEAN, NUMBER, DATE}),
    "domain": frozenset({PHONE, BOOLEAN, NUMBER, DATE}),
    "employees": frozenset({EMAIL, URL}),
    "linkedin_url": frozenset({EMAIL, PHONE, BOOLEAN, DATE}),
    "attended_at": frozenset({EMAIL, URL, PHONE, BOOLEAN}),
    "opted_out": frozenset({EMAIL, URL, PHONE}),
    "note": frozenset(),
    "phone_area": frozenset({EMAIL, URL, BOOLEAN, DATE, TIME}),
    "phone_country": frozenset({EMAIL, URL, BOOLEAN, DATE, TIME}),
}
_NOT_A_WORD: Final = frozenset({EMAIL, URL, PHONE, NUMBER, DATE, TIME})


def _fits(target: str, values: Sequence[str]) -> bool:
    """Whether the values leave room for this field: at least one in five must, and every other address be readable."""
    if target == "address":
        return bool(values) and sum(any(read_address(text)) for text in values) >= len(values) / 2
    if not values:
        return True
    impossible = _IMPOSSIBLE.get(target, _NOT_A_WORD)
    against = sum(kind_of(text) in impossible for text in values)
    if target == "title":
        against += sum(bool(_HONORIFIC.fullmatch(text)) for text in values)
    elif target == "country":
        against += sum(bool(_CALLING_CODE.fullmatch(text)) for text in values)
    elif target in {"website", "domain", "linkedin_url"}:
        against += sum(bool(_LINKEDIN_COMPANY.search(text)) for text in values)
        if target != "linkedin_url":
            against += sum(bool(_LINKEDIN_PERSON.search(text)) for text in values)
    return against <= 0.8 * len(values)


# --- Values -------------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"[^\s@<>,;:\"()/|]{1,64}@[^\s@<>,;:\"()/|]+\.[^\s@<>,;:\".()/|]{2,}")
_AROUND_THE_AT = re.compile(r"[ \t]*@[ \t]*")
_SEPARATORS = " \t\r\n,;|/<>()[]\"'&-–"


def _take_apart(raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """Keep the first address of a cell such as "jane@example.com / 555 0100" or "Jane Roe <jane@example.com>".

    The others go to `email_beside`, for the do-not-contact list alone.
    """
    rest = _AROUND_THE_AT.sub("@", unicodedata.normalize("NFKC", raw["email"]))
    addresses = _ADDRESS.findall(rest)
    if not addresses:
        return
    for address in addresses:
        rest = rest.replace(address, " ")
    rest = rest.strip(_SEPARATORS)
    raw["email"] = addresses[0]
    others = [one for one in dict.fromkeys(addresses) if one.casefold() != addresses[0].casefold()]
    if others:
        raw["email_beside"] = "\n".join(others)  # whoever must not be written to there is not let in
    if others and flaws is not None:
        names = " and ".join(f"“{one[:80]}”" for one in others[:3])
        flaws.append(("email", f"The cell holds several addresses. The first one is taken, {names} is not."))
    if is_phone_like(rest) or kind_of(rest) == PHONE:
        if not raw.keys() & {"phone", "mobile"}:
            raw["phone"] = rest
    elif (
        rest
        and not any(char.isdigit() for char in rest)
        and not raw.keys() & {"full_name", "first_name", "last_name"}
    ):
        raw["full_name"] = rest


def _take_address_out_of_name(raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """ "Jane Roe <jane@example.com>" in the column of names holds the address that no other column has."""
    cell = raw.pop("full_name")
    raw["email"] = cell
    if kind_of(cell) != EMAIL:
        _take_apart(raw, flaws)
    if raw["email"] == cell and kind_of(cell) != EMAIL:  # no address at all: "Jane @ Acme"
        raw["full_name"] = raw.pop("email")


_PHONES: Final = ("phone", "mobile")
# What divides two numbers; a slash, which also stands behind an area code, only where nothing else does.
_BETWEEN_NUMBERS: Final = (
    re.compile(r"\s*(?:[;,|\n]|:::)\s*|\s+(?:or|oder|and|und|ou|et|o|y|e|&)\s+", re.IGNORECASE),
    re.compile(r"\s*/\s*"),
)
_ONE_NUMBER: Final = re.compile(r"\+?[0-9 ().-]*")  # the most there are, and nothing to look for
_SHORTEST_TWO: Final = 15  # characters of two numbers in one cell
_DIGITS_OF_ONE: Final = (
    7  # of a number with its area; what stands before the slash in "030 / 1234567" has fewer
)


def _take_numbers_apart(name: str, raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """Keep the first number of a cell such as "030 23125001 / 0171 1234567".

    The others go to `phone_beside`, for the do-not-contact list alone.
    """
    parts = next((parts for pattern in _BETWEEN_NUMBERS if len(parts := pattern.split(raw[name])) > 1), [])
    if not parts or any(len(_NO_DIGITS.sub("", part)) < _DIGITS_OF_ONE for part in parts):
        return
    raw[name], *others = parts
    raw["phone_beside"] = "\n".join([*raw.get("phone_beside", "").split("\n"), *others]).strip()
    if flaws is not None:
        names = " and ".join(f"“{one[:40]}”" for one in others[:3])
        flaws.append((name, f"The cell holds several numbers. The first one is taken, {names} is not."))


# A number that a spreadsheet wrote with a power of ten and all of its digits: 4.47712345678E+11.
_WHOLE_SCIENTIFIC: Final = re.compile(r"(?P<whole>[1-9])[.,](?P<rest>\d{8,14})[eE]\+(?P<power>\d{1,2})")
_NO_DIGITS: Final = re.compile(r"\D")


def _written_out(text: str) -> str:
    """The number in digits if none is lost, else the text as it is."""
    found = _WHOLE_SCIENTIFIC.fullmatch(text)
    if found is None or int(found["power"]) != len(found["rest"]):
        return text
    return found["whole"] + found["rest"]


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has written the number with a power of ten."""
    return _SCIENTIFIC.fullmatch(text) is not None


def has_lost_digits(text: str) -> bool:
    """Whether a spreadsheet has rounded the number in the cell: 4.477E+11, or 16 digits and more that end in zeros."""
    if is_scientific(text):
        return _written_out(text) == text
    return len(text) >= 16 and text.isdecimal() and text.endswith("0" * (len(text) - 15))


_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d{1,2}")


def _join_parts(raw: dict[str, str]) -> None:
    """Put the parts of names, phone numbers and addresses where they belong; what a column says itself stands."""
    if middle := raw.pop("middle_name", ""):
        first = raw.get("first_name", "")
        if middle.casefold() not in first.casefold().split():
            raw["first_name"] = f"{first} {middle}" if first else middle
    country, area = raw.pop("phone_country", ""), raw.pop("phone_area", "")
    for name in _PHONES:
        if (number := raw.get(name, "")) and not number.startswith(("+", "00")):
            raw[name] = _dialled(number, country, area if name == "phone" else "")
    if address := raw.pop("address", ""):
        city, code = read_address(address)
        if city:
            raw.setdefault("city", city)
        if code:
            raw.setdefault("country", code)


def _dialled(number: str, country: str, area: str) -> str:
    """The number with its area and country code, unless it begins with them."""
    digits = _NO_DIGITS.sub("", number)
    if (place := _NO_DIGITS.sub("", area)) and not digits.startswith((place, place.lstrip("0"))):
        number = f"{area} {number}"
    if code := _NO_DIGITS.sub("", country).lstrip("0"):
        return f"+{code} {number}"
    return number
