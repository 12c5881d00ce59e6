"""Collect what a coordinator needs to reach a visitor, one thing at a time, and ask for it to be stored once there is consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.sending import finish, in_english_only, response_text, send_answer, send_text
from actions.understanding import (
    context_of,
    intent_of,
    is_live,
    knowledge,
    labels_of,
    language_of,
    parts_of,
    question_of,
    text_of,
)
from dialogue.contact import (
    MAX_TRIES,
    Given,
    find_details,
    hesitates,
    is_cancel,
    next_step,
    reason_of,
    refuses_consent,
    says_no,
    says_yes,
    take,
    wants_no_name,
)
from dialogue.context import Contact, Context
from knowledge import replies

REFERENCE = "{reference}"  # the gateway puts the reference in when it has stored the case
EXPECTED = "{expected}"  # and here when a coordinator will answer, in words, by the business hours


def details_text(contact: Contact) -> str:
    """What the visitor has given, as one phrase."""
    ways = [piece for piece in (contact.email, contact.phone) if piece]
    named = contact.name or ("no name" if contact.nameless else "")
    return ", ".join(piece for piece in (named, *ways) if piece)


def _reach_text(contact: Contact) -> str:
    return " or ".join(piece for piece in (contact.email, contact.phone) if piece)


def _comma_name(contact: Contact) -> str:
    return f", {contact.name}" if contact.name else ""


def reminder(context: Context) -> str:
    """The question of the collection under way, for the end of a reply to something else; empty if there is none."""
    contact = context.contact
    return response_text(f"utter_handoff_remind_{contact.step}", details=details_text(contact)) if contact.active else ""


class ActionRequestHandoff(Action):
    """Takes the wish for a person, and the details, until there is consent, refusal or an end."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_request_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the next question of the collection, or its end."""
        context, text = context_of(tracker), text_of(tracker)
        contact = context.contact
        started = contact.active
        if not started:
            kinds = [label.partition(":")[2] for label, _ in labels_of(tracker) if label.startswith("request_handoff:")]
            reason = reason_of(kinds[:1]) if context.offer != "handoff" else _offered_reason(context)
            contact = Contact(name=context.said_name, reason=reason)
            # Who wants a call, leaves an address or number, or has waited in vain is asked how to be reached.
            leaves_address = replace(find_details(text), name="").anything
            if is_live(tracker) and not context.waited and reason != "call" and not leaves_address:
                return self._join(dispatcher, context, tracker, contact)
        elif is_cancel(text) or intent_of(tracker) == "cancel" or (contact.step != "consent" and refuses_consent(text)):
            return self._end(dispatcher, context, "utter_handoff_cancelled")
        given = find_details(text, expect_name=started and contact.step == "name", partial_phone=contact.partial_phone)
        taken = take(contact, given)
        if contact.step == "name" and not given.name and not given.email and not given.phone and wants_no_name(text):
            taken = replace(taken, nameless=True)
        if contact.step == "consent":
            return self._consent(dispatcher, context, contact, taken, given, text)
        return self._ask(dispatcher, context, tracker, contact, taken, given)

    def _ask(
        self, dispatcher: CollectingDispatcher, context: Context, tracker: Tracker, before: Contact, taken: Contact, given: Given
    ) -> list[dict[str, Any]]:
        """Ask for what is missing next."""
        step = next_step(taken)
        tries = before.tries + 1 if before.step == step and not given.anything else 0
        if tries >= MAX_TRIES:
            return self._end(dispatcher, context, "utter_handoff_given_up")
        if given.bad_email and not taken.email and not taken.phone:
            name = "utter_handoff_bad_email"
        elif given.bad_phone and not taken.email and not taken.phone:
            name = "utter_handoff_bad_phone"
        elif taken.partial_phone and not taken.email and not taken.phone:
            name, step = "utter_handoff_country", "reach" if taken.name or taken.nameless else "name"
        elif tries and step in ("name", "reach"):
            name = f"utter_handoff_{step}_again"
        else:
            name = f"utter_handoff_{step}"
        taken = replace(taken, step=step, tries=tries)
        text = response_text(name, details=details_text(taken), comma_name=_comma_name(taken))
        then = replace(context, contact=taken, act="request_handoff", offer="", options=(), failures=0, said_name=taken.name)
        self._send(dispatcher, tracker, text, may_ask=not before.active)
        return finish(then)

    def _join(
        self, dispatcher: CollectingDispatcher, context: Context, tracker: Tracker, contact: Contact
    ) -> list[dict[str, Any]]:
        """Ask a coordinator to join now; how to reach the visitor is asked only if nobody comes."""
        self._send(dispatcher, tracker, response_text("utter_handoff_live", reference=REFERENCE), may_ask=True)
        then = replace(context, act="request_handoff", offer="", options=(), failures=0, waited=True)
        return finish(then, [{**_case(context, contact), "live": True}])

    def _send(self, dispatcher: CollectingDispatcher, tracker: Tracker, text: str, *, may_ask: bool) -> None:
        """Send a text; "how much is it, and can someone call me?": the question is answered first."""
        foreign = in_english_only("utter_request_handoff_in", language_of(tracker))
        text = f"{foreign} {text}" if foreign else text
        parts = parts_of(tracker) if may_ask else []
        asked = [part for part in parts if part.intent in knowledge().topics]
        if not asked:
            send_text(dispatcher, text, kind="handoff")
            return
        answer = replies.finish(
            [replies.draft(question_of(asked[0]), knowledge(), asks_price="#cost/" in asked[0].labels[0][0])], knowledge()
        )
        send_answer(dispatcher, answer, kind="handoff", outro=f"{response_text('utter_handoff_in_compound')} {text}")

    def _consent(
        self, dispatcher: CollectingDispatcher, context: Context, contact: Contact, taken: Contact, given: Given, text: str
    ) -> list[dict[str, Any]]:
        """Take a yes or no; anything else is asked again, a changed detail with the details shown anew."""
        asked = response_text("utter_handoff_consent", details=details_text(contact))
        changed = taken != contact and given.anything
        if changed or given.bad_email or given.bad_phone:
            if given.bad_email or given.bad_phone:
                name = "utter_handoff_bad_email" if given.bad_email else "utter_handoff_bad_phone"
            else:
                name = "utter_handoff_changed" if taken.email or taken.phone else "utter_handoff_reach"
            return self._stay(dispatcher, context, taken, name)
        if says_no(text):
            return self._end(dispatcher, context, "utter_handoff_refused")
        if hesitates(text):
            return self._stay(dispatcher, context, contact, "utter_handoff_consent_hesitant")
        if says_yes(text):
            return self._done(dispatcher, context, contact, asked)
        if contact.tries + 1 >= MAX_TRIES:
            return self._end(dispatcher, context, "utter_handoff_refused")
        return self._stay(dispatcher, context, replace(contact, tries=contact.tries + 1), "utter_handoff_consent_again")

    def _stay(self, dispatcher: CollectingDispatcher, context: Context, contact: Contact, name: str) -> list[dict[str, Any]]:
        send_text(dispatcher, response_text(name, details=details_text(contact), comma_name=_comma_name(contact)), kind="handoff")
        return finish(replace(context, contact=contact, act="give_contact", offer="", options=()))

    def _end(self, dispatcher: CollectingDispatcher, context: Context, name: str) -> list[dict[str, Any]]:
        """End without a request: what was collected is forgotten."""
        send_text(dispatcher, response_text(name), kind="handoff")
        # "actually yes" takes it up again
        return finish(replace(context, contact=Contact(), act="request_handoff", offer="handoff", options=(), said_name=""))

    def _done(self, dispatcher: CollectingDispatcher, context: Context, contact: Contact, wording: str) -> list[dict[str, Any]]:
        effect = {
            **_case(context, contact),
            "contact": {"name": contact.name, "email": contact.email, "phone": contact.phone},
            "consent": {"given": True, "wording": wording},
        }
        text = response_text(
            "utter_handoff_done",
            comma_name=_comma_name(contact),
            reach=_reach_text(contact),
            reference=REFERENCE,
            expected=EXPECTED,
        )
        send_text(dispatcher, text, kind="handoff")
        return finish(replace(context, contact=Contact(), act="request_handoff", offer="", options=()), [effect])


def _case(context: Context, contact: Contact) -> dict[str, Any]:
    """What a coordinator should know of the conversation, as an effect without contact details."""
    base = knowledge()
    topics = [base.topic_by_section[section].intent for section in context.topics if section in base.topic_by_section]
    return {
        "type": "handoff",
        "reason": contact.reason,
        "priority": "normal",
        "topics": list(dict.fromkeys(topics)),
        "countries": [base.terms[name].name for name in context.all_countries if name in base.terms],
        "questions": [context.question] if context.question else [],
        "language": "en",
    }


def _offered_reason(context: Context) -> str:
    """Why a coordinator was offered in the reply before."""
    reasons = {"request_personal_advice": "personal_advice", "out_of_scope": "unanswered", "nlu_fallback": "complaint"}
    return reasons.get(context.act, "asked")
