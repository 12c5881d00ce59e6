"""What is counted and measured, for Prometheus: by channel, without ids and without what people wrote."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from conversations.types import Backlog

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The metrics of one gateway."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.accepted = Counter("gateway_accepted", "Messages stored for the first time.", ["channel"], registry=registry)
        self.repeated = Counter("gateway_repeated", "Messages that were known already.", ["channel"], registry=registry)
        self.refused = Counter("gateway_refused", "Messages not taken.", ["channel", "reason"], registry=registry)
        self.ended = Counter("gateway_turns_ended", "Turns by how they ended.", ["channel", "state"], registry=registry)
        self.failed_tries = Counter("gateway_failed_tries", "Calls to the assistant that failed.", ["channel"], registry=registry)
        self.taken_up = Counter("gateway_taken_up", "Turns taken up that a dead worker left.", registry=registry)
        self.sent = Counter("gateway_sent", "Messages sent by the outbox.", ["channel", "result"], registry=registry)
        self.published = Counter("gateway_events_published", "Events that the broker confirmed.", registry=registry)
        self.turn_seconds = Histogram(
            "gateway_turn_seconds",
            "From the beginning of a turn to its commit.",
            ["channel"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.reply_seconds = Histogram(
            "gateway_reply_seconds", "From the request to its reply.", ["channel"], buckets=_SECONDS, registry=registry
        )
        self._turns = Gauge("gateway_waiting_turns", "Messages without a reply.", registry=registry)
        self._oldest_turn = Gauge("gateway_oldest_turn_seconds", "Age of the oldest of them.", registry=registry)
        self._sends = Gauge("gateway_waiting_deliveries", "Replies that have not reached their receiver.", registry=registry)
        self._oldest_send = Gauge("gateway_oldest_delivery_seconds", "Age of the oldest of them.", registry=registry)
        self._events = Gauge("gateway_waiting_events", "Events not published.", registry=registry)
        self._cases = Gauge("gateway_open_cases", "Cases that wait for a coordinator.", registry=registry)
        self._store_up = Gauge("gateway_store_up", "1 if the database answered just now.", registry=registry)

    def set_backlog(self, backlog: Backlog | None) -> None:
        """Take over what waits; None if the database does not answer."""
        self._store_up.set(backlog is not None)
        if backlog is None:
            return
        self._turns.set(backlog.turns)
        self._oldest_turn.set(backlog.oldest_turn_s)
        self._sends.set(backlog.deliveries)
        self._oldest_send.set(backlog.oldest_delivery_s)
        self._events.set(backlog.events)
        self._cases.set(backlog.open_cases)

    def as_text(self) -> bytes:
        """All metrics in Prometheus' text form."""
        return generate_latest(self._registry)
