"""Tell coordinators of a new case by e-mail and by a Slack-style webhook: that there is one, never whose or what they wrote."""

from __future__ import annotations

import asyncio
import logging
import random
import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiohttp

from conversations.notices import Notice, claim_notices, end_notice
from desk.parts import Records
from desk.render import REASONS
from settings import Settings

logger = logging.getLogger("desk.notices")
LEASE_S, WITHIN_S = 60.0, 15.0
MOST_TRIES = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 600.0


class NoticeError(Exception):
    """A notice was not taken; says why, without a secret."""


class Notifier:
    """Sends what is due."""

    def __init__(self, records: Records, settings: Settings) -> None:
        self._records, self._settings = records, settings

    @property
    def ways(self) -> list[str]:
        """The ways that are switched on."""
        email = ["email"] if self._settings.smtp_url and self._settings.notice_to else []
        return [*email, *(["webhook"] if self._settings.notice_webhook else [])]

    async def send_due(self) -> int:
        """Send what is due, each once; what fails is due again later, longer and longer."""
        claimed = await self._records.write(claim_notices, self._records.database, lease_s=LEASE_S)
        await asyncio.gather(*(self._send(notice) for notice in claimed))
        return len(claimed)

    async def _send(self, notice: Notice) -> None:
        error, wait_s = None, None
        try:
            if notice.way == "email":
                await asyncio.wait_for(asyncio.to_thread(send_mail, self._settings, notice), WITHIN_S * 2)
            else:
                await self._post(notice)
        except (NoticeError, asyncio.TimeoutError) as problem:
            error = str(problem) or "no answer in time"
            if notice.tries < MOST_TRIES:
                wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 3 ** (notice.tries - 1)) * random.uniform(0.75, 1.25)
            logger.warning("notice not sent", extra={"notice": notice.id, "way": notice.way, "reason": error})
        await self._records.write(end_notice, self._records.database, notice.id, error=error, wait_s=wait_s)

    async def _post(self, notice: Notice) -> None:
        limit = aiohttp.ClientTimeout(total=WITHIN_S)
        try:
            # No redirect is followed: the address of the settings is the one that is called.
            async with aiohttp.ClientSession(timeout=limit, trust_env=False) as client:
                body = {"text": subject(notice) + "\n" + link(self._settings, notice)}
                async with client.post(self._settings.notice_webhook, json=body, allow_redirects=False) as answer:
                    if answer.status >= 300:
                        raise NoticeError(f"webhook answered {answer.status}")
        except aiohttp.ClientError as error:
            raise NoticeError(f"webhook not reached: {type(error).__name__}") from error


def subject(notice: Notice) -> str:
    """What happened, in one line."""
    urgent = "URGENT: " if notice.priority == "urgent" else ""
    return f"{urgent}New case {notice.reference}: {REASONS.get(notice.reason, 'Other')} ({notice.channel})"


def link(settings: Settings, notice: Notice) -> str:
    """Where to see to it."""
    base = settings.public_url.rstrip("/") or f"http://127.0.0.1:{settings.port}"
    return f"{base}/desk/conversations/{notice.conversation_id}"


def send_mail(settings: Settings, notice: Notice) -> None:
    """Send a notice by e-mail; blocking.

    Raises:
        NoticeError: If the server did not take it.
    """
    message = EmailMessage()
    message["Subject"] = subject(notice)
    message["From"] = settings.notice_from
    message["To"] = settings.notice_to
    message["Message-ID"] = f"<case-notice-{notice.id}@cart-desk>"  # the same in every try: a repeat can be known
    message.set_content(f"{subject(notice)}\n\nOpened {notice.opened_at:%Y-%m-%d %H:%M} UTC.\n{link(settings, notice)}\n")
    server = urlsplit(settings.smtp_url)
    make = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    try:
        with make(server.hostname or "", server.port or 0, timeout=WITHIN_S) as client:
            if server.username:
                if server.scheme == "smtp":
                    client.starttls()
                client.login(unquote(server.username), unquote(server.password or ""))
            client.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NoticeError(f"mail server: {type(error).__name__}") from error
