"""Contradictions inside sources.yml, with the entities, the folders and the environment."""

from __future__ import annotations

import pytest
from company_folder import Folder

DEALS = "sources.crm.datasets.deals"


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "fix"),
    [
        (
            "loader: file_drop\n    options:\n",
            "loader: filedrop\n    options:\n",
            "sources.crm.loader",
            "not allowed",
            "did you mean 'file_drop'?",
        ),
        (
            "entity: opportunities",
            "entity: oportunities",
            f"{DEALS}.entity",
            "no such entity",
            "did you mean 'opportunities'?",
        ),
        (
            "product_id: product}",
            "produkt_id: product}",
            f"{DEALS}.columns.produkt_id",
            "no such field",
            "did you mean 'product_id'?",
        ),
        (
            "{country: NO}",
            "{contry: NO}",
            "sources.crm.datasets.people.constants.contry",
            "no such field",
            "did you mean 'country'?",
        ),
        (
            "{product_id: {GTXPro",
            "{amount: {GTXPro",
            f"{DEALS}.value_aliases.amount",
            "no effect",
            "add amount to columns",
        ),
        (
            "sales_stage: stage, ",
            "",
            f"{DEALS}.columns",
            "needs the field 'sales_stage'",
            "`sales_stage: <column of the file>`",
        ),
        (
            "{country: NO}",
            "{person_id: x}",
            "sources.crm.datasets.people.constants.person_id",
            "filled by `columns` already",
            "remove it",
        ),
        (
            'decimal: ","',
            "encoding: utf-9",
            "sources.crm.options.encoding",
            "no text encoding",
            "encoding that the export",
        ),
        (
            'decimal: ","',
            "encoding: base64",
            "sources.crm.options.encoding",
            "no text encoding",
            "encoding that the export",
        ),
        (
            'decimal: ","',
            'delimiter: ";;"',
            "sources.crm.options.delimiter",
            "not one character",
            "between two cells",
        ),
        (
            'decimal: ","',
            'decimal: "x"',
            "sources.crm.options.decimal",
            "not allowed",
            "choose one",
        ),
        (
            'decimal: ","',
            "date_formats: [DD.MM.YYYY]",
            "sources.crm.options.date_formats[0]",
            "no date format",
            "the format that",
        ),
        (
            'decimal: ","',
            'date_formats: ["%Y-%Q-%d"]',
            "sources.crm.options.date_formats[0]",
            "no date format",
            "the format that",
        ),
        (
            "America/New_York",
            "America/New_Yrk",
            f"{DEALS}.time_zone",
            "no time zone",
            "did you mean 'America/New_York'?",
        ),
        (
            "currency: USD",
            "currency: US Dollar",
            "sources.events.options.currency",
            "no currency code",
            "ISO 4217",
        ),
        (
            "files: visitors.csv",
            "files: ../visitors.csv",
            "sources.events.datasets.visitors.files",
            "out of the drop folder",
            "options.folder",
        ),
        (
            "folder: drop",
            "folder: dorp",
            "sources.events.options.folder",
            "no such folder",
            "create the folder",
        ),
        (
            "system_of_record: {people: crm}",
            "system_of_record: {people: crmm}",
            "system_of_record.people",
            "no such source",
            "did you mean 'crm'?",
        ),
        (
            "{people: crm}",
            "{people: crm, persons: crm}",
            "system_of_record.persons",
            "no source delivers",
            "remove it",
        ),
        (
            "{people: crm}",
            "{people: crm, opportunities: events}",
            "system_of_record.opportunities",
            "does not deliver",
            "name a source",
        ),
        ("  events:\n", "  My Events:\n", "sources.My Events", "snake_case", "write 'my_events'"),
    ],
)
def test_an_entry_of_sources_yml_that_is_not_allowed(
    folder: Folder, old: str, new: str, key: str, message: str, fix: str
) -> None:
    folder.replace("sources.yml", old, new)
    text = new.strip().splitlines()[0] if new else "columns: {opportunity_id"
    folder.expect("sources.yml", text, key, message, fix)


def test_two_sources_of_one_entity_without_a_system_of_record(folder: Folder) -> None:
    folder.replace("sources.yml", "system_of_record: {people: crm}\n", "")
    problem = folder.problem()
    assert (problem.file, problem.key) == ("sources.yml", "sources.events.datasets.visitors.entity")
    assert problem.line == folder.line("sources.yml", "visitors:") + 1
    assert "crm, events all deliver people" in problem.message
    assert "add `people: crm`" in problem.fix


@pytest.mark.parametrize(
    ("simulated", "address", "message", "fix"),
    [
        ("orgg", "http://127.0.0.1", "no such source", "did you mean 'org'?"),
        ("crm", "http://127.0.0.1", "no simulator for loader file_drop", "remove the line"),
        ("org", "https://acme.my.salesforce.com", "that of a real system", "remove the line"),
        ("org", "http://localhost", "that of a real system", "remove the line"),
    ],
)
def test_a_source_that_cannot_be_simulated(
    folder: Folder, simulated: str, address: str, message: str, fix: str
) -> None:
    _add_org(folder, address)
    folder.replace("sources.yml", "simulated: [org]", f"simulated: [{simulated}]")
    folder.expect("sources.yml", "simulated:", "simulated[0]", message, fix)


def test_a_source_that_is_simulated_and_keys(folder: Folder) -> None:
    _add_org(folder, "http://127.0.0.1", "keys: {Account: External_Id__c}")
    found = folder.load().sources
    assert found.simulated == ("org",)
    connector = found.sources["org"].connector
    assert connector is not None
    assert connector.options.keys == {"Account": "External_Id__c"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("keys", "key", "message"),
    [
        ("{Acount: Id__c}", "Acount", "no object that is read"),
        ("{Account: Owner.Name}", "Account", "field of another object"),
        ("{Account: no field}", "Account", "no field of Salesforce"),
    ],
)
def test_a_key_that_is_none(folder: Folder, keys: str, key: str, message: str) -> None:
    _add_org(folder, "http://127.0.0.1", f"keys: {keys}")
    folder.expect("sources.yml", "keys:", f"sources.org.options.keys.{key}", message, "")


def test_an_alias_of_a_field_that_the_object_does_not_fill(folder: Folder) -> None:
    more = "value_aliases: {Account: {industri: {technolgy: technology}}}"
    _add_org(folder, "http://127.0.0.1", more)
    key = "sources.org.options.value_aliases.Account.industri"
    folder.expect("sources.yml", "industri:", key, "is not filled by it", "correct it")


def test_an_alias_that_gives_a_word_that_is_none(folder: Folder) -> None:
    more = "value_aliases: {Opportunity: {opportunity_type: {Upsell: upsell}}}"
    _add_org(folder, "http://127.0.0.1", more)
    key = "sources.org.options.value_aliases.Opportunity.opportunity_type.Upsell"
    message = "'upsell' is no value of opportunity_type"
    folder.expect("sources.yml", "Upsell:", key, message, "correct it")


def test_aliases_of_what_a_deal_gives_besides(folder: Folder) -> None:
    more = "value_aliases: {deals: {role: {Billing contact: payer}}}"
    org = f"  org:\n    loader: hubspot\n    options:\n      {more}\n"
    folder.replace("sources.yml", "system_of_record:", f"{org}system_of_record:")
    folder.replace("sources.yml", "{people: crm}", "{people: crm, opportunities: crm}")
    key = "sources.org.options.value_aliases.deals.role.Billing contact"
    folder.expect("sources.yml", "Billing", key, "'payer' is no value of role", "correct it")


def test_an_object_that_is_only_kept_has_no_fields_to_fill(folder: Folder) -> None:
    _add_org(folder, "http://127.0.0.1", "fields: {Order: {amount: Total__c}}")
    key = "sources.org.options.fields.Order"
    folder.expect("sources.yml", "Order:", key, "is read and kept only", "")


@pytest.mark.parametrize(
    ("place", "message", "fix"),
    [
        ("currency: EUR", "names no place, or two", "keep one of them"),
        (
            "{database: lake, postgres_variable: LAKE_URL, schema: crm}",
            "names no place, or two",
            "keep one of them",
        ),
        ("postgres_variable: LAKE_URL", "names no schema", "add it"),
    ],
)
def test_landed_tables_are_in_one_place(folder: Folder, place: str, message: str, fix: str) -> None:
    pairs = place.strip("{}").split(", ")
    lines = "".join(f"      {pair}\n" for pair in ["objects_of: hubspot", *pairs])
    lake = f"  lake:\n    loader: landed_tables\n    options:  # lake\n{lines}"
    folder.replace("sources.yml", "system_of_record:", f"{lake}system_of_record:")
    folder.replace("sources.yml", "{people: crm}", "{people: crm, opportunities: crm}")
    folder.expect("sources.yml", "# lake", "sources.lake.options", message, fix)


def _add_org(folder: Folder, address: str, more: str = "api_version: '62.0'") -> None:
    folder.replace(
        "sources.yml",
        "system_of_record:",
        f"  org:\n    loader: salesforce\n    options:\n      instance_url: {address}\n"
        f"      {more}\nsimulated: [org]\nsystem_of_record:",
    )
    folder.replace("sources.yml", "{people: crm}", "{people: crm, opportunities: crm}")


def test_a_variable_that_is_not_set(folder: Folder) -> None:
    del folder.variables["CRM_DIR"]
    problem = folder.expect(
        "sources.yml",
        "${CRM_DIR}",
        "sources.crm.options.folder",
        "variable CRM_DIR is not set (source 'crm')",
        "set CRM_DIR in the environment",
    )
    assert problem.value == "'${CRM_DIR}'"


def test_a_variable_that_is_not_closed(folder: Folder) -> None:
    folder.replace("sources.yml", "${CRM_DIR}", "${CRM_DIR")
    folder.expect(
        "sources.yml", "${CRM_DIR", "sources.crm.options.folder", "no variable", "close the brace"
    )


def test_a_variable_stands_anywhere_in_a_value(folder: Folder) -> None:
    folder.variables["ENTITY"] = "opportunities"
    folder.replace("sources.yml", "entity: opportunities", "entity: ${ENTITY}")
    assert folder.load().sources.sources["crm"].datasets["deals"].entity == "opportunities"


def test_the_value_of_a_variable_is_not_shown(folder: Folder) -> None:
    for old in ("currency: USD", "time_zone: America/New_York", "entity: opportunities"):
        folder.replace("sources.yml", old, old.split(":")[0] + ': "${SECRET}"')
    problems = folder.problems()
    assert len(problems) == 3
    assert all("do-not-show" not in str(problem) for problem in problems)
    assert all(problem.value == "'${SECRET}'" for problem in problems)


def test_a_missing_folder_is_fine_when_all_its_files_are_optional(folder: Folder) -> None:
    folder.replace("sources.yml", "folder: drop", "folder: dorp")
    folder.replace(
        "sources.yml", "files: visitors.csv", "files: visitors.csv\n        optional: true"
    )
    assert folder.load()


def test_two_datasets_of_an_entity_with_one_precedence(folder: Folder) -> None:
    folder.replace(
        "sources.yml",
        "  events:\n",
        "      more:\n        entity: people\n        files: more.csv\n        precedence: 2\n"
        "        columns: {person_id: id}\n  events:\n",
    )
    folder.expect(
        "sources.yml",
        "precedence: 2",
        "sources.crm.datasets.more.precedence",
        "'people' and 'more' deliver people with the same precedence 2",
        "its own precedence",
    )


@pytest.mark.parametrize("section", ["status: New", "value: Open"])
def test_the_funnel_names_a_source_that_does_not_exist(folder: Folder, section: str) -> None:
    folder.replace("funnel.yml", f"source: crm, {section}", f"source: cmr, {section}")
    problem = folder.problem()
    assert (problem.file, problem.line) == ("funnel.yml", folder.line("funnel.yml", "cmr"))
    assert (problem.message, problem.allowed) == ("no such source", "*, crm, events")
    assert problem.fix == "did you mean 'crm'?"
