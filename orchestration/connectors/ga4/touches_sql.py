"""SQL that turns a day of GA4's export into touches.

An export is nested: parameters are lists of a key and a value of one of four types. It is read as
JSON, because Parquet and JSON exports differ in what they leave out where nothing is filled.

Fields: https://support.google.com/analytics/answer/7029846. The traffic source is that of the
event (`collected_traffic_source`), else that of the session's last click; parameters of the event
where both are missing, as in exports from before they were added.

Belongs here: one file's query. Does not: which files (pull.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestration.connectors.typing_sql import literal

# Query parameters that advertising platforms add to a landing page, and how they are called.
CLICK_IDS = ("gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "li_fat_id", "ttclid")
_PARAMETERS = (
    '[{"key":"VARCHAR","value":{"string_value":"VARCHAR","int_value":"VARCHAR",'
    '"double_value":"VARCHAR","float_value":"VARCHAR"}}]'
)


def events_relation(path: Path) -> str:
    """SQL of column `event`, one JSON text per event of a Parquet or JSON Lines file."""
    if path.suffix == ".parquet":
        return f"(select to_json(rows) as event from read_parquet({literal(str(path))}) as rows)"  # noqa: S608
    return (
        f"(select json as event from read_ndjson_objects({literal(str(path))}, "  # noqa: S608
        "maximum_object_size = 67108864))"
    )


def touches_sql(path: Path, touch_types: Mapping[str, str], person_field: str | None) -> str:
    """The query that gives the touches of a file.

    Args:
        path: The file.
        touch_types: Event to touch type; other events are no touches.
        person_field: `person_id` or `lead_id`, where the site sends the CRM's id as user id.
    """
    names = ", ".join(literal(name) for name in touch_types)
    cases = " ".join(
        f"when {literal(event)} then {literal(kind)}" for event, kind in touch_types.items()
    )
    click_id = " ".join(
        f"when {_source(name)} is not null or contains(page, {literal(f'{name}=')}) "
        f"then {literal(name)}"
        for name in CLICK_IDS
    )
    person = f"user_id as {person_field}," if person_field else ""
    return f"""
        with events as (
            select
                event,
                {_text("event_name")} as event_name,
                {_text("user_pseudo_id")} as visitor,
                {_text("user_id")} as user_id,
                {_text("event_timestamp")} as stamp,
                from_json(
                    json_extract(event, '$.event_params'), {literal(_PARAMETERS)}
                ) as parameters
            from {events_relation(path)}
            where {_text("event_name")} in ({names})
        ),
        shown as (
            select
                *,
                {_parameter("page_location")} as page,
                {_parameter("ga_session_id")} as session_number
            from events
        )
        select
            md5(concat_ws('|', visitor, user_id, stamp, event_name,
                {_text("event_bundle_sequence_id")}, {_text("batch_page_id")},
                {_text("batch_ordering_id")}, {_text("batch_event_index")})) as touch_id,
            make_timestamptz(cast(stamp as bigint)) as touched_at,
            case event_name {cases} end as touch_type,
            visitor as anonymous_id,
            {person}
            visitor || '.' || session_number as session_id,
            {_traffic("source")} as utm_source,
            {_traffic("medium")} as utm_medium,
            {_traffic("campaign_name", "campaign")} as utm_campaign,
            {_parameter("page_referrer")} as referrer,
            split_part(split_part(page, '?', 1), '#', 1) as landing_page,
            case {click_id} end as click_id_type,
            event_name as source_field,
            case {_text("privacy_info.analytics_storage")}
                when 'Yes' then true when 'No' then false
            end as has_consent
        from shown
        order by touched_at, touch_id
    """  # noqa: S608


def _text(path: str) -> str:
    return f"json_extract_string(event, '$.{path}')"


def _parameter(key: str) -> str:
    found = f"list_filter(parameters, lambda item: item.key = {literal(key)})[1].value"
    return f"coalesce(({found}).string_value, ({found}).int_value)"


def _source(name: str) -> str:
    return _text(f"collected_traffic_source.{name}")


def _traffic(name: str, parameter: str | None = None) -> str:
    return (
        f"coalesce({_source(f'manual_{name}')}, "
        f"{_text(f'session_traffic_source_last_click.manual_campaign.{name}')}, "
        f"{_parameter(parameter or name)})"
    )
