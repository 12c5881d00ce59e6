"""Check and read the actions' replies quickly.

Rasa 3.6.21 checks each reply with `jsonschema.validate`, which first checks the schema itself, a constant, against the schema of
schemas, and then tries each event against the forms of twenty kinds of events: together half of the reply time. Here the events
that our actions send are read directly; whatever looks otherwise goes to a validator that is made once. For each event it
looks through all classes of events.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

_OURS = {"slot": {"event", "name", "value", "timestamp"}, "followup": {"event", "name", "timestamp"}}


def is_plainly_valid(result: Any) -> bool:
    """True for a reply that has just the events that our actions send, in the form that Rasa's schema asks for."""
    if not isinstance(result, dict) or not isinstance(result.get("responses", []), list):
        return False
    events = result.get("events", [])
    return (
        isinstance(events, list)
        and all(isinstance(response, dict) for response in result.get("responses", []))
        and all(
            isinstance(event, dict)
            and isinstance(event.get("name"), str)
            and set(event) == _OURS.get(str(event.get("event")))
            and (event["timestamp"] is None or isinstance(event["timestamp"], float))
            for event in events
        )
    )


def compile_action_check() -> None:
    """Let Rasa check action results with one validator, made now, and find a kind of event's class once.

    Calling it again changes nothing.
    """
    schema = RemoteAction.action_response_format_spec()
    maker = validator_for(schema)
    maker.check_schema(schema)
    validator = maker(schema)

    def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        if not is_plainly_valid(result):
            validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate_action_result
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))
