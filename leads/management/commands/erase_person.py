"""`erase_person WHO`: forgets one person everywhere, and never lets them in again."""

from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Q
from django.utils import timezone

from leadops.commands import JsonCommand
from leads.models import Contact, FormerKey
from leads.people import erasing
from leads.people.spelling import mailbox_of, number_of


class Command(JsonCommand):
    help = "Erase what is known of a person, and keep a keyed hash so that no list brings them back."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("who", help="an e-mail address, a telephone number, or the number of the row")
        parser.add_argument(
            "--reason",
            default="",
            metavar="TEXT",
            help="why, such as the date of the request; it is kept with the hash, so it names nobody",
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        who = options["who"].strip()
        result = erasing.Erased()
        is_number = who.isdecimal() and len(who) < erasing.SHORTEST
        found: list[Contact | None] = [*self._found(who)]
        for contact in found or [None]:
            done = erasing.erase(
                contact=contact,
                address="" if is_number else who,
                reason=options["reason"],
                by=None,
                now=timezone.now(),
            )
            result.contacts += done.contacts
            result.leads += done.leads
            result.rows += done.rows
            result.hashes += done.hashes
        return {name: getattr(result, name) for name in ("contacts", "leads", "rows", "hashes")}

    def _found(self, who: str) -> list[Contact]:
        if who.isdecimal() and len(who) < erasing.SHORTEST:
            return list(Contact.objects.filter(pk=int(who)))
        if "@" in who:
            mailbox = mailbox_of(who)
            host = mailbox.rpartition("@")[2]
            near = Contact.objects.filter(Q(email_key__endswith=f"@{host}") | Q(email_key=mailbox))
            if host == "gmail.com":
                near |= Contact.objects.filter(email_key__endswith="@googlemail.com")
            former = FormerKey.objects.filter(kind=FormerKey.Kind.EMAIL, value=mailbox).values("contact")
            same = {pk for pk, key in near.values_list("pk", "email_key") if mailbox_of(key) == mailbox}
            return list(Contact.objects.filter(Q(pk__in=same) | Q(pk__in=former)))
        return list(Contact.objects.filter(phone__in={who, number_of(who)}))
