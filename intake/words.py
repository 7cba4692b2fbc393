"""Words of the tokens' pages."""

from typing import Final

from terminology.labels import term

IN_FORCE: Final = term("token_state.in_force", "In force")
EXPIRED: Final = term("token_state.expired", "Expired")
REVOKED: Final = term("token_state.revoked", "Revoked")
