"""Charts, drawn by leather as SVG that has attributes only: no style, no script, so that the strict policy holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import leather  # type: ignore[import-untyped]
from markupsafe import Markup

COLOUR = "#1f5f8b"
leather.theme.title_font_family = leather.theme.tick_font_family = leather.theme.legend_font_family = "sans-serif"
leather.theme.background_color = "#ffffff"
leather.theme.tick_color = "#e3e8ee"
leather.theme.label_color = leather.theme.zero_color = "#4a5868"
leather.theme.tick_font_size = "12px"


def draw_columns(pairs: Sequence[tuple[str, int]]) -> Markup:
    """Upright columns, in the order given; empty if there is nothing to draw."""
    if not any(number for _, number in pairs):
        return Markup("")
    chart = leather.Chart()
    chart.add_columns(list(pairs), fill_color=COLOUR)
    chart.add_y_scale(0, max(number for _, number in pairs) or 1)
    return _inline(chart.to_svg(width=760, height=240))


def draw_bars(pairs: Sequence[tuple[str, int]]) -> Markup:
    """Lying bars, the first at the top."""
    if not any(number for _, number in pairs):
        return Markup("")
    chart = leather.Chart()
    chart.add_bars([(number, name) for name, number in pairs], fill_color=COLOUR)
    chart.add_x_scale(0, max(number for _, number in pairs) or 1)
    return _inline(chart.to_svg(width=760, height=110 + 24 * len(pairs)))


def _inline(svg: str) -> Markup:
    """As part of a page: hidden from screen readers, which read the table; scaled to the width there is."""
    svg = re.sub(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", "", svg)
    svg = re.sub(
        r'<svg([^>]*)width="(\d+)" height="(\d+)"',
        r'<svg\1viewBox="0 0 \2 \3" aria-hidden="true" focusable="false"',
        svg,
        count=1,
    )
    return Markup(svg)
