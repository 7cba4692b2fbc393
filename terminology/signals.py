"""What the words and agreements tell the apps above."""

from django.dispatch import Signal

# An agreement came into force. Sent inside its transaction, so that receivers write rows and nothing else.
# Arguments: agreement, sections (the keys of those that changed), by, now.
came_into_force = Signal()

# An agreement was put before both teams. Sent inside its transaction too. Arguments: agreement, by, now.
proposed = Signal()
