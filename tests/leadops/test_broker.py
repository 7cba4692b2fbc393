"""The embedded broker passes whole messages, each once, the oldest first."""

import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Queue

from leadops import broker
from leadops.celery import app

URL = "filesystem://localhost//"


def folders(where: Path) -> dict[str, str]:
    for name in ("messages", "control"):
        (where / name).mkdir(exist_ok=True)
    return {
        "data_folder_in": str(where / "messages"),
        "data_folder_out": str(where / "messages"),
        "control_folder": str(where / "control"),
    }


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    with Connection(URL, transport_options=folders(tmp_path)) as connection:
        Queue("leadops").bind(connection.default_channel).declare()
        yield connection.default_channel


def send(where: str, sender: int, count: int) -> None:
    with Connection(URL, transport_options=folders(Path(where))) as connection:
        for number in range(count):
            connection.default_channel._put("leadops", {"sender": sender, "number": number})


def test_is_what_the_default_address_means(channel: Any) -> None:
    assert isinstance(channel, broker.Channel)
    with app.connection_for_write() as connection:
        assert isinstance(connection.default_channel, broker.Channel)


def test_hands_out_the_oldest_message_first_and_each_once(channel: Any) -> None:
    for number in range(3):
        channel._put("leadops", {"number": number})

    assert [channel._get("leadops")["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("leadops")


def test_keeps_the_queues_apart(channel: Any) -> None:
    channel._put("other.leadops", {"number": 1})
    channel._put("other", {"number": 2})

    with pytest.raises(Empty):
        channel._get("leadops")
    assert channel._get("other") == {"number": 2}


def test_does_not_see_a_message_that_is_still_being_written(channel: Any, tmp_path: Path) -> None:
    half_written = tmp_path / "messages" / ".1_abc.leadops.msg"
    half_written.write_text('{"number"')

    with pytest.raises(Empty):
        channel._get("leadops")

    half_written.write_text('{"number": 1}')
    half_written.rename(half_written.with_name("1_abc.leadops.msg"))
    assert channel._get("leadops") == {"number": 1}


def test_leaves_nothing_behind(channel: Any, tmp_path: Path) -> None:
    channel._put("leadops", {"name": "Žofie"})
    written = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "messages").iterdir()]

    assert channel._get("leadops") == {"name": "Žofie"}
    assert written == [{"name": "Žofie"}]
    assert list((tmp_path / "messages").iterdir()) == []


@pytest.mark.serial
def test_loses_and_breaks_nothing_while_others_write(channel: Any, tmp_path: Path) -> None:
    """The library's transport read 39 of 16,000 messages before they were written, in this set-up."""
    context = multiprocessing.get_context("spawn")
    senders = [context.Process(target=send, args=(str(tmp_path), sender, 2000)) for sender in range(2)]
    for sender in senders:
        sender.start()

    received: list[tuple[int, int]] = []
    while len(received) < 4000 and (any(s.is_alive() for s in senders) or channel._size("leadops")):
        try:
            message = channel._get("leadops")
        except Empty:
            continue
        received.append((message["sender"], message["number"]))
    for sender in senders:
        sender.join()

    assert sorted(received) == [(sender, number) for sender in range(2) for number in range(2000)]
