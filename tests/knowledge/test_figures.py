"""Figures as typed data."""

from __future__ import annotations

import pytest

from knowledge.figures import Figure, figure_from, format_money, numbers_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2 to 4 weeks", [2, 4]),
        ("$350,000 to $600,000 or more", [350000, 600000]),
        ("about 90% of people, ages 15 to 44", [90, 15, 44]),
        ("$300k", [300000]),
        ("CD19 and CD20 and type 1", []),
        ("no figure here", []),
        ("ECOG 0-1", [0, 1]),
    ],
)
def test_numbers_are_found_and_names_left_out(text: str, numbers: list[float]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"kind": "weight", "low": 1}, "kind"),
        ({"kind": "duration", "low": 2}, "unit"),
        ({"kind": "money", "low": 2}, "currency"),
        ({"kind": "count"}, "no bound"),
        ({"kind": "count", "low": 5, "high": 2}, "high below low"),
        ({"kind": "count", "low": "two"}, "not a number"),
        ({"kind": "count", "low": 2, "colour": "red"}, "unknown field"),
    ],
)
def test_a_wrong_figure_is_refused_with_its_reason(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        figure_from(data)


def test_money_is_shown_with_both_bounds_and_open_end() -> None:
    figure = Figure("money", 350000, 600000, currency="USD", open_end=True)

    assert format_money(figure) == "$350,000 to $600,000 or more"
