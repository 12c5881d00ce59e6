"""Questions on what is stored, and requests for a copy or for deletion, which reach the coordinators as such."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.handoff import REFERENCE, reminder
from actions.sending import finish, has_response, in_english_only, response_text, send_text
from actions.understanding import context_of, kind_of, language_of, text_of
from dialogue.abroad import request_in

# A request, not a question on how it would be done.
_REQUESTS = re.compile(
    r"^\s*(?:please|pls|plz|kindly|now|ok(?:ay)?|yes|hi|hello)?[\s,]*(?:delete|erase|remove|wipe|destroy|forget|send|give|get|export|mail|e-?mail|i (?:want|wish|would like|demand|need|request)|i'?d like|can you|could you|will you|would you|you must|go ahead)\b",
    re.I,
)
# A request must name what is wanted: "I'd like to leave my details" wants nothing erased.
_REQUESTED = {
    "erasure": re.compile(
        r"\b(?:delet\w*|eras\w*|remov\w*|wip\w*|destroy\w*|forget|clear|take (?:it |that |everything )?(?:off|down))\b", re.I
    ),
    "copy": re.compile(
        r"\b(?:cop(?:y|ies)|export|download|transcript|everything you (?:have|know)|my data|what you (?:have|stored))\b", re.I
    ),
}


class ActionPrivacy(Action):
    """Says what is stored, or passes on a request."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_privacy"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the response of the kind; a request becomes an effect that the gateway stores with the reply."""
        context, kind = context_of(tracker), kind_of(tracker)
        text = text_of(tracker)
        language = language_of(tracker)
        abroad = request_in(text, language)
        wanted = bool(abroad) or (kind in _REQUESTED and all(p.search(text) for p in (_REQUESTS, _REQUESTED[kind])))
        kind = abroad or kind
        effects = [{"type": "privacy_request", "what": kind}] if wanted else []
        if wanted:
            text = response_text(f"utter_privacy_request_{kind}", reference=REFERENCE)
        else:
            specific = f"utter_ask_privacy_{kind}"
            text = response_text(specific if has_response(specific) else "utter_ask_privacy")
        foreign = in_english_only("utter_out_of_scope_other_language", language)
        text = " ".join(piece for piece in (foreign, text, reminder(context)) if piece)
        send_text(dispatcher, text, kind="privacy")
        return finish(replace(context, act="ask_privacy", offer="", failures=0), effects)
