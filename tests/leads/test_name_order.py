import pytest

from leads.normalise import split_family_first, split_name
from leads.normalise.name_order import has_family_name_first


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Nagy Péter", ("Péter", "Nagy")), ("Kiss Anna Mária", ("Anna Mária", "Kiss")),
        ("dr. Szabó Gábor", ("Gábor", "Szabó")), ("Kovácsné Tóth Éva", ("Éva", "Kovácsné Tóth")),
        ("De Luca Giulia", ("Giulia", "De Luca")), ("Van Den Berg Sjaak", ("Sjaak", "Van Den Berg")),
        ("Wiśniewski Paweł", ("Paweł", "Wiśniewski")), ("Nguyen Van Anh", ("Van Anh", "Nguyen")),
        ("Dvořák Jiří, Ph.D.", ("Jiří", "Dvořák")), ("Doe, John", ("John", "Doe")),
        ("Péter László", ("László", "Péter")),
        ("Anna Smith", ("Anna", "Smith")), ("Jean DUPONT", ("Jean", "DUPONT")), ("Anna", ("Anna", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_a_name_with_the_family_name_in_front_is_parted_behind_it(full: str, parts: tuple[str, str]) -> None:
    assert split_family_first(full) == parts


@pytest.mark.parametrize(
    ("names", "is_in_front"),
    [
        (["Nagy Péter", "Kiss Anna", "Toth Zoltan"], True),
        (["Ann Lee", "Maria Rossi", "Pawel Nowak"], False),
        (["Nagy Péter", "Zsófia Varga"], None),
        (["Nagy Péter", "Lee Chan", "Ray Sun", "Cid Oz", "Dan Dot"], None),
        (["Nguyen Van Anh", "Tran Thi Huong"], True),
        (["Rossi, Mario", "Luca", ""], None),
        (["Ali Hassan", "Omar Ibrahim", "James Robert", "John Peter"], None),
        ([], None),
    ],
)
def test_the_order_is_what_most_names_of_a_column_plainly_have(
    names: list[str], is_in_front: bool | None
) -> None:
    assert has_family_name_first(names) is is_in_front


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("王小明", ("小明", "王")), ("李娜", ("娜", "李")), ("欧阳修", ("修", "欧阳")), ("김민수", ("민수", "김")),
        ("남궁민수", ("민수", "남궁")), ("山田太郎", ("太郎", "山田")), ("高橋健", ("健", "高橋")),
        ("佐々木さくら", ("さくら", "佐々木")), ("田中", ("田中", "")), ("太郎", ("太郎", "")),
        ("ジョン", ("ジョン", "")), ("株式会社山田", ("株式会社山田", "")),
        ("Nguyễn Văn Anh", ("Văn Anh", "Nguyễn")), ("Trần Thị Hương", ("Thị Hương", "Trần")),
        ("Anh Nguyễn", ("Anh", "Nguyễn")),
    ],
)  # fmt: skip
def test_a_family_name_of_east_asia_is_found_without_a_blank(full: str, parts: tuple[str, str]) -> None:
    assert split_name(full) == parts
