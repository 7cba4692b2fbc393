"""What other apps may listen to. Receivers of `stage_changed` only enqueue; a sweep stands behind each of them."""

from django.dispatch import Signal

# After commit. Arguments: transition, to_stage, lead_ids.
stage_changed = Signal()

# Inside the transaction that makes the leads, so that a receiver's rows live and die with them. Arguments: lead_ids.
leads_created = Signal()

# Inside the transaction: something that a score may depend on has changed. Arguments: lead_ids.
leads_touched = Signal()

# Inside the transaction: a merge was taken back. Arguments: merge, by, now.
merge_undone = Signal()

# Inside the transaction, so that what a receiver writes lives and dies with it. Arguments: challenge, now.
challenge_raised = Signal()
challenge_ruled = Signal()

# Inside the transaction. Arguments: source, by, leads (how many came back), now; and for the second: source, by,
# handed_back_by (who had handed it back, or None), now.
list_handed_back = Signal()
list_taken_up = Signal()

# Inside the transaction, so that upper apps empty their own rows of the person. Arguments: contact_ids, lead_ids, texts
# (the addresses, numbers and names by which the person is found where no contact is named), now.
person_erased = Signal()
