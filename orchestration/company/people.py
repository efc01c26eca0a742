"""people.csv: employees with function, team and manager, and when each of these held.

Belongs here: the row model and the checks that need people.csv only. Does not: users of a CRM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from orchestration.company.csv_file import row_problem
from orchestration.company.problems import Problem
from orchestration.company.suggestions import closest
from orchestration.company.validity import holds_on, validity_problems
from orchestration.company.value_types import CsvRow, Day, Text, TimeZoneName

PEOPLE_FILE = "people.csv"

BusinessFunction = Literal["sales", "marketing", "sdr", "customer_success", "finance", "other"]


class Person(CsvRow):
    """An employee during one period."""

    employee_id: Text
    full_name: Text
    email: Text | None
    business_function: BusinessFunction
    team: Text | None
    region: Text | None
    job_title: Text | None
    manager_employee_id: Text | None
    valid_from: Day
    valid_to: Day | None
    # Where the employee's working hours run; the company's zone where it is left out.
    time_zone: TimeZoneName | None = None


def check_people(people: list[Person]) -> list[Problem]:
    """Find overlapping periods, managers that do not exist and circles of managers."""
    return [
        *validity_problems(PEOPLE_FILE, people, lambda person: person.employee_id, "employee"),
        *_manager_problems(people),
        *_cycle_problems(people),
    ]


def _manager_problems(people: list[Person]) -> list[Problem]:
    names = {person.employee_id for person in people}
    problems = []
    for person in people:
        manager = person.manager_employee_id
        if manager == person.employee_id:
            message, fix = "is their own manager", "name somebody else or leave the cell blank"
        elif manager is not None and manager not in names:
            match = closest(manager, names)
            message = "no such employee"
            fix = f"did you mean {match!r}?" if match else "add a row for the manager"
        else:
            continue
        problems.append(
            row_problem(
                PEOPLE_FILE,
                person,
                "manager_employee_id",
                message,
                allowed="an employee_id of people.csv, or blank",
                fix=fix,
            )
        )
    return problems


def _cycle_problems(people: Iterable[Person]) -> list[Problem]:
    """Report each circle once, for the first day on which it exists."""
    suspects = _with_suspicious_managers(people)
    seen: set[frozenset[str]] = set()
    problems = []
    for day in sorted({person.valid_from for person in suspects}):
        rows = {person.employee_id: person for person in suspects if holds_on(person, day)}
        for circle in _circles(rows):
            if frozenset(circle) in seen:
                continue
            seen.add(frozenset(circle))
            problems.append(_circle_problem(rows[min(circle)], circle, day))
    return problems


def _circle_problem(person: Person, circle: list[str], day: date) -> Problem:
    start = circle.index(person.employee_id)
    path = [*circle[start:], *circle[:start], person.employee_id]
    return row_problem(
        PEOPLE_FILE,
        person,
        "manager_employee_id",
        f"the managers make a circle on {day}: {' -> '.join(path)}",
        allowed="a manager who does not report to this employee",
        fix="name another manager, or leave the cell blank for the head of the company",
    )


def _with_suspicious_managers(people: Iterable[Person]) -> list[Person]:
    """Leave out whoever cannot be in a circle: their chain of managers ends at any time."""
    rows = [p for p in people if p.manager_employee_id not in (None, p.employee_id)]
    while True:
        employees = {person.employee_id for person in rows}
        kept = [person for person in rows if person.manager_employee_id in employees]
        if len(kept) == len(rows):
            return rows
        rows = kept


def _circles(rows: Mapping[str, Person]) -> list[list[str]]:
    circles = []
    done: set[str] = set()
    for start in sorted(rows):
        path: list[str] = []
        current: str | None = start
        while current and current in rows and current not in done and current not in path:
            path.append(current)
            current = rows[current].manager_employee_id
        if current and current in path:
            circles.append(path[path.index(current) :])
        done.update(path)
    return circles
