"""Visits and other touches: of people who become leads, of visitors who never say who they are.

Belongs here: touches and the planted truth about each. Does not: leads themselves (story), mails
that are sent (programmes; a click on one is a touch).

Planted: visitors without consent have no cookie; bots; one month in which the tags of search ads
were broken; three days in which the tracker was down; people with a second device.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sample_company import catalogue as cat
from sample_company.ads import BROKEN_MONTH, CLICKED_BY_LEADS, CLICKED_BY_VISITORS, Look, click
from sample_company.buyers import identity
from sample_company.content import BLOG, CASE_STUDIES, EBOOKS
from sample_company.rows import Rows, utc
from sample_company.world import FIRST_DAY, LAST_DAY, Lead, World, local_day, moment_on

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/129.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) Version/17.6 Mobile Safari/604.1",
)
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
    "Mozilla/5.0 HeadlessChrome/128.0",
)
OUTAGE = (date(2025, 9, 9), date(2025, 9, 11))
# Channels of people who come by themselves; the others are met by a person or at an event.
WEB_CHANNELS = (
    "paid_search", "paid_social", "display", "organic_search", "organic_social", "email",
    "webinar", "press", "web_referral", "direct",
)  # fmt: skip
WEB_SHARES = (18, 10, 9, 26, 8, 7, 3, 3, 4, 12)
MET_TYPES = {"event": "event", "referral": "referral", "partner": "meeting", "outbound": "call"}
ANONYMOUS_VISITORS = 4650
BOT_VISITS = 640
PAGES = ("/", "/product", "/pricing", "/customers", "/blog", "/contact")


@dataclass
class Visitor:
    """A browser of somebody; `human` is the planted identity."""

    human: str
    cookie: str
    has_consent: bool
    browser: str


class Tracker:
    """Writes touches in the order of the story; ids are given at the end, by time."""

    def __init__(self, random: Random, rows: Rows, ad_random: Random) -> None:
        """Track into `rows`; `ad_random` decides who clicked an ad of the daily platforms."""
        self.random, self.ad_random = random, ad_random
        self.rows = rows
        self.touches: list[tuple[datetime, dict[str, object], dict[str, object]]] = []

    def see(
        self,
        moment: datetime,
        touch_type: str,
        visitor: Visitor,
        channel: str,
        lead: Lead | None = None,
        look: Look | None = None,
        **more: object,
    ) -> None:
        """Note a touch, unless the tracker was down or the day lies outside the story."""
        day = local_day(moment)
        is_online = bool(visitor.browser)
        if not FIRST_DAY <= day <= LAST_DAY or (is_online and OUTAGE[0] <= day <= OUTAGE[1]):
            return
        look = look or self.random.choice(cat.CHANNELS[channel].looks)
        source, medium, campaign, referrer, click_id, field = look
        is_broken = channel == "paid_search" and (day.year, day.month) == BROKEN_MONTH
        if is_broken:
            source, medium, campaign, click_id = "{lpurl}", "{network}", "", ""
        moment = utc(moment)
        row: dict[str, object] = {
            "touched_at": moment,
            "touch_type": touch_type,
            "anonymous_id": visitor.cookie if visitor.has_consent else "",
            "lead_id": lead.lead_id if lead else "",
            "person_id": lead.person.person_id if lead and lead.person else "",
            "email": lead.email.strip() if lead and touch_type == "form_fill" else "",
            "account_id": lead.account.account_id if lead and lead.account else "",
            "utm_source": source,
            "utm_medium": medium,
            "utm_campaign": campaign,
            "referrer": referrer,
            "click_id_type": click_id,
            "source_field": field,
            "user_agent": visitor.browser,
            "has_consent": visitor.has_consent,
            **more,
        }
        planted: dict[str, object] = {
            "human": visitor.human,
            "channel": channel,
            "is_bot": visitor.browser in BOTS,
            "machine_sign": "user_agent" if visitor.browser in BOTS else "",
            "has_consent": visitor.has_consent,
            "is_tag_broken": is_broken,
        }
        self.touches.append((moment, row, planted))

    def see_ad_click(self, visitor: Visitor, before: datetime) -> None:
        """Note the visit by an ad of the daily platforms in the weeks before a moment."""
        if found := click(self.ad_random, before):
            moment, channel, campaign, look = found
            self.see(
                moment, "session", visitor, channel, look=look, campaign_id=campaign,
                landing_page="/product",
            )  # fmt: skip

    def finish(self) -> None:
        """Number the touches by time and hand them over."""
        self.touches.sort(key=lambda touch: touch[0])
        for number, (_, row, planted) in enumerate(self.touches, start=1):
            touch_id = f"V-{number:06d}"
            self.rows.add("touches", touch_id=touch_id, **row)
            self.rows.plant("touch", touch_id=touch_id, **planted)
        cookies = {row["anonymous_id"]: planted["human"] for _, row, planted in self.touches}
        for cookie, human in cookies.items():
            if cookie:
                self.rows.plant("identity", source_entity="visitor", source_id=cookie, human=human)


def browse(random: Random, world: World, tracker: Tracker) -> None:
    """Let everybody visit."""
    for number, lead in enumerate(world.leads):
        _journey(random, tracker, lead, number)
    for number in range(ANONYMOUS_VISITORS):
        _wander(random, tracker, number)
    for number in range(BOT_VISITS):
        bot = Visitor(f"bot-{number}", f"b{number:05d}", True, random.choice(BOTS))
        day = FIRST_DAY + timedelta(days=random.randrange((LAST_DAY - FIRST_DAY).days + 1))
        look = ("", "", "", "", "", "Web form")
        tracker.see(moment_on(random, day, 0, 23), "session", bot, "direct", look=look)


def _journey(random: Random, tracker: Tracker, lead: Lead, number: int) -> None:
    """Visits before somebody becomes a lead, the moment itself, and what comes after."""
    has_consent = random.random() > 0.1
    met = MET_TYPES.get(lead.channel)
    visitor = Visitor(identity(lead), f"c{number:05d}", has_consent, random.choice(BROWSERS))
    for _ in range(0 if met else min(9, int(random.expovariate(1 / 3.2)))):
        channel = random.choices(WEB_CHANNELS, WEB_SHARES)[0]
        moment = lead.created_at - timedelta(minutes=random.randint(30, 80 * 24 * 60))
        _visit(random, tracker, visitor, channel, moment)
    if met:
        offline = Visitor(visitor.human, "", True, "")
        tracker.see(
            lead.created_at, met, offline, lead.channel, lead, look=lead.look,
            campaign_id=lead.campaign,
        )  # fmt: skip
    else:
        asset = random.choice(EBOOKS).asset_id if random.random() < 0.4 else ""
        if tracker.ad_random.random() < CLICKED_BY_LEADS:
            tracker.see_ad_click(visitor, lead.created_at)
        tracker.see(
            lead.created_at, "form_fill", visitor, lead.channel, lead, look=lead.look,
            campaign_id=lead.campaign, content_asset_id=asset, landing_page="/contact",
        )  # fmt: skip
    for _ in range(min(8, int(random.expovariate(1 / (3.4 if lead.moments else 1.2))))):
        moment = lead.created_at + timedelta(minutes=random.randint(60, 120 * 24 * 60))
        _return(random, tracker, visitor, lead, moment, met is not None)


def _return(
    random: Random, tracker: Tracker, visitor: Visitor, lead: Lead, moment: datetime, is_met: bool
) -> None:
    """A known person comes again: by a mail, by the trial, to a webinar, or just so."""
    luck = random.random()
    if luck < 0.35:
        tracker.see(moment, "email_click", visitor, "email", lead)
    elif luck < 0.45:
        tracker.see(moment, "webinar", visitor, "webinar", lead, campaign_id="CMP-08")
    elif luck < 0.5 and lead.moments:
        tracker.see(moment, "trial", visitor, "direct", lead, landing_page="/trial")
    elif luck < 0.56 and lead.moments:
        tracker.see(moment, "appointment", visitor, "direct", lead, landing_page="/book")
    elif luck < 0.64 and not is_met:
        # Another device: nothing ties its cookie to the person.
        other = Visitor(visitor.human, f"{visitor.cookie}x", visitor.has_consent, BROWSERS[3])
        _visit(random, tracker, other, random.choices(WEB_CHANNELS, WEB_SHARES)[0], moment)
    else:
        _visit(random, tracker, visitor, random.choices(WEB_CHANNELS, WEB_SHARES)[0], moment)


def _visit(
    random: Random, tracker: Tracker, visitor: Visitor, channel: str, moment: datetime
) -> None:
    asset, page = "", random.choice(PAGES)
    if page == "/blog":
        asset = random.choice(BLOG).asset_id
    elif page == "/customers":
        asset = random.choice(CASE_STUDIES).asset_id
    campaigns = cat.CHANNELS[channel].campaigns
    campaign = random.choice(campaigns) if campaigns and random.random() < 0.8 else ""
    tracker.see(
        moment, "session", visitor, channel, campaign_id=campaign, content_asset_id=asset,
        landing_page=page,
    )  # fmt: skip


def _wander(random: Random, tracker: Tracker, number: int) -> None:
    """Somebody looks around and never says who it is."""
    visitor = Visitor(
        f"visitor-{number}", f"a{number:05d}", random.random() > 0.15, random.choice(BROWSERS)
    )
    # More from year to year, up to the last day.
    share = max(random.random(), random.random())
    day = FIRST_DAY + timedelta(days=int((LAST_DAY - FIRST_DAY).days * share))
    if tracker.ad_random.random() < CLICKED_BY_VISITORS:
        tracker.see_ad_click(visitor, moment_on(tracker.ad_random, day))
    for _ in range(1 + min(7, int(random.expovariate(1 / 2.2)))):
        channel = random.choices(WEB_CHANNELS, WEB_SHARES)[0]
        _visit(random, tracker, visitor, channel, moment_on(random, day, 6, 22))
        day += timedelta(days=random.randint(0, 25))
