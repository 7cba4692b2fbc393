"""Reports with several tables, and lists with two rows of headers."""

import pytest

from tests.imports.listing import read, table

PARTICIPANTS = (
    "1. Summary\nMeeting title\tDemo\nAttended participants\t2\n\n2. Participants\n"
    "Name\tFirst Join\tEmail\tRole\nAnn Lee\t9/14/26, 9:58 AM\tann@kiesel.example\tAttendee\n"
    "Bob Ray (Guest)\t9/14/26, 9:59 AM\t\tAttendee\n\n"
)
ACTIVITIES = "3. In-Meeting Activities\nName\tJoin Time\tEmail\tRole\n"


def test_the_comings_and_goings_of_a_meeting_are_no_people() -> None:
    shape, found = read(
        PARTICIPANTS + ACTIVITIES + "Ann Lee\t9:58 AM\tann@kiesel.example\tAttendee\n"
        "Bob Ray (Guest)\t9:59 AM\t\tAttendee\nBob Ray (Guest)\t10:40 AM\t\tAttendee\n"
    )

    assert [row.values["Name"] for row in found] == ["Ann Lee", "Bob Ray (Guest)"]
    assert (shape.row_count, shape.footer_row) == (2, 10)
    assert shape.notes[-1].startswith(
        "The list ends above row 10; what stands below it is left out: row 10 “3. In-Meeting Activities”, row 11 “Name”"
    )


def test_one_new_address_among_those_who_came_and_went_is_not_lost() -> None:
    again = "Ann Lee\t9:58 AM\tann@kiesel.example\tAttendee\n" * 9

    _, found = read(PARTICIPANTS + ACTIVITIES + again + "Cid Oz\t10:02 AM\tcid@roth.example\tAttendee\n")

    assert "cid@roth.example" in [row.values["Email"] for row in found]


def test_so_it_is_in_a_long_report() -> None:
    people = [f"Ann Lee{number}\t9:58 AM\tann{number}@kiesel.example\tAttendee\n" for number in range(300)]

    shape, found = read("".join([PARTICIPANTS[:-1], *people, "\n", ACTIVITIES, *people, *people]))

    assert len(found) == shape.row_count == 302
    assert shape.notes[-1].endswith("and 597 more.")


def test_those_who_gave_the_event_are_no_leads() -> None:
    content = (
        "Attendee Details\nFirst Name,Last Name,Email\nAnn,Lee,ann@kiesel.example\nBob,Ray,bob@kiesel.example\n"
        "Staff Details\nName,Email\nHannah Host,hannah@ours.example\n"
    )

    assert len(read(content)[1]) == 2


def test_a_table_with_other_people_is_read_on_under_the_same_headers() -> None:
    content = (
        "Germany\nName,Email,Company\nAnn Lee,ann@kiesel.example,Kiesel AG\nBob Ray,bob@kiesel.example,Kiesel AG\n\n"
        "France\nName,Company,Email,Note\nCid Oz,Roth SA,cid@roth.example,hot\n\n"
        "Italy\nName,Email,Company\nDan Dot,dan@dot.example,Dot\n"
    )

    shape, found = read(content)

    assert [list(row.values.values()) for row in found] == [
        ["Ann Lee", "ann@kiesel.example", "Kiesel AG", ""],
        ["Bob Ray", "bob@kiesel.example", "Kiesel AG", ""],
        ["Cid Oz", "cid@roth.example", "Roth SA", "hot"],
        ["Dan Dot", "dan@dot.example", "Dot", ""],
    ]
    assert not any(row.problem for row in found)
    assert shape.headers == ("Name", "Email", "Company", "Note")
    assert [row.number for row in found] == [3, 4, 8, 12]
    assert "In row 7 another table begins; what it has under the same headers is read on." in shape.notes
    assert type(shape).from_json(shape.to_json()) == shape


def test_a_table_about_the_meeting_is_not_the_list() -> None:
    content = (
        "Meeting ID,Topic,User Email,Duration (Minutes)\n812 3456 7890,Demo,hannah@ours.example,65\n\n"
        "Name (Original Name),User Email,Duration (Minutes)\nHannah Host,hannah@ours.example,65\nAnn Lee,,20\n"
    )

    assert [row[0] for row in table(content)] == ["Name (Original Name)", "Hannah Host", "Ann Lee"]


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ("Vorname,Firma,E-Mail\nFirst name,Company,Email\n", ["Vorname", "Firma", "E-Mail"]),
        ("First Name,Company,Email Address\nfirstname,company,email\n", ["First Name", "Company", "Email Address"]),
        ("RecipientFirstName,Q1,RecipientEmail\nRecipient First Name,Company,Recipient Email\n"
         '"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}"\n',
         ["RecipientFirstName", "Company", "RecipientEmail"]),
    ],
)  # fmt: skip
def test_a_second_row_of_headers_is_no_person(headers: str, wanted: list[str]) -> None:
    content = headers + "Ann,Kiesel AG,ann@kiesel.example\nBob,Roth,bob@roth.example\n"

    assert table(content) == [
        wanted,
        ["Ann", "Kiesel AG", "ann@kiesel.example"],
        ["Bob", "Roth", "bob@roth.example"],
    ]


def test_the_other_parts_of_a_report_are_no_people() -> None:
    content = (
        "Attendee Details\nAttended,First Name,Last Name,Email\nYes,Ann,Lee,ann@kiesel.example\n"
        "No,Bob,Ray,bob@kiesel.example\nPoll Questions\nQuestion,Answer\nHow was it?,Well\n"
        "Questions Asked\nFirst Name,Last Name,Question\nAnn,Lee,How much?\n"
    )

    shape, found = read(content)

    assert [row.values["First Name"] for row in found] == ["Ann", "Bob"]
    assert shape.footer_row == 5


def test_a_title_between_people_ends_nothing() -> None:
    content = (
        "Leads\nName,Email,City,Phone\nAnn Lee,ann@kiesel.example,Bonn,\nFrance\nCid Oz,,Lyon,\n"
        "Dan Dot,dan@dot.example,Lyon,\n"
    )

    assert len(read(content)[1]) == 4


def test_a_person_whose_values_are_headers_elsewhere_is_no_header() -> None:
    content = "Name,Type,Role\nAnn Lee,Customer,Owner\nBob Ray,Partner,Manager\nCid Oz,Lead,Customer\n"

    assert len(read(content)[1]) == 3


def test_a_header_with_an_example_stays_one() -> None:
    people = "ann@kiesel.example,Ann Lee\nbob@roth.example,Bob Ray\n"

    assert table("E-mail (name@company.com),Your name\n" + people)[0] == [
        "E-mail (name@company.com)",
        "Your name",
    ]
    assert read("E-mail: you@company.com\nann@kiesel.example\nbob@roth.example\n")[0].header_row == 1


def test_a_person_of_one_cell_above_a_header_that_comes_again_is_no_title() -> None:
    content = "Name,Email\nAnn Lee,ann@kiesel.example\nBob Ray,\nName,Email\nCid Oz,cid@oz.example\n"

    assert [row.values["Name"] for row in read(content)[1]] == ["Ann Lee", "Bob Ray", "Cid Oz"]
