"""Analytics: figures of a period, each chart with its table."""

from __future__ import annotations

from sanic.response import HTTPResponse

from conversations.figures import read_figures
from conversations.personal import mask
from desk.access import Access, Routes, Visit
from desk.charts import draw_bars, draw_columns
from desk.render import KINDS, topic

routes = Routes()
PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}


@routes.get("/analytics", Access.COORDINATOR)
async def show_analytics(visit: Visit) -> HTTPResponse:
    """The page."""
    asked = visit.asked("days", most=4)
    days = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in PERIODS else 7
    figures = await visit.desk.records.read(read_figures, visit.desk.database, days=days, zone=visit.desk.opening.zone)
    topics = [(topic(name), number) for name, number in figures.topics if name.startswith("ask_")]
    ends = sorted(figures.ends.items(), key=lambda pair: -pair[1])
    charts = [
        ("Messages by day", "Day", draw_columns([(day[5:], n) for day, n in figures.days[-31:]]), figures.days),
        (
            "Messages by hour of the day",
            "Hour",
            draw_columns([(f"{hour:02d}", n) for hour, n in enumerate(figures.hours)]),
            [(f"{hour:02d}:00", n) for hour, n in enumerate(figures.hours)],
        ),
        ("Questions by topic", "Topic", draw_bars(topics[:12]), topics),
        ("How messages were answered", "Kind", draw_bars([(KINDS.get(k, topic(k)), n) for k, n in ends]), _kinds(ends)),
        ("Requests by country", "Country", draw_bars(figures.countries), figures.countries),
    ]
    return visit.page("analytics.html", figures=figures, charts=charts, days=days, periods=PERIODS, mask=mask)


def _kinds(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(KINDS.get(name, topic(name)), number) for name, number in pairs]
