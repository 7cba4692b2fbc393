"""The examples of docs/api.md, run as they stand."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from intake.models import ApiToken
from terminology import blueprints, editing, labels
from terminology.words import set_words
from tests.intake.conftest import EVENTS

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"```sh\ncurl (.*?)```.*?```json\n(.*?)```", re.DOTALL)


def examples() -> list[tuple[list[str], Any]]:
    """The arguments of each curl, and the answer that follows it."""
    return [
        (shlex.split(command.replace("\\\n", "")), json.loads(answer))
        for command, answer in EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    ]


def run(client: Client, arguments: list[str], *, token: str) -> Any:
    address = arguments[0].removeprefix("$LEADOPS_URL")
    options = list(zip(arguments[1::2], arguments[2::2], strict=True))
    headers = dict(
        text.replace("$LEADOPS_TOKEN", token).split(": ") for name, text in options if name == "-H"
    )
    bodies = [text for name, text in options if name == "-d"]
    if not bodies:
        return client.get(address, headers=headers).json()
    return client.post(
        address, data=bodies[0].encode(), content_type=headers.pop("Content-Type"), headers=headers
    ).json()


def without_numbers(value: Any) -> Any:
    """The answer with every id made 0, since they depend on what is there already."""
    if isinstance(value, dict):
        return {
            name: 0 if name in ("activity", "lead") else without_numbers(member)
            for name, member in value.items()
        }
    return [without_numbers(member) for member in value] if isinstance(value, list) else value


def test_every_example_is_answered_as_the_page_says(
    client: Client, issued: tuple[ApiToken, str], now: Any
) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)
    editing.rename_terms(texts={"stage.suspect": "Cold name"}, by=None, now=now)
    set_words(texts={("stage.suspect", "crm"): "Raw lead", ("stage.suspect", "sales"): "End pocket"})
    labels.refresh()
    found = examples()

    for arguments, expected in found:
        answer = run(client, arguments, token=issued[1])
        if "labels" in expected:
            answer = {"labels": {key: answer["labels"][key] for key in expected["labels"]}}
        assert without_numbers(answer) == without_numbers(expected), arguments

    assert len(found) == 6
    assert PAGE.read_text(encoding="utf-8").count("```sh") == len(found)


def test_the_page_names_every_field(client: Client, issued: tuple[ApiToken, str]) -> None:
    from intake.schemas import BatchEventIn, PersonIn

    page = PAGE.read_text(encoding="utf-8")

    fields = [*BatchEventIn.model_fields, *PersonIn.model_fields]
    assert [name for name in fields if f"`{name}`" not in page] == []
    assert EVENTS in page
