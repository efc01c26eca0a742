"""What Velmora's marketing made in HubSpot: campaigns, forms, e-mails, webinars and fairs.

Belongs here: marketing's things, and what people did with them. Does not: the people (sample).

The rules:

- Every raised hand on the web is a submission of the contact form, or of an e-book's own form.
- Letters are one e-mail each month; the lessons of the course are one e-mail. Its name is, by a
  convention of Velmora's, `programme | rule | asset | month`. A message that was not delivered
  bounced. Opens are not recorded: machines open more letters than people do.
- The CRM's id of a campaign is its utm code.
- A webinar or fair is one marketing event each month; who came registered.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from sample_company import catalogue as cat
from sample_company.content import ASSETS
from sample_company.rows import Row, Rows
from sample_company.simulators.hubspot.portal import Portal
from sample_company.world import Lead, World, local_day

OPENED = datetime(2019, 1, 1, 8, 0, tzinfo=UTC)
SITE = "https://www.velmora.example"
FIELDS = (
    "email", "firstname", "lastname", "company", "jobtitle", "country", "utm_source", "utm_medium",
    "utm_campaign", "lead_source",
)  # fmt: skip
# Programmes whose messages are one e-mail for ever; of the others each month has its own.
LASTING = ("planning_course",)
MET = ("Webinars", "Events")


def load_marketing(portal: Portal, world: World, rows: Rows) -> dict[str, datetime]:
    """Load everything of this chapter; returns who unsubscribed and when."""
    loader = _Marketing(portal, world, rows)
    loader.load_campaigns()
    loader.load_submissions()
    loader.load_events()
    return loader.load_emails()


class _Marketing:
    def __init__(self, portal: Portal, world: World, rows: Rows) -> None:
        self._portal, self._rows = portal, rows.delivered
        self._marketing, self._now = portal.marketing, portal.clock.now()
        self._leads = {lead.lead_id: lead for lead in world.leads}
        self._campaigns: dict[str, str] = {}
        self._assets = {asset.asset_id: asset.name for asset in ASSETS}

    def load_campaigns(self) -> None:
        for number, (code, name, programme, objective, *_) in enumerate(cat.CAMPAIGNS):
            self._campaigns[code] = self._marketing.add_campaign(
                name,
                _morning(date(2023, 11, 1)),
                start_date="2023-11-01",
                campaign_status="in_progress",
                notes=f"{code}: {programme}, {objective}",
                utm=code,
                currency_code="EUR",
                budget_items_sum_amount=f"{12000 + 1500 * number}.00",
            )

    def load_submissions(self) -> None:
        form_of: dict[str, str] = {}
        for touch in self._rows["touches"]:
            if touch["touch_type"] != "form_fill" or touch["touched_at"] > self._now:
                continue
            asset = touch.get("content_asset_id") or ""
            if asset not in form_of:
                name = f"E-book: {self._assets[asset]}" if asset else "Contact us"
                form_of[asset] = self._marketing.add_form(name, FIELDS, OPENED)
            lead = self._leads[touch["lead_id"]]
            self._marketing.submit(
                form_of[asset], _url(touch), touch["touched_at"], **_answers(lead, touch)
            )

    def load_emails(self) -> dict[str, datetime]:
        """Load letters and courses; returns who unsubscribed and when."""
        email_of: dict[str, str] = {}
        gone: dict[str, datetime] = {}
        sends = sorted(self._rows["message_sends"], key=lambda send: send["sent_at"])
        for send in (send for send in sends if send["sent_at"] <= self._now):
            words = [send["programme"], send["rule"], send["content_asset_id"]]
            if send["programme"] not in LASTING:
                words.append(f"{local_day(send['sent_at']):%Y-%m}")
            name = " | ".join(words)
            if name not in email_of:
                email_of[name] = self._marketing.add_email(
                    name, self._assets[send["content_asset_id"]],
                    self._campaigns[send["campaign_id"]], send["sent_at"],
                )  # fmt: skip
            self._note(email_of[name], send)
            left = send.get("unsubscribed_at")
            if left and left <= self._now:
                gone.setdefault(send["email"].lower(), left)
        return gone

    def _note(self, email: str, send: Row) -> None:
        recipient, sent_at = send["email"].lower(), send["sent_at"]
        acts: list[tuple[str, datetime | None, str]] = [
            ("SENT", sent_at, ""),
            ("DELIVERED" if send["is_delivered"] else "BOUNCE", sent_at + timedelta(seconds=5), ""),
            ("CLICK", send.get("clicked_at"), f"{SITE}/letter"),
            ("STATUSCHANGE", send.get("unsubscribed_at"), ""),
        ]
        for type_, at, url in acts:
            if at is not None and at <= self._now:
                self._marketing.note(email, type_, recipient, at, url)

    def load_events(self) -> None:
        names = {code: name for code, name, programme, *_ in cat.CAMPAIGNS if programme in MET}
        came: dict[tuple[date, str], int] = defaultdict(int)
        for touch in self._rows["touches"]:
            code = touch.get("campaign_id") or ""
            if code in names and touch["touch_type"] in ("webinar", "event"):
                came[local_day(touch["touched_at"]).replace(day=1), code] += 1
        for (month, code), count in sorted(came.items()):
            start = _morning(month + timedelta(days=14))
            self._marketing.add_event(
                f"{names[code]} {month:%Y-%m}", start, start + timedelta(hours=1),
                start - timedelta(days=30), registrants=count, attendees=count,
            )  # fmt: skip


def _answers(lead: Lead, touch: Row) -> dict[str, str]:
    given, _, family = lead.name.rpartition(" ")
    answers: dict[str, Any] = {
        "email": lead.email.strip(),
        "firstname": given,
        "lastname": family,
        "company": lead.company,
        "jobtitle": lead.job_title,
        "country": lead.country,
        "utm_source": touch["utm_source"],
        "utm_medium": touch["utm_medium"],
        "utm_campaign": touch["utm_campaign"],
        "lead_source": touch["source_field"],
    }
    return {name: str(value) for name, value in answers.items() if value}


def _url(touch: Row) -> str:
    tags = {
        name: touch[name] for name in ("utm_source", "utm_medium", "utm_campaign") if touch[name]
    }
    page = f"{SITE}{touch.get('landing_page') or '/'}"
    return f"{page}?{urlencode(tags)}" if tags else page


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8, 0), UTC)
