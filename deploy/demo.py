"""Fill the running system with a week of conversations, by talking to the real assistant, and make accounts for the desk.

The questions are those that people would ask; only the days are moved back, since nobody can wait for a week.
"""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta, timezone

import httpx
import sqlalchemy as sa

from conversations.database import Database
from conversations.dossier import give_feedback
from conversations.errors import RecordError
from conversations.live import claim, find_new, hand_back, say
from conversations.preferences import keep_canned
from conversations.tables import case_events, cases, conversations, coordinators, feedback, messages, moves, turns
from conversations.worklist import close_case, list_items
from desk.commands import make_account, open_record
from settings import SettingError, Settings, load_settings

SEED = 7
ORDINARY = (
    [
        "hello",
        "What is CAR-T therapy for lupus?",
        "How long is the hospital stay?",
        "and how much does it cost in China?",
        "thank you",
    ],
    ["What are the risks of CAR-T?", "is infection common", "How long do the low blood counts last?"],
    ["Could I have CAR-T if my kidneys are involved?", "which treatments come first", "ok thanks"],
    ["cost in turkey?", "and in spain", "Why do people go abroad?", "what should I plan before travelling"],
    ["Hi, my name is Olga Petrova. What do trials in China show?", "is it approved there", "how do I get treated in China"],
    ["Does my health insurance cover it?", "can I bring my cat to the hospital"],
    ["hw long till im ok again", "recovry after cart", "Will I be able to stop my pills?"],
    ["Who can have CAR-T for lupus?", "what is ANA", "Should I stop taking mycophenolate before the treatment?"],
    ["compare germany and china", "which countries offer good value", "How do I check that a clinic is safe?"],
    ["are there patient success stories", "what about long term results", "is it a cure"],
    ["What is the weather in Istanbul in May?", "Which hotel is near the clinic?"],
    ["symptoms of lupus", "what causes lupus", "I am 34, am I too young for CAR-T?"],
    ["How does CAR-T work?", "what is lymphodepletion", "does it hurt"],
    ["what support is there for families", "visa for china?", "how long must my husband stay with me"],
)
HANDOFFS = (
    ("Maria Keller", "maria.keller@example.org", "How much does the treatment in China cost?"),
    ("Samuel Osei", "+1 202-555-0187", "Could I have CAR-T if my kidneys are involved?"),
    ("Lin Wei", "lin.wei@example.com", "What are the risks of CAR-T?"),
    ("Ayse Demir", "ayse.demir@example.org", "What does CAR-T cost in Turkey?"),
    ("John Carter", "j.carter@example.net", "How long is the hospital stay after CAR-T?"),
    ("Priya Nair", "+44 20 7946 0958", "Are there trials in China that I could join?"),
)
EMERGENCIES = ("I can't breathe and my chest hurts after the infusion", "I want to end my life")
CANNED = {
    "Greeting": "Hello {visitor}, I am {name} from the coordination team. How can I help you today?",
    "One moment": "Thank you. Let me look into this, I will be back with you in a few minutes.",
    "Answer by e-mail": "I will send you this in writing. You can expect it {hours}.",
    "Not medical advice": "I cannot give medical advice. Please ask the doctor who treats you before you change any medicine.",
}


class Demo:
    """Talks to the running system."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._door = httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=90, trust_env=False)
        self._database, self._dice = database, random.Random(SEED)
        self._number = 0

    def talk(self, lines: list[str], *, prefix: str = "demo") -> str:
        """A conversation of a new visitor; returns their name on the channel."""
        self._number += 1
        sender = f"{prefix}-{self._number}-{self._dice.getrandbits(24):06x}"
        for line in lines:
            answer = self._door.post("/webhooks/rest/webhook", json={"sender": sender, "message": line})
            answer.raise_for_status()
        self._rate(sender)
        return sender

    def _rate(self, sender: str) -> None:
        """Some visitors say what they think of a reply."""
        if self._dice.random() < 0.4:
            said = [one for one in find_new(self._database, "rest", sender, after=0) if one.kind in ("answer", "out_of_scope")]
            if said:
                one = self._dice.choice(said)
                down = one.kind == "out_of_scope" or self._dice.random() < 0.2
                comment = "That was not my question" if down else None
                give_feedback(self._database, "rest", sender, one.id, "down" if down else "up", comment)

    def hand_over(self, name: str, reach: str, question: str) -> None:
        """A visitor who wants a person, gives a name and a way to be reached, and agrees."""
        self.talk([question, "I would like to speak to a person", name, reach, "yes"], prefix="handoff")

    def ask_all(self, rounds: int) -> None:
        """Everything."""
        for number in range(rounds):
            for lines in ORDINARY:
                self.talk(list(lines[: self._dice.randint(1, len(lines))]))
            print(f"demo: round {number + 1} of {rounds}, {self._number} conversations", flush=True)
        for name, reach, question in HANDOFFS:
            self.hand_over(name, reach, question)
        for text in EMERGENCIES:
            self.talk(["What are the risks of CAR-T?", text], prefix="emergency")


def spread(database: Database) -> None:
    """Move conversations back over a week of days and hours, each as a whole."""
    dice = random.Random(SEED)
    with database.write() as connection:
        ids = connection.execute(
            sa.select(conversations.c.id, conversations.c.last_at).where(conversations.c.sender.like("demo-%"))
        ).all()
        for conversation_id, last_at in ids:
            hour = dice.choices(range(24), weights=[1] * 6 + [2, 4, 6, 8, 9, 9, 8, 8, 9, 9, 8, 7, 7, 8, 8, 6, 4, 2])[0]
            target = datetime.now(timezone.utc) - timedelta(days=dice.randint(0, 6))
            target = target.replace(hour=hour, minute=dice.randint(0, 59))
            if target > last_at:
                target -= timedelta(days=1)
            back = last_at - target
            for table, columns in (
                (conversations, ("began_at", "last_at")),
                (messages, ("said_at",)),
                (turns, ("accepted_at", "ended_at")),
                (feedback, ("given_at",)),
                (cases, ("opened_at", "changed_at")),
                (moves, ("moved_at",)),
            ):
                key = table.c.id if table is conversations else table.c.conversation_id
                for row in connection.execute(sa.select(table).where(key == conversation_id)).all():
                    primary = next(iter(table.primary_key.columns))
                    values = {name: row._mapping[name] - back for name in columns if row._mapping[name] is not None}
                    connection.execute(sa.update(table).where(primary == row._mapping[primary.name]).values(values))
        opened = sa.select(cases.c.id, cases.c.opened_at)
        for case_id, at in connection.execute(opened).all():
            connection.execute(sa.update(case_events).where(case_events.c.case_id == case_id).values(happened_at=at))


def work_some(database: Database, accounts: list[str]) -> None:
    """Coordinators have seen to some cases."""
    items = [item for item in list_items(database, "new", accounts[0]) if item.kind == "handoff"]
    for item, who in zip(items[:3], accounts * 3):
        claim(database, item.conversation_id, who, words="A coordinator from our team has joined this conversation.")
        say(database, item.conversation_id, who, "Hello, thank you for waiting. I have read your question.", client_id="demo1")
        say(
            database, item.conversation_id, who, "I will send you an overview of the costs and the next steps.", client_id="demo2"
        )
        hand_back(
            database, item.conversation_id, who, words="The coordinator has handed this conversation back to the assistant."
        )
    if items:
        close_case(database, items[0].id, "contacted", by=accounts[0])


def main() -> int:
    """Fill the record; says what it needs if the system does not run."""
    try:
        settings = load_settings()
        database = open_record(settings)
        demo = Demo(settings, database)
        demo.ask_all(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
    except httpx.HTTPError as error:
        print(f"demo: the system does not answer ({type(error).__name__}); start it first: make run PORT=...", file=sys.stderr)
        return 2
    except (SettingError, RecordError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    spread(database)
    for title, text in CANNED.items():
        keep_canned(database, title, text, by="demo")
    with database.read() as connection:
        accounts = list(connection.execute(sa.select(coordinators.c.id).order_by(coordinators.c.created_at)).scalars())
    if not accounts:
        for name, role in (("Ana Ruiz", "supervisor"), ("Ben Okafor", "coordinator")):
            print(make_account(database, name, role))
        accounts = ["ana.ruiz", "ben.okafor"]
    work_some(database, accounts[:2])
    print(f"demo: ready; open http://127.0.0.1:{settings.port}/desk")
    return 0


if __name__ == "__main__":
    sys.exit(main())
