import json
from pathlib import Path

import pytest

from imports.mapping import TARGETS, current_labels, match_columns
from imports.vendors import VENDORS, Vendor, plain, recognise, vendor_called

LABELS = current_labels()

LINES = {
    "Salesforce": "Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Mailing City,"
    "Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Phone,Fax,Mobile,Email,Account Owner,Email Opt Out",
    "HubSpot": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Marketing contact status,"
    "Job Title,Company Name,Country/Region,Website URL,Number of Employees,HubSpot Score,Create Date",
    "Pipedrive": "Person - ID,Person - Name,Person - Label,Person - Email - Work,Person - Email - Home,"
    "Person - Phone - Work,Person - Phone - Mobile,Person - Organization,Person - Owner,Person - Job title",
    "Zoho": "Record Id,Lead Owner.id,Lead Owner,Company,First Name,Last Name,Title,Email,Mobile,Lead Source,"
    "Lead Status,"
    "No. of Employees,Rating,Created Time,Email Opt Out,Secondary Email,City,Country",
    "Mailchimp": "Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,CONFIRM_IP,LATITUDE,"
    "CC,LEID,EUID,"
    "TAGS",
    "LinkedIn": "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
    "Apollo": "First Name,Last Name,Title,Company,Company Name for Emails,Email,Email Status,Seniority,Contact Owner,"
    "Work Direct Phone,Corporate Phone,Stage,# Employees,Person Linkedin Url,Company Linkedin Url,City,Company City",
    "Eventbrite": "Order #,Order Date,First Name,Last Name,Email,Ticket Type,Attendee #,Attendee Status,Home Country,"
    "Cell Phone,Buyer First Name,Buyer Email",
    "Google": "First Name,Middle Name,Last Name,Nickname,File As,Organization Name,Organization Title,E-mail 1 - Label,"
    "E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value,Address 1 - Country",
}  # fmt: skip
TAKEN = {
    "Salesforce": {"Title": "title", "Account Name": "company", "Mailing City": "city", "Email Opt Out": "opted_out"},
    "HubSpot": {"Phone Number": "phone", "Company Name": "company", "Country/Region": "country",
    "Website URL": "website"},
    "Pipedrive": {"Person - Name": "full_name", "Person - Email - Work": "email", "Person - Phone - Mobile": "mobile",
                  "Person - Organization": "company", "Person - Job title": "title"},
    "Zoho": {"Company": "company", "No. of Employees": "employees", "Email": "email", "Email Opt Out": "opted_out"},
    "Mailchimp": {"Email Address": "email", "CC": "country", "Phone Number": "phone"},
    "LinkedIn": {"URL": "linkedin_url", "Position": "title", "Company": "company"},
    "Apollo": {"Company": "company", "Work Direct Phone": "phone", "Person Linkedin Url": "linkedin_url",
    "City": "city"},
    "Eventbrite": {"Email": "email", "Cell Phone": "mobile", "Home Country": "country"},
    "Google": {"E-mail 1 - Value": "email", "Middle Name": "middle_name", "Organization Title": "title"},
}  # fmt: skip
NEVER = {
    "Record ID", "Record Id", "Contact owner", "Contact Owner", "Account Owner", "Lead Owner",
    "Lead Owner.id", "Person - Owner",
    "Lead Status", "Lifecycle Stage", "Stage", "HubSpot Score", "Rating", "MEMBER_RATING", "OPTIN_TIME", "CONFIRM_IP",
    "Marketing contact status", "Attendee Status", "Buyer First Name", "Buyer Email", "Company Linkedin Url",
    "Create Date",
    "Salutation", "Fax", "Person - Label", "TAGS", "Nickname", "E-mail 2 - Value",
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_knows_an_export_and_what_its_columns_are(name: str) -> None:
    headers = LINES[name].split(",")

    vendor = recognise(headers)
    assert vendor is not None
    found = match_columns(headers, sample=[], labels=LABELS, vendor=vendor)

    assert vendor.name == name
    taken = {header: match.target for header, match in found.items() if match.target}
    assert TAKEN[name].items() <= taken.items()
    assert not taken.keys() & NEVER
    assert len(set(taken.values())) == len(taken)


@pytest.mark.parametrize("name", LINES)
def test_order_case_and_blanks_of_the_headers_do_not_matter(name: str) -> None:
    headers = [f"  {header.upper()} " for header in reversed(LINES[name].split(","))]

    vendor = recognise(headers)

    assert vendor is not None
    assert vendor.name == name


@pytest.mark.parametrize(
    "line",
    [
        "First name,Last name,E-mail,Phone,Job title,Company",
        "Vorname,Nachname,Firma,E-Mail",
        "Lead ID,Contact Name,Email,Mobile,Lead Owner,Source,Campaign,Status,Notes",
        "id,created_time,ad_name,adset_name,campaign_name,form_name,is_organic,platform,full_name,email,phone_number",
        "Person Name,Person Email,Organization Name",
        "Name,Email,Phone,Company,Country,Website",
    ],
)
def test_takes_no_other_list_for_an_export(line: str) -> None:
    assert recognise(line.split(",")) is None


def test_every_line_that_we_were_given_is_told(shared_data: Path) -> None:
    lines = json.loads((shared_data / "import_files" / "vendor_headers_dev.json").read_text())

    told = {line["tool"]: recognise(line["header"].split(",")) for line in lines}

    assert {tool: vendor.name if vendor else "" for tool, vendor in told.items()} == {
        tool: tool.split()[0] for tool in told
    }


def test_a_blank_column_gives_way_to_another_of_the_same_field() -> None:
    headers = ["Company Name for Emails", "First Phone", "Work Direct Phone", "Email"]
    sample = [{"First Phone": "+49 30 23125001", "Work Direct Phone": "", "Email": "a@kiesel.example"}]

    found = match_columns(headers, sample=sample, labels=LABELS, vendor=recognise(headers))

    assert (found["First Phone"].target, found["Work Direct Phone"].target) == ("phone", None)
    assert found["First Phone"].why == "Apollo calls our phone so."
    assert found["Work Direct Phone"].why == "A column of Apollo that is not taken."


def test_the_company_s_own_word_wins_over_the_program_s() -> None:
    headers = LINES["HubSpot"].split(",")
    labels = LABELS | {"note": ["Company Name"]}

    found = match_columns(headers, sample=[], labels=labels, vendor=recognise(headers))

    assert found["Company Name"].target == "note"


def test_the_buyer_of_a_ticket_stands_in_only_where_nobody_else_is_named() -> None:
    both = ["Order #", "Ticket Type", "First Name", "Email", "Buyer Name", "Buyer Email"]
    alone = ["Order #", "Ticket Type", "Buyer Name", "Buyer Email"]
    vendor = recognise(both)
    assert vendor is not None

    assert {header: field for header, field in vendor.columns(both).items() if field} == {
        "First Name": "first_name", "Email": "email",
    }  # fmt: skip
    assert {header: field for header, field in vendor.columns(alone).items() if field} == {
        "Buyer Name": "full_name", "Buyer Email": "email",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "key"),
    [("hubspot", "hubspot"), ("HUBSPOT", "hubspot"), ("Zoho CRM", "zoho"), ("apollo.io",
    "apollo"), ("Google Contacts", "google")],
)  # fmt: skip
def test_a_program_is_found_by_its_name(name: str, key: str) -> None:
    vendor = vendor_called(name)

    assert vendor is not None
    assert vendor.key == key
    assert vendor_called("Mautic") is None


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.key)
def test_what_ships_is_consistent(vendor: Vendor) -> None:
    spelt = [text for texts in vendor.fields.values() for text in texts]

    assert vendor.fields.keys() <= TARGETS.keys()
    assert len(spelt) == len(set(spelt))
    assert not vendor.left_out & set(spelt)
    assert all(text == plain(text) and text for text in [*spelt, *vendor.left_out])
