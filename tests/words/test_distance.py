"""Edit distance: many at once agree with one at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pinakes.words.distance import edits

LETTERS = st.text(alphabet="abcd", max_size=8)


def naive(a: str, b: str) -> int:
    """Optimal string alignment, cell by cell."""
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                rows[i][j] = i + j
                continue
            cost = a[i - 1] != b[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(LETTERS, st.lists(LETTERS, max_size=12))
def test_edits_to_many_words_agree_with_the_naive_twin(word: str, others: list[str]) -> None:
    assert edits(word, others).tolist() == [naive(word, other) for other in others]


def test_a_swap_of_neighbours_is_one_edit() -> None:
    assert edits("hte", ["the", "hat", "hte"]).tolist() == [1, 2, 0]
