"""Landed tables of Mailchimp and Marketo give campaigns, people and messages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.landed_home import EXTRACTED, SYNCED, LandedHome, Rows

SENT = "2026-01-05 08:00:00+00"


def mailchimp_fivetran() -> dict[str, Rows]:
    actions = [
        ("m1", "open", "2026-01-05 08:30:00+00"),
        ("m1", "click", "2026-01-05 10:00:00+00"),
        ("m1", "click", "2026-01-05 09:00:00+00"),
        ("m2", "open", "2026-01-05 08:40:00+00"),
        ("m3", "bounce", "2026-01-05 08:01:00+00"),
    ]
    return {
        "campaign": [{"id": "c1", "title": "News", "type": "regular", "send_time": SENT, **SYNCED}],
        "member": [
            {"id": f"m{n}", "email_address": f"p{n}@example.com", "last_changed": SENT, **SYNCED}
            | {"merge_fname": "Ann", "merge_lname": f"L{n}", "country_code": "DE"}
            for n in (1, 2, 3)
        ],
        "campaign_recipient": [
            {"campaign_id": "c1", "member_id": f"m{n}", "list_id": "l1", **SYNCED}
            for n in (1, 2, 3)
        ],
        "campaign_recipient_activity": [
            {"campaign_id": "c1", "member_id": member, "action": action, "timestamp": at, **SYNCED}
            for member, action, at in actions
        ],
        "unsubscribe": [
            {
                "campaign_id": "c1",
                "member_id": "m2",
                "timestamp": "2026-01-06 08:00:00+00",
                **SYNCED,
            }
        ],
    }


def test_mailchimps_recipients_are_messages_and_opens_are_nothing(tmp_path: Path) -> None:
    home = LandedHome(tmp_path, "mailchimp")
    home.land(mailchimp_fivetran())
    result = home.pull()
    assert result.problems == []
    columns = (
        "message_send_id, sent_at::varchar, programme, campaign_id, person_id, email, "
        "is_delivered, clicked_at::varchar, unsubscribed_at::varchar"
    )
    common = (SENT, "News", "c1")
    assert home.rows("message_sends", columns) == [
        ("c1-m1", *common, "m1", "p1@example.com", True, "2026-01-05 09:00:00+00", None),
        ("c1-m2", *common, "m2", "p2@example.com", True, None, "2026-01-06 08:00:00+00"),
        ("c1-m3", *common, "m3", "p3@example.com", False, None, None),
    ]
    assert home.rows("campaigns", "campaign_id, campaign_name, campaign_type, start_date") == [
        ("c1", "News", "regular", date(2026, 1, 5))
    ]
    assert home.rows("people", "person_id, email, full_name, country")[0] == (
        "m1", "p1@example.com", "Ann L1", "DE",
    )  # fmt: skip
    assert home.rows("email_clicks", "*") == []
    assert set(home.pull().changed.values()) == {0}


def test_an_action_that_nobody_knows_is_red(tmp_path: Path) -> None:
    home = LandedHome(tmp_path, "mailchimp")
    tables = mailchimp_fivetran()
    tables["campaign_recipient_activity"][0]["action"] = "teleport"
    home.land(tables)
    [problem] = home.pull().problems
    assert "campaign_recipient_activity, column action: 'teleport' is not known" in problem
    assert home.rows("message_sends", "*") == []


def test_mailchimps_clicks_are_touches_where_no_recipients_are_landed(tmp_path: Path) -> None:
    home = LandedHome(tmp_path, "mailchimp")
    home.land(
        {
            "campaigns": [
                {"id": "c1", "type": "regular", "send_time": SENT, "settings": {"title": "News"}}
                | EXTRACTED
            ],
            "list_members": [
                {"id": "m1", "email_address": "p1@example.com", "full_name": "Ann L1"}
                | {"location": {"country_code": "DE"}, "last_changed": SENT}
                | {"_airbyte_extracted_at": f"2026-01-1{version} 08:00:00+00"}
                | {"full_name": f"Version {version}"}
                for version in (2, 3, 1)
            ],
            "email_activity": [
                {"campaign_id": "c1", "email_id": "m1", "email_address": "p1@example.com"}
                | {
                    "action": action,
                    "timestamp": at,
                    "url": "https://example.com/a?x=1",
                    **EXTRACTED,
                }
                for action, at in (("open", SENT), ("click", SENT), ("click", SENT))
            ],
        }
    )
    assert home.pull().problems == []
    assert home.rows("campaigns", "campaign_name") == [("News",)]
    assert home.rows("people", "full_name, country") == [("Version 3", "DE")]
    columns = "touched_at::varchar, touch_type, person_id, email, campaign_id, landing_page"
    assert home.rows("email_clicks", columns) == [
        (SENT, "email_click", "m1", "p1@example.com", "c1", "https://example.com/a")
    ]


def marketo(*, is_airbyte: bool) -> dict[str, Rows]:
    marker = EXTRACTED if is_airbyte else SYNCED

    def named(row: dict[str, Any]) -> dict[str, Any]:
        def camel(name: str) -> str:
            head, *rest = name.split("_")
            return head + "".join(part.capitalize() for part in rest)

        return {camel(name) if is_airbyte else name: value for name, value in row.items()} | marker

    def activity(number: int, lead: int, at: str, email: int = 40, run: int = 9) -> dict[str, Any]:
        return named(
            {"id": number, "lead_id": lead, "activity_date": at, "campaign_id": 700}
            | {"primary_attribute_value_id": email, "primary_attribute_value": f"Mail {email}"}
            | {"campaign_run_id": run}
        )

    acts = {
        "send_email": [activity(1, 11, SENT), activity(2, 12, SENT), activity(3, 11, SENT, 41)],
        "email_delivered": [activity(4, 11, SENT), activity(5, 12, SENT)],
        "email_bounced": [activity(6, 12, SENT)],
        "click_email": [
            activity(7, 11, "2026-01-05 10:00:00+00"),
            activity(8, 11, "2026-01-05 09:00:00+00"),
            activity(9, 11, "2026-01-05 08:30:00+00", 40, 10),
        ],
        "unsubscribe_email": [activity(10, 12, "2026-01-06 08:00:00+00")],
        "fill_out_form": [activity(13, 11, SENT, 50)],
    }
    prefix = "activities_" if is_airbyte else "activity_"
    plural = "s" if is_airbyte else ""
    people = [
        {"id": number, "email": f"p{number}@example.com", "first_name": "Ann"}
        | {"last_name": f"L{number}", "company": "Acme", "lead_score": 7, "lead_status": "MQL"}
        | {"created_at": SENT, "updated_at": SENT}
        for number in (11, 12)
    ]
    program = {"id": 600, "name": "Autumn", "channel": "Email Send", "start_date": SENT}
    smart = {"id": 700, "name": "Send it", "program_id": 600}
    return {
        f"lead{plural}": [named(row) for row in people],
        f"program{plural}": [named(program)],
        f"campaign{plural}": [named(smart)],
        **{prefix + name: rows for name, rows in acts.items()},
    }


@pytest.mark.parametrize("is_airbyte", [False, True])
def test_marketos_activities_are_messages(tmp_path: Path, is_airbyte: bool) -> None:
    home = LandedHome(tmp_path, "marketo")
    home.land(marketo(is_airbyte=is_airbyte))
    assert home.pull().problems == []
    columns = (
        "message_send_id, sent_at::varchar, programme, rule, campaign_id, lead_id, email, "
        "is_delivered, clicked_at::varchar, unsubscribed_at::varchar"
    )
    assert home.rows("message_sends", columns) == [
        ("1", SENT, "Send it", "Mail 40", "600", "11", "p11@example.com", True,
         "2026-01-05 09:00:00+00", None),
        ("2", SENT, "Send it", "Mail 40", "600", "12", "p12@example.com", False, None,
         "2026-01-06 08:00:00+00"),
        ("3", SENT, "Send it", "Mail 41", "600", "11", "p11@example.com", None, None, None),
    ]  # fmt: skip
    assert home.rows("campaigns", "campaign_id, campaign_name, campaign_type") == [
        ("600", "Autumn", "Email Send")
    ]
    lead = home.rows("leads", "lead_id, person_id, full_name, company_name, lead_status, score")
    assert [row[:5] for row in lead] == [
        (str(n), str(n), f"Ann L{n}", "Acme", "MQL") for n in (11, 12)
    ]
    assert home.rows("form_fills", "touch_type, lead_id, campaign_id, content_asset_id") == [
        ("form_fill", "11", "600", "50")
    ]
    assert set(home.pull().changed.values()) == {0}
