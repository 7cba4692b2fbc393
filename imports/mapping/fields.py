"""The fields that a column can fill: what lists call them, and which are made of several columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from terminology.labels import term


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can fill."""

    name: str
    label: Any  # a lazy term
    synonyms: tuple[str, ...]
    weak: tuple[str, ...] = ()  # spellings that lose against any of `synonyms`
    hint: Any = (
        ""  # a lazy term: what is said beside the label where it alone could be taken the wrong way round
    )


# Spellings found in exports of Salesforce, HubSpot, Pipedrive, Zoho, Mailchimp, Google Contacts, Eventbrite, LinkedIn,
# Apollo, Facebook lead ads, OroCRM and Mautic, and in the languages that lists come in. Case, blanks, punctuation and
# accents don't matter, neither do words such as "Person -", "Contact" or "Value" around them (`keys`).
FIELDS: Final[tuple[Target, ...]] = (
    Target(
        "email",
        term("leads.contact.email", "e-mail"),
        (
            "e-postadress", "epostadress", "e-postadresse", "sähköpostiosoite", "correio eletrónico",
            "correio eletrônico", "correio", "e-mail cím", "email cím", "διεύθυνση email", "ηλεκτρονική διεύθυνση",
            "адрес электронной почты", "эл. почта", "адреса електронної пошти", "adresa de email", "e-mail adresi",
            "eposta adresi", "电子邮箱", "邮箱地址", "電子郵件", "이메일 주소", "전자우편", "メール", "eメール",
            "email", "email address", "e-mail address", "email id", "mail", "mail address", "electronic mail",
            "work email", "business email", "primary email", "corporate email", "professional email",
            "contact email", "emailadresse", "email adresse", "mailadresse", "correo", "correo electrónico",
            "courriel", "adresse email", "adresse e-mail", "adresse mail", "posta elettronica", "indirizzo email",
            "endereço de email", "e-mailadres", "adres e-mail", "sähköposti", "e-post", "epost", "البريد",
            "البريد الإلكتروني", "электронная почта", "почта", "メール", "メールアドレス", "邮箱", "电子邮件",
            "e-posta", "e-mail g", "이메일", "อีเมล", "thư điện tử", "имейл",
            "דואר אלקטרוני", "ηλεκτρονικό ταχυδρομείο", "eposta",
        ),
        ("email 1", "emails", "personal email", "email phone", "email or phone", "phone email", "contact details",
         "username", "user name", "upn"),
    ),
    Target(
        "first_name",
        term("leads.contact.first_name", "first name"),
        (
            "voorletters", "voornamen", "utónév", "prénoms", "nombres", "nomes", "nomi", "imiona",
            "first name", "firstname", "given name", "given names", "forename", "fname", "first", "name first",
            "christian name", "vorname", "prénom", "nombre de pila", "primer nombre", "nome proprio",
            "primeiro nome", "voornaam", "imię", "etunimi", "förnamn", "fornavn", "имя", "名", "име", "ad", "adı",
            "שם פרטי",
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
            "primer apellido", "apellido paterno", "último nome", "cognomi", "priezvisko",
            "prezime", "priimek", "прізвище",
            "last name", "lastname", "surname", "family name", "lname", "last", "name last", "second name",
            "nachname", "familienname", "zuname", "nom de famille", "apellido", "apellidos", "cognome",
            "sobrenome", "achternaam", "nazwisko", "sukunimi", "efternamn", "etternavn", "efternavn", "фамилия",
            "姓", "soyad", "soyadı", "שם משפחה", "nume de familie", "příjmení", "vezetéknév", "επώνυμο",
            "اسم العائلة", "성",
        ),
        ("apelido", "apelidos"),  # in Brazil a nickname
    ),
    Target(
        "full_name",
        term("imports.target.full_name", "full name"),
        (
            "ご氏名", "ご担当者名", "联系人姓名", "联络人", "meno a priezvisko", "ime i prezime",
            "ime in priimek",
            "имя фамилия", "nom prénom du contact", "jméno kontaktu",
            "full name", "fullname", "name", "contact name", "person name", "lead name", "attendee name",
            "display name", "customer name", "participant name", "registrant name", "first and last name",
            "first last name", "name and surname", "your name", "contact person", "vollständiger name",
            "ansprechpartner", "vor und nachname", "nom complet", "nom et prénom", "nombre completo",
            "nombre y apellidos", "nome completo", "nome e cognome", "naam", "volledige naam", "imię i nazwisko",
            "namn", "navn", "nimi", "الاسم", "الاسم الكامل", "氏名", "名前", "姓名",
            "ad soyad", "adı soyadı", "שם מלא", "jméno a příjmení", "ονοματεπώνυμο", "성명",
            "お名前", "联系人", "referente", "persona di contatto", "persona de contacto", "contactpersoon",
            "kontaktperson", "yhteyshenkilö", "osoba kontaktowa", "kontaktní osoba", "kontaktná osoba", "kontakt osoba",
            "pessoa de contato", "pessoa de contacto", "ilgili kişi", "контактное лицо", "контактна особа",
            "personne de contact", "interlocuteur", "persoană de contact",
            "họ và tên", "họ tên", "név", "teljes név", "фио", "ф и о", "nama", "nama lengkap", "ชื่อ-นามสกุล",
            "nume și prenume", "имя и фамилия",
        ),
        ("contact", "person", "attendee", "nom", "nombre", "nome", "nume", "besucher", "teilnehmer", "visitor",
         "participant", "delegate", "invitee name", "file as", "contatto", "contato", "contacto", "kontakt", "контакт"),
    ),
    Target(
        "family_first",
        term("imports.target.family_first", "full name, family name first"),
        (
            "family first", "last name first name", "surname first name", "surname and first name",
            "family name given name", "surname forename", "nachname vorname", "name vorname", "familienname vorname",
            "nachname und vorname", "nom prénom", "apellidos y nombre", "apellidos y nombres", "apellidos nombre",
            "apellido y nombre", "cognome e nome", "cognome nome", "achternaam voornaam", "nazwisko i imię",
            "nazwisko imię", "příjmení a jméno", "příjmení jméno", "priezvisko a meno", "priezvisko meno",
            "kapcsolattartó", "kapcsolattartó neve", "résztvevő neve",
            "nume prenume", "prezime i ime", "priimek in ime", "sukunimi etunimi", "efternamn förnamn", "soyadı adı",
            "фамилия имя", "фамилия и имя", "фамилия имя отчество", "піб", "прізвище та ім'я",
        ),
    ),
    Target(
        "phone",
        term("leads.contact.phone", "phone"),
        (
            "telefone comercial", "telefone fixo", "telefon do pracy", "telefonní kontakt", "연락처", "전화 번호",
            "联系电话",
            "联系方式", "聯絡電話", "お電話番号", "ご連絡先", "номер телефона", "контактный телефон",
            "puhelinnumero", "telefonnr",
            "número de contacto", "αριθμός τηλεφώνου", "telefon numarasi",
            "phone", "phone number", "telephone", "telephone number", "tel", "tel no", "phone no", "work phone",
            "business phone", "direct phone", "work direct phone", "direct dial", "direct line", "office phone",
            "contact number", "contact phone", "phone 1", "telefon", "telefonnummer", "rufnummer", "téléphone",
            "numéro de téléphone", "teléfono", "número de teléfono", "telefono", "telefone", "telefoon",
            "telefoonnummer", "numer telefonu", "puhelin", "الهاتف", "رقم الهاتف", "телефон", "電話番号", "电话",
            "telefon numarası", "טלפון", "număr de telefon", "telefonní číslo", "telefonszám", "τηλέφωνο", "전화번호",
            "telefon g", "tel g", "telefone com ddd", "전화", "điện thoại", "số điện thoại", "telepon",
            "nomor telepon", "โทรศัพท์",
            "direct", "direct 1", "direct number", "work number",
        ),
        ("corporate phone", "company phone", "organization phone", "main phone", "hq phone", "other phone",
         "home phone", "phones", "contact no"),
    ),
    Target(
        "mobile",
        term("imports.target.mobile", "mobile phone"),
        (
            "携帯電話番号", "휴대전화번호", "휴대폰번호", "휴대폰 번호", "핸드폰", "mobil szám", "mobilszám",
            "mobilní číslo", "cep tel",
            "cep telefonu numarası", "número de celular", "número de telemóvel", "tel. komórkowy", "telefon kom.",
            "matkapuhelinnumero", "手機", "αριθμός κινητού",
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
            "טלפון נייד", "الجوال", "رقم الجوال", "matkapuhelin", "mobile 1", "natel", "κινητό",
            "κινητό τηλέφωνο", "мобільний",
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
            "tehtävänimike", "virkanimike", "função", "役職名", "お役職", "職種", "部署・役職", "직위", "职称",
            "職稱", "職位",
            "função cargo", "posição", "munkakör", "pozíció", "pozícia", "stilling titel", "arbetstitel",
            "yrkestitel", "positie", "werkfunctie", "posizione", "mansione", "incarico", "puesto de trabajo",
            "stanowisko pracy", "ιδιότητα", "görevi", "ünvanı", "pozisyon",
            "job title", "title", "position", "role", "jobtitle", "professional title", "occupation",
            "designation", "job position", "job role", "position title", "organization title", "current position",
            "business title", "berufsbezeichnung", "funktion", "stelle", "poste", "fonction", "intitulé du poste",
            "cargo", "puesto", "ruolo", "qualifica", "functie", "stanowisko", "befattning", "stilling",
            "должность", "役職", "职位", "职务", "jobbezeichnung", "stellenbezeichnung", "unvan", "ünvan", "görev",
            "תפקיד", "funcție",
            "pozice", "beosztás", "θέση", "المسمى الوظيفي", "직함", "직책", "部署役職", "tehtävä", "titel position",
            "직급", "functietitel", "funkce", "pracovní pozice", "посада", "titre", "chức vụ", "jabatan", "ตำแหน่ง",
        ),
        ("headline", "profession", "job", "beruf"),
    ),
    Target(
        "company",
        term("leads.account.name", "company"),
        (
            "organisatie", "organisatienaam", "företagsnamn", "företagets namn", "bedriftsnavn", "virksomhedsnavn",
            "firmanavn", "organisasjon", "organisaatio", "yrityksen nimi", "επωνυμία", "επωνυμία εταιρείας",
            "επωνυμία επιχείρησης", "επιχείρηση", "御社名", "お勤め先", "勤務先", "法人名", "団体名", "会社・団体名",
            "회사 이름", "업체명", "소속",
            "单位", "单位名称", "公司名", "企业名称", "公司名稱", "kurum", "kurum adı", "şirket ismi", "firma ismi",
            "organizacja",
            "przedsiębiorstwo", "organizace", "název společnosti", "název firmy", "spoločnosť", "vállalat",
            "vállalat neve", "munkahely", "szervezet", "tvrtka", "podjetje", "denumirea companiei",
            "nombre de empresa", "organización", "organización empresa", "organizzazione", "nome società",
            "instituição", "razão social", "organizzazione azienda", "название компании", "назва компанії",
            "компанія",
            "company", "company name", "account name", "organization", "organisation", "organization name",
            "organisation name", "company account", "employer", "business name", "firm", "account",
            "associated company", "company name for emails", "current company", "name of company",
            "name of your company", "name of the company",
            "what is the name of your company", "what company do you work for", "which company do you work for",
            "who do you work for", "sales account", "what company are you from", "what company are you with",
            "which company are you from", "primary associated company", "legal name",
            "firma", "firmenname", "unternehmen", "entreprise",
            "société", "nom de la société", "raison sociale", "empresa", "compañía", "nombre de la empresa",
            "azienda", "società", "ragione sociale", "bedrijf", "bedrijfsnaam", "nazwa firmy", "yritys", "företag",
            "bedrift", "virksomhed", "الشركة", "компания", "организация", "фирма", "会社", "会社名", "公司",
            "公司名称", "企業名", "貴社名", "회사", "회사명", "şirket", "şirket adı", "firma adı", "חברה",
            "שם החברה", "companie",
            "společnost", "cég", "cégnév", "εταιρεία", "اسم الشركة", "công ty", "perusahaan", "บริษัท",
            "unternehmensname", "name des unternehmens",
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
        ("size", "size of company", "staff", "größe", "unternehmensgröße", "firmengröße"),
    ),
    Target(
        "country",
        term("leads.contact.country", "country"),
        (
            "pais de residencia", "land region", "država", "riik",
            "country", "country region", "country region name", "country name", "country code", "mailing country",
            "contact country",
            "nation", "land", "pays", "país", "paese", "nazione", "ország", "ülke", "χώρα",
            "país región", "kraj", "maa", "الدولة", "страна", "国", "国家",
            "countryfull", "address country iso2 code", "cc", "stát", "štát",
            "krajina", "država", "țară", "quốc gia", "negara", "ประเทศ", "מדינה", "국가", "країна",
        ),
        ("billing country", "company country", "primary country", "work country", "shipping country", "home country",
         "location country", "hq country"),
    ),
    Target(
        "city",
        term("leads.contact.city", "city"),
        (
            "localidade", "by sted", "município",
            "city", "town", "mailing city", "city town", "contact city", "stadt", "ort", "ville", "ciudad",
            "città", "cidade", "plaats", "stad", "miasto", "kaupunki", "by", "المدينة", "город", "城市",
            "población", "localidad", "municipio", "comune", "località", "localité", "commune", "postort", "poststed",
            "woonplaats", "şehir", "πόλη", "město", "miejscowość", "város", "település", "oraș", "localitate", "עיר",
            "місто", "도시", "thành phố", "kota", "град", "plz ort",
            "plz stadt", "plz wohnort", "zip city", "postcode city", "code postal ville", "cp ville", "postnr ort",
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
        "may_contact",
        term("imports.target.may_contact", "may be contacted"),
        ("may be contacted", "may contact", "contact allowed"),
        hint=term("import.no_opts_out", "a no opts out"),
    ),
    Target(
        "attended_at",
        term("imports.target.attended_at", "attended at"),
        (
            "attended at", "attended on", "attendance date", "attendance time", "date attended", "event date",
            "check in time", "checkin time", "checked in at", "check in date", "checkin date", "join time",
            "joined at", "scan time", "scanned at", "scan date", "badge scan time", "visited at", "visit date",
            "first join", "first join time", "join date time", "first live access time",
            "beitrittszeit", "erster beitritt", "eintritt", "beitritt", "hora de entrada", "heure d'arrivée",
            "visit time", "besuchsdatum", "scan zeit", "scanzeit", "scandatum", "besucht am", "gescannt am",
            "check in",
            "timestamp of scan", "scan timestamp", "scan date time", "date scanned", "time scanned",
            "teilgenommen am", "fecha de asistencia", "date de participation",
        ),
        ("capture time", "captured at", "event time", "session date", "attended"),
    ),
)  # fmt: skip

TARGETS: Final[Mapping[str, Target]] = {target.name: target for target in FIELDS}

# Any number of columns may say, each in its own way, who must not be written to.
OPT_OUTS: Final = frozenset({"opted_out", "may_contact"})

# Fields that several columns can make together, with what stands between their texts.
JOINED: Final[Mapping[str, str]] = {"first_name": " ", "last_name": " ", "full_name": " ", "note": "\n"}
# Each of these names somebody.
NAMES: Final = frozenset({"full_name", "family_first", "first_name", "last_name"})

# Targets that are no fields themselves: what they hold goes into these.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "middle_name": ("first_name",),
    "family_first": ("first_name", "last_name"),
    "phone_country": ("phone",),
    "phone_area": ("phone",),
    "address": ("city", "country"),
}


def current_labels() -> dict[str, list[str]]:
    """The label of each field as it stands now; add former labels to it before `match_columns`."""
    return {target.name: [str(target.label)] for target in FIELDS}


def label_of(target: str | None, labels: Mapping[str, Iterable[str]]) -> str:
    """What the company calls the field, for a sentence."""
    name = target or ""
    for text in labels.get(name, ()):
        return str(text)
    return str(TARGETS[name].label) if name in TARGETS else name
