"""The cells of a row are kept as JSON that is written in a short way: it must be what an encoder writes."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from imports.cleaning import kept


@given(
    st.lists(
        st.text(st.sampled_from('ab \\",[]\t\x7f\x00é\u2028😀'), max_size=5) | st.text(max_size=20),
        max_size=6,
    )
)
@example([])
@example([""])
@example(['", "'])
@example(["", '"'])
def test_cells_are_kept_as_an_encoder_writes_them(cells: list[str]) -> None:
    assert kept(cells) == json.dumps(cells)
