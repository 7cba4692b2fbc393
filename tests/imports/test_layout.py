from collections.abc import Sequence

from imports.files.records import Record
from imports.layout import Layout, find_layout


def layout_of(*rows: Sequence[str]) -> Layout:
    records = [Record(number, list(cells), "", {}) for number, cells in enumerate(rows, 1) if any(cells)]
    return find_layout(records, is_text=False, header_row=None)


PERSON = ["Ann", "Lee", "ann@kiesel.example", "030 1234567", "Kiesel AG", "030 7654321"]


def test_a_header_that_says_little_takes_the_group_above_it() -> None:
    groups = ["Person", "", "", "", "Company", ""]
    header = ["First name", "Last name", "E-mail", "Phone", "Name", "Phone"]

    assert layout_of(groups, header, PERSON, PERSON).headers == (
        "First name", "Last name", "E-mail", "Person Phone", "Company Name", "Company Phone",
    )  # fmt: skip


def test_each_of_several_people_of_a_row_has_the_group_in_front() -> None:
    groups = ["Company", "", "Contact 1", "", "Contact 2", ""]
    header = ["Name", "Website", "Name", "E-mail", "Name", "E-mail"]
    row = ["Kiesel AG", "kiesel.example", "Ann Lee", "ann@kiesel.example", "Bob Ray", "bob@kiesel.example"]

    assert layout_of(groups, header, row, row).headers == (
        "Company Name", "Website", "Contact 1 Name", "Contact 1 E-mail", "Contact 2 Name", "Contact 2 E-mail",
    )  # fmt: skip


def test_what_is_written_above_a_header_is_no_group() -> None:
    header = ["Name", "E-mail", "Phone"]
    person = ["Ann Lee", "ann@kiesel.example", "030 1234567"]

    assert layout_of(["Exported:", "Q2"], header, person, person).headers == tuple(header)


def test_the_parts_of_a_question_are_headers_below_it() -> None:
    header = ["ID", "Email", "Your contact details", "", "", "May we write to you?"]
    parts = ["", "", "Company", "Phone number", "Country", "Response"]
    person = ["1", "ann@kiesel.example", "Kiesel AG", "030 1234567", "DE", "yes"]

    found = layout_of(header, parts, person, person)

    assert found.header_row == 2
    assert found.headers == ("ID", "Email", "Company", "Phone number", "Country", "May we write to you?")


def test_the_first_row_below_a_header_with_blanks_stays_a_row() -> None:
    rows = [["Name", "", "City"], ["Ann Lee", "Kiesel AG", ""], ["Bob Ray", "Roth AG", "Bonn"]]

    assert layout_of(*rows).header_row == 1


def test_a_fuller_row_of_headers_below_a_panel_of_figures_is_the_header() -> None:
    panel = [["1. Zusammenfassung"], ["Titel", "Demo"], ["Teilnehmer", "1"], ["2. Teilnehmer"]]
    header = ["Name", "Beitritt", "Letzter Austritt", "Dauer", "E-Mail", "Kennung", "Rolle"]
    person = ["Ann Lee", "13:01", "13:50", "48m", "ann@kiesel.example", "ann@kiesel.example", "Gast"]

    assert layout_of(*panel, header, person, person).header_row == 5


HOSTS = [["Name", "Email", "Join time"], ["Rita Host", "rita@kiesel.example", "10:00"], ["Attendees", "", ""]]


def test_a_longer_table_that_repeats_the_first_one_s_headers_is_the_list() -> None:
    header = ["Name", "Email", "Join time", "Company", "Job title"]
    person = ["Ann Lee", "ann@kiesel.example", "10:01", "Kiesel AG", "CTO"]

    assert layout_of(*HOSTS, header, person, person).header_row == 4


def test_a_longer_table_of_fewer_people_is_not() -> None:
    header = ["Name", "Email", "Join time", "Company", "Job title"]

    assert layout_of(*HOSTS, header, ["total", "", "", "", "1"]).header_row == 1
