import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from imports.mapping import (
    FIELDS,
    current_labels,
    is_known_header,
    is_opt_out,
    match_columns,
    missing,
    to_raw,
)
from imports.vendors import recognise
from terminology.labels import REGISTRY

LABELS = current_labels()


def targets(header_line: str, *rows: str, labels: Mapping[str, list[str]] = LABELS) -> dict[str, str]:
    """Column to field, for those that were recognised."""
    headers = header_line.split(",")
    sample = [dict(zip(headers, row.split(","), strict=True)) for row in rows]
    return {
        header: match.target
        for header, match in match_columns(headers, sample=sample, labels=labels).items()
        if match.target
    }


# --- By label -----------------------------------------------------------------------------------------------------


def test_knows_the_label_that_the_company_uses_now() -> None:
    labels = LABELS | {"company": ["Auftraggeber", "company"], "title": ["Rolle im Haus"]}

    found = match_columns(["Auftraggeber", "rolle im haus"], sample=[], labels=labels)

    assert [match.target for match in found.values()] == ["company", "title"]
    assert found["Auftraggeber"].why == "The header is the label of Auftraggeber."
    assert found["Auftraggeber"].confidence == 1.0


def test_knows_a_label_that_the_company_used_before() -> None:
    labels = LABELS | {"company": ["Client house", "Prospect house"]}

    found = match_columns(["Prospect house"], sample=[], labels=labels)["Prospect house"]

    assert (found.target, found.why) == ("company", "The header is a former label of Client house.")


def test_a_column_is_recognised_by_what_another_tool_calls_it() -> None:
    found = match_columns(
        ["Kundenrolle"], sample=[], labels=current_labels(), words={"title": ["Kundenrolle"]}
    )["Kundenrolle"]

    assert (found.target, found.confidence) == ("title", 0.97)
    assert found.why == "Another tool or a team calls job title so."


def test_the_company_s_own_word_wins_over_what_it_means_elsewhere() -> None:
    labels = LABELS | {"note": ["Company"], "company": ["Account"]}

    assert targets("Company,Account", labels=labels) == {"Company": "note", "Account": "company"}


def test_labels_are_those_of_the_fields() -> None:
    assert REGISTRY["leads.contact.email"] == "e-mail"
    assert LABELS["title"] == ["job title"]
    assert list(LABELS) == [target.name for target in FIELDS]


def test_no_spelling_belongs_to_two_fields() -> None:
    seen: dict[str, str] = {}
    for target in FIELDS:
        for spelling in target.synonyms:
            assert seen.setdefault(spelling.casefold(), target.name) == target.name


# --- By spelling --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", ["Email", "E-MAIL", "e mail", "email_address", "EmailAddress", "E-mail Address:", "Email__c"]
)
def test_case_blanks_and_punctuation_do_not_matter(header: str) -> None:
    assert targets(header) == {header: "email"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Seniority,"
            "Work Direct Phone,Mobile Phone,Corporate Phone,# Employees,Industry,Person Linkedin Url,Website,"
            "Company Linkedin Url,City,Country,Company City",
            {
                "First Name": "first_name", "Last Name": "last_name", "Title": "title", "Company Name": "company",
                "Email": "email", "Work Direct Phone": "phone", "Mobile Phone": "mobile", "# Employees": "employees",
                "Industry": "industry", "Person Linkedin Url": "linkedin_url", "Website": "website", "City": "city",
                "Country": "country",
            },
        ),
        (
            "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
            {
                "First Name": "first_name", "Last Name": "last_name", "URL": "website", "Email Address": "email",
                "Company": "company", "Position": "title",
            },
        ),
        (
            "Id,FirstName,LastName,HasOptedOutOfEmail,NumberOfEmployees,Account Name,MobilePhone,LeadSource,OwnerId,"
            "MailingCity,MailingCountry",
            {
                "FirstName": "first_name", "LastName": "last_name", "HasOptedOutOfEmail": "opted_out",
                "NumberOfEmployees": "employees", "Account Name": "company", "MobilePhone": "mobile",
                "MailingCity": "city", "MailingCountry": "country",
            },
        ),
        (
            "Vorname,Nachname,Firma,Position,E-Mail-Adresse,Telefon,Ort,Land",
            {
                "Vorname": "first_name", "Nachname": "last_name", "Firma": "company", "Position": "title",
                "E-Mail-Adresse": "email", "Telefon": "phone", "Ort": "city", "Land": "country",
            },
        ),
        (
            "Prénom,Nom de famille,Société,Fonction,Courriel,Téléphone,Ville,Pays",
            {
                "Prénom": "first_name", "Nom de famille": "last_name", "Société": "company", "Fonction": "title",
                "Courriel": "email", "Téléphone": "phone", "Ville": "city", "Pays": "country",
            },
        ),
        (
            "Attendee Name,Attendee Email,Join Time,Organization,Job Title",
            {
                "Attendee Name": "full_name", "Attendee Email": "email", "Join Time": "attended_at",
                "Organization": "company", "Job Title": "title",
            },
        ),
    ],
)  # fmt: skip
def test_knows_the_headers_of_other_programs(line: str, expected: dict[str, str]) -> None:
    assert targets(line) == expected


VENDORS = {
    "HubSpot contacts export": {
        "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Phone Number": "phone",
        "Associated Company": "company",
    },
    "HubSpot contacts export (short)": {
        "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Job Title": "title",
        "Company Name": "company", "Website URL": "website", "Country/Region": "country", "Phone Number": "phone",
        "LinkedIn URL": "linkedin_url",
    },
    "HubSpot companies export": {"Company name": "company", "Website URL": "website"},
    "Salesforce report export, contacts": {
        "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Phone": "phone",
        "Account Name": "company", "Mailing City": "city",
    },
    "Pipedrive people export": {
        "Person - Name": "full_name", "Person - Email": "email", "Person - Phone": "phone",
        "Organization - Name": "company",
    },
    "Pipedrive activities export": {
        "Activity - Note": "note", "Person - Name": "full_name", "Person - Email": "email",
        "Organization - Name": "company",
    },
    "Mailchimp audience export": {
        "Email Address": "email", "First Name": "first_name", "Last Name": "last_name", "CC": "country",
    },
    "Google Contacts export": {
        "Given Name": "first_name", "Family Name": "last_name", "E-mail 1 - Value": "email", "Phone 1 - Value": "phone",
        "Organization 1 - Name": "company",
    },
    "Eventbrite attendee export (short)": {"First Name": "first_name", "Last Name": "last_name", "Email": "email"},
}  # fmt: skip


@pytest.mark.parametrize("tool", VENDORS)
def test_knows_the_exports_of_the_vendors(shared_data: Path, tool: str) -> None:
    lines = json.loads((shared_data / "import_files" / "vendor_headers_dev.json").read_text())

    header = next(line["header"] for line in lines if line["tool"] == tool)

    assert targets(header) == VENDORS[tool]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Nmae", "full_name"), ("Emial", "email"), ("Phne", "phone"), ("Compny", "company"),
        ("Frist Name", "first_name"), ("Emial Adress", "email"), ("Contry", "country"), ("Idustry", "industry"),
    ],
)  # fmt: skip
def test_forgives_one_slip_of_typing(header: str, target: str) -> None:
    found = match_columns([header], sample=[], labels=LABELS)[header]

    assert found.target == target
    assert found.why.startswith("Spelt almost like")


@pytest.mark.parametrize(
    "header",
    [
        "Owner Email", "Lead owner", "Company owner", "County", "State", "Status", "Stage", "Rate", "Date", "Main",
        "Opt In", "OPTIN_TIME", "Marketing consent", "Campaign", "Function", "Company Linkedin Url", "Fax",
        "Record ID",
        "List name", "Activity - Done", "Amount", "Sales Rep", "Next appointment date", "Manager Email", "Reports to",
        "Lead Source",
    ],
)  # fmt: skip
def test_takes_no_column_for_what_it_is_not(header: str) -> None:
    assert targets(header) == {}


# --- By content ---------------------------------------------------------------------------------------------------


def test_knows_columns_by_what_is_in_them() -> None:
    found = match_columns(
        ["A", "B", "C", "D", "E"],
        sample=[
            {
                "A": "ann@example.com",
                "B": "+1 202 555 0100",
                "C": "https://www.example.com",
                "D": "Germany",
                "E": "x1",
            },
            {
                "A": "bob@example.com",
                "B": "(202) 555-0101",
                "C": "https://example.org",
                "D": "France",
                "E": "x2",
            },
            {"A": "", "B": "202-555-0102", "C": "www.example.net", "D": "Germany", "E": "x3"},
        ],
        labels=LABELS,
    )

    assert {header: match.target for header, match in found.items()} == {
        "A": "email", "B": "phone", "C": "website", "D": "country", "E": None,
    }  # fmt: skip
    assert found["A"].why == "2 of 2 values look like e-mail addresses."
    assert found["E"].why == "Neither the header nor the values look like a field that we know."


def test_a_title_of_courtesy_is_no_job_title() -> None:
    assert targets("Title,Occupation,Name", "Mr.,Plumber,Ann Lee", "Dr.,Vet,Bob Roy") == {
        "Occupation": "title", "Name": "full_name",
    }  # fmt: skip


def test_a_contact_that_is_a_number_is_the_phone() -> None:
    assert targets("Contact,Lead Name", "555-6001,Ann Lee", "555-6002,Bob Roy") == {
        "Contact": "phone", "Lead Name": "full_name",
    }  # fmt: skip


def test_the_address_of_one_account_manager_in_all_rows_is_not_theirs() -> None:
    rows = [f"P{number},boss@example.com" for number in range(9)]

    assert targets("Name,Responsible", *rows) == {"Name": "full_name"}


def test_profile_pages_are_not_the_company_s_website() -> None:
    found = targets("URL", "https://www.linkedin.com/in/ann-lee", "https://www.linkedin.com/in/bob-roy")

    assert found == {"URL": "linkedin_url"}


def test_ids_are_no_phone_numbers() -> None:
    assert targets("Key,Name", "120334455,Ann", "120334456,Bob") == {"Name": "full_name"}


def test_a_status_of_subscribers_tells_who_opted_out() -> None:
    assert (
        targets("Status,Email", "subscribed,a@example.com", "unsubscribed,b@example.com")["Status"]
        == "opted_out"
    )
    assert "Status" not in targets("Status,Email", "New,a@example.com", "Working,b@example.com")


def test_a_list_of_companies_names_companies() -> None:
    found = match_columns(["NAME", "PHONE", "WEBSITE"], sample=[], labels=LABELS)

    assert found["NAME"].target == "company"
    assert found["NAME"].why == "The list has columns about companies and none about people."


# --- One field, one column ----------------------------------------------------------------------------------------


def test_a_field_goes_to_the_column_that_fits_best() -> None:
    found = match_columns(["Emails", "Personal Email", "E-mail"], sample=[], labels=LABELS)

    assert found["E-mail"].target == "email"
    assert (found["Emails"].target, found["Emails"].why) == (
        None,
        "It could be e-mail, but that is “E-mail”.",
    )


def test_of_two_equal_columns_the_fuller_one_is_taken() -> None:
    sample = [{"Email": "", "Email (2)": "ann@example.com"}] * 3

    assert match_columns(["Email", "Email (2)"], sample=sample, labels=LABELS)["Email"].target == "email"
    assert targets("Email address,Mail", ",ann@example.com", ",bob@example.com") == {"Mail": "email"}


def test_a_repeated_column_is_left_out() -> None:
    assert targets("Name,Email,Name (2),Email (2)") == {"Name": "full_name", "Email": "email"}


def test_the_same_columns_are_matched_alike_in_any_order() -> None:
    headers = ["Title", "Mobile", "Phone 1", "Company", "Employer", "Given name", "E-mail", "Emails"]

    forwards = match_columns(headers, sample=[], labels=LABELS)
    backwards = match_columns(headers[::-1], sample=[], labels=LABELS)

    assert forwards == {header: backwards[header] for header in headers}
    assert list(forwards) == headers


def test_a_known_header_is_known_whatever_it_is_for() -> None:
    assert all(map(is_known_header, ["Email", "Lead Source", "Person - Name", "Zip", "VORNAME"]))
    assert not any(map(is_known_header, ["Ann Lee", "Acme Ltd", "ann@example.com", "42"]))


# --- Using a mapping ----------------------------------------------------------------------------------------------


def test_says_that_nobody_can_be_told_apart() -> None:
    assert missing({"Notes": "note", "Region": None, "Firm": "company"}) == [
        "No column says who the people are. Choose the column for e-mail, full name, last name or phone."
    ]


@pytest.mark.parametrize("target", ["email", "full_name", "last_name", "first_name", "phone", "mobile"])
def test_one_column_that_says_who_it_is_is_enough(target: str) -> None:
    assert missing({"A": target, "B": ""}) == []


def test_says_that_a_field_is_given_twice_and_that_one_is_none() -> None:
    assert missing({"A": "email", "B": "email", "C": "shoe_size"}, labels={"email": ["Mail"]}) == [
        "The columns “A” and “B” are both Mail. Keep one of them.",
        "“shoe_size” is not a field of an import. Choose another for the column “C”.",
    ]


def test_gives_a_row_as_fields_without_blanks_and_columns_left_out() -> None:
    values = {"Name": "Ann Lee", "Mail": "ann@example.com", "Tel": "", "Region": "North"}

    raw = to_raw(values, {"Name": "full_name", "Mail": "email", "Tel": "phone", "Region": None})

    assert raw == {"full_name": "Ann Lee", "email": "ann@example.com"}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("raj@example.com / 98765 01234", {"email": "raj@example.com", "phone": "98765 01234"}),
        ("Jane Roe <jane@example.com>", {"email": "jane@example.com", "full_name": "Jane Roe"}),
        ("a@example.com; b@example.com", {"email": "a@example.com", "email_beside": "b@example.com"}),
        ("ann@@example", {"email": "ann@@example"}),
    ],
)
def test_takes_apart_a_cell_with_more_than_an_address(cell: str, expected: dict[str, str]) -> None:
    assert to_raw({"Contact": cell}, {"Contact": "email"}) == expected


def test_what_a_row_says_itself_is_not_overwritten_by_what_stands_beside_its_address() -> None:
    values = {"Mail": "Jane Roe <jane@example.com>", "Name": "Jane R. Roe"}

    assert to_raw(values, {"Mail": "email", "Name": "full_name"}) == {
        "email": "jane@example.com", "full_name": "Jane R. Roe",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["yes", "TRUE", "1", "x", "Unsubscribed", "cleaned", "2026-01-02", "ja", "please don't"]
)
def test_everything_but_a_clear_no_is_an_opt_out(text: str) -> None:
    assert is_opt_out(text)
    assert to_raw({"DNC": text}, {"DNC": "opted_out"}) == {"opted_out": "yes"}


@pytest.mark.parametrize("text", ["", "no", "FALSE", "0", "Subscribed", "n/a", "-", "None"])
def test_a_clear_no_is_no_opt_out_and_never_an_opt_in(text: str) -> None:
    assert not is_opt_out(text)
    assert to_raw({"DNC": text}, {"DNC": "opted_out"}) == {}


@pytest.mark.parametrize(
    ("cell", "first", "others"),
    [
        ("+33 1 23 45 67 89 / +33 6 12 34 56 78", "+33 1 23 45 67 89", "+33 6 12 34 56 78"),
        ("030 23125001 oder 0151 12345678", "030 23125001", "0151 12345678"),
        ("0171/1234567, 030/7654321; 040/7654321", "0171/1234567", "030/7654321\n040/7654321"),
        ("+49 171 1234567\n+49 30 7654321", "+49 171 1234567", "+49 30 7654321"),
    ],
)
def test_of_several_numbers_in_a_cell_the_first_is_taken_and_the_others_told(
    cell: str, first: str, others: str
) -> None:
    flaws: list[tuple[str, str]] = []

    assert to_raw({"Tel": cell}, {"Tel": "phone"}, flaws=flaws) == {"phone": first, "phone_beside": others}
    assert flaws[0][1].startswith("The cell holds several numbers. The first one is taken, ")


@pytest.mark.parametrize(
    "cell",
    ["+49 (0)30 / 1234567-0", "0171/123 45 67 89", "(202) 555-0143, ext. 12", "+44 20 7946 0018 / 0019"],
)
def test_one_number_in_parts_stays_one(cell: str) -> None:
    assert to_raw({"Tel": cell}, {"Tel": "phone"}) == {"phone": cell}


@pytest.mark.parametrize(
    ("cell", "taken"),
    [
        ("-", None),
        ("n/a", None),
        ("None", None),
        ("no e-mail", "no e-mail"),
        ("'ann@example.com", "ann@example.com"),
    ],
)
def test_what_stands_for_a_blank_address_is_blank(cell: str, taken: str | None) -> None:
    assert to_raw({"Mail": cell, "N": "Lee"}, {"Mail": "email", "N": "last_name"}).get("email") == taken


def test_what_stands_for_nothing_is_blank_in_every_column_and_a_name_is_none_of_it() -> None:
    mapping = {"A": "attended_at", "P": "phone", "T": "title", "N": "last_name"}

    assert to_raw({"A": "--", "P": "-", "T": "N/A", "N": "Null"}, mapping) == {"last_name": "Null"}


def test_columns_of_a_list_without_header_are_known_by_their_values() -> None:
    rows = [{f"Column {n}": cell for n, cell in enumerate(cells, 1)} for cells in HEADERLESS]

    found = match_columns(list(rows[0]), sample=rows, labels={})

    assert {header: match.target for header, match in found.items() if match.target} == {
        "Column 3": "email",
        "Column 4": "phone",
        "Column 6": "website",
    }


HEADERLESS = [
    ["Ann", "Lee", "ann@acme.example", "+1 202 555 0134", "Acme", "https://acme.example"],
    ["Bo", "Ng", "bo@beta.example", "+1 202 555 0136", "Beta", "https://beta.example"],
    ["Cy", "Low", "cy@gamma.example", "+1 202 555 0139", "Gamma", "https://gamma.example"],
]


def test_the_words_before_a_dutch_family_name_belong_to_it() -> None:
    headers = ["Voornaam", "Tussenvoegsel", "Achternaam", "E-mail"]

    found = match_columns(
        headers,
        sample=[dict(zip(headers, ["Jan", "van der", "Berg", "j@b.example"], strict=True))],
        labels={},
    )
    mapping = {header: match.target for header, match in found.items()}

    assert missing(mapping) == []
    for family in ("Berg", "van der Berg"):
        row = dict(zip(headers, ["Jan", "van der", family, "j@b.example"], strict=True))
        assert to_raw(row, mapping)["last_name"] == "van der Berg"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Telefon komórkowy", "mobile"), ("Teléfono móvil", "mobile"), ("Mobiltelefonnummer", "mobile"),
        ("Мобильный телефон", "mobile"), ("手机号码", "mobile"), ("שם פרטי", "first_name"), ("Soyadı", "last_name"),
        ("Şirket", "company"), ("Název společnosti", "company"), ("Jobbezeichnung", "title"), ("성명", "full_name"),
        ("Name des Unternehmens", "company"), ("Country/Region Name", "country"), ("Unvan", "title"),
    ],
)  # fmt: skip
def test_headers_in_other_languages_are_known(header: str, target: str | None) -> None:
    assert match_columns([header], sample=[], labels={})[header].target == target


@pytest.mark.parametrize(
    ("status", "opted_out"),
    [("subscribed", False), ("no consent", False), ("unsubscribed", True), ("archived", True)],
)
def test_the_marketing_status_of_pipedrive_says_who_has_opted_out(status: str, opted_out: bool) -> None:
    headers = ["Person - Name", "Person - Email - Work", "Person - Marketing status"]
    row = dict(zip(headers, ["Ann Lee", "ann@example.com", status], strict=True))

    found = match_columns(headers, sample=[row], labels={}, vendor=recognise(headers))

    assert (
        "opted_out" in to_raw(row, {header: match.target for header, match in found.items()})
    ) is opted_out


def test_every_column_that_says_who_must_not_be_written_to_is_taken() -> None:
    headers = ["Email", "Unsubscribed", "BLACKLISTED_EMAIL", "Do not allow Emails", "Do Not Call"]
    quiet = ["a@example.com", "0", "false", "Allow", "1"]

    found = match_columns(headers, sample=[dict(zip(headers, quiet, strict=True))], labels={})
    mapping = {header: match.target for header, match in found.items()}

    assert missing(mapping) == []
    assert "opted_out" not in to_raw(dict(zip(headers, quiet, strict=True)), mapping)
    for place, word in ((1, "1"), (2, "true"), (3, "Do Not Allow")):
        row = [*quiet[:place], word, *quiet[place + 1 :]]
        assert to_raw(dict(zip(headers, row, strict=True)), mapping)["opted_out"] == "yes"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("What is your full name?", "full_name"),
        ("What's your e-mail address?", "email"),
        ("What is your work email? *", "email"),
        ("What is your phone number?", "phone"),
        ("What is your job title?", "title"),
        ("What company do you work for?", "company"),
        ("What is your company?", "company"),
        ("What country are you interested in?", None),
        ("What is your budget?", None),
        ("What is your manager's name?", None),
        ("What?", None),
    ],
)
def test_the_questions_of_forms_are_known_as_headers(header: str, target: str | None) -> None:
    assert targets(header).get(header) == target


@pytest.mark.parametrize(
    ("cell", "email", "name"),
    [
        ("Ann Lee <ann@kiesel.example>; Bob Ray <bob@kiesel.example>", "ann@kiesel.example", "Ann Lee"),
        ("ann@kiesel.example (Ann Lee), bob@kiesel.example (Bob Ray)", "ann@kiesel.example", "Ann Lee"),
        ("ann@kiesel.example; bob@kiesel.example", "ann@kiesel.example", None),
        ("[ann@kiesel.example](mailto:ann@kiesel.example)", "ann@kiesel.example", None),
    ],
)
def test_of_several_people_in_a_cell_the_first_one_has_the_own_name(
    cell: str, email: str, name: str | None
) -> None:
    flaws: list[tuple[str, str]] = []

    raw = to_raw({"Contacts": cell}, {"Contacts": "email"}, flaws=flaws)

    assert (raw["email"], raw.get("full_name")) == (email, name)
    assert len(flaws) == cell.count(";") + cell.count("),")


@pytest.mark.parametrize("cell", ["/o=ExchangeLabs/ou=Recipients/cn=ann", "EX:/o=kiesel"])
def test_a_place_in_a_directory_of_exchange_is_no_address(cell: str) -> None:
    raw = to_raw({"E-mail": cell, "Name": "Ann Lee"}, {"E-mail": "email", "Name": "full_name"})

    assert raw == {"full_name": "Ann Lee"}


def test_a_card_in_one_cell_gives_name_and_number_and_tells_the_rest() -> None:
    flaws: list[tuple[str, str]] = []
    cell = "Ann Lee\nHead of Sales\nann@kiesel.example\n+49 30 23125001"

    assert to_raw({"Contact": cell}, {"Contact": "full_name"}, flaws=flaws) == {
        "email": "ann@kiesel.example",
        "full_name": "Ann Lee",
        "phone": "+49 30 23125001",
    }
    assert flaws == [
        ("email", "The cell holds more than an address, a name and a number: “Head of Sales” is not taken.")
    ]
    raw = to_raw({"Mail": "Bob Ray, bob@roth.example, 030 23125001"}, {"Mail": "email"})
    assert (raw["full_name"], raw["phone"]) == ("Bob Ray", "030 23125001")


def test_whether_somebody_attended_is_no_moment() -> None:
    assert targets(
        "Attended,Email", "Yes,a@kiesel.example", "No,b@kiesel.example", "--,c@kiesel.example"
    ) == {"Email": "email"}


@pytest.mark.parametrize(
    ("cell", "name", "told"),
    [
        ("Ann Lee; Bob Ray", "Ann Lee", 1),
        ("Lee; Ann", "Lee; Ann", 0),
        ("Ann Lee;", "Ann Lee;", 0),
        (";", ";", 0),
    ],
)
def test_of_several_names_in_a_cell_the_first_one_is_taken(cell: str, name: str, told: int) -> None:
    flaws: list[tuple[str, str]] = []

    assert to_raw({"Name": cell}, {"Name": "full_name"}, flaws=flaws) == {"full_name": name}
    assert len(flaws) == told


@pytest.mark.parametrize(
    ("cell", "raw"),
    [
        ("E-Mail: ann@example.com", {"email": "ann@example.com"}),
        ("ann@example.com (work)", {"email": "ann@example.com"}),
        ("ann@example.com [bounced]", {"email": "ann@example.com", "opted_out": "yes"}),
        ("OPT-OUT ann@example.com", {"email": "ann@example.com", "opted_out": "yes"}),
        ("Ann Lee ann@example.com", {"email": "ann@example.com", "full_name": "Ann Lee"}),
        ("ann lee@example.com", {"email": "ann lee@example.com"}),  # refused: whose "lee@" is nobody knows
        ("ann@example.comann@example.com", {"email": "ann@example.comann@example.com"}),
    ],
)
def test_words_beside_an_address_are_taken_for_what_they_say(cell: str, raw: dict[str, str]) -> None:
    assert to_raw({"Mail": cell}, {"Mail": "email"}) == raw
