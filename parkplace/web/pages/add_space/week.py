"""Opening hours as the form holds them: a row for each weekday, with one stretch of time."""

from collections.abc import Mapping

from babel.dates import get_day_names

from parkplace.spaces.hours import ALWAYS, BadHours, Hours, parse_weekly

WEEKLY = "weekly"
DAYS: list[str] = [get_day_names("wide", locale="en_US")[day] for day in range(7)]
USUAL_OPENS, USUAL_CLOSES = "08:00", "20:00"
_MIDNIGHT, _DAYS_END = "00:00", "24:00"


def read(form: Mapping[str, str]) -> tuple[Hours | None, dict[str, str]]:
    """Return the hours a form says, and what is wrong with them: `weekly-<day>`, or `weekly`."""
    if form.get("hours") != WEEKLY:
        return ALWAYS, {}
    errors: dict[str, str] = {}
    good: list[dict[str, object]] = []
    for day in _open_days(form):
        entry = _entry(form, day)
        try:
            # With all rows before it, so that an overlap is told at the later one.
            parse_weekly([*good, entry])
        except BadHours as error:
            complete = entry["opens"] and entry["closes"]
            errors[f"weekly-{day}"] = error.message if complete else "Give both times."
        else:
            good.append(entry)
    if errors:
        return ALWAYS, errors
    try:
        return parse_weekly(good), {}
    except BadHours as error:
        return ALWAYS, {"weekly": error.message}


def notes(form: Mapping[str, str]) -> dict[str, str]:
    """Return by day what a row means where that is not plain: past midnight, or all day."""
    if form.get("hours") != WEEKLY:
        return {}
    found: dict[str, str] = {}
    for day in _open_days(form):
        opens, closes = form.get(f"opens-{day}", ""), form.get(f"closes-{day}", "")
        if opens == closes == _MIDNIGHT:
            found[str(day)] = "All day"
        elif opens and closes == _MIDNIGHT:
            found[str(day)] = "Until midnight"
        elif opens and closes and closes < opens:
            found[str(day)] = f"Until {DAYS[(day + 1) % 7]} morning"
    return found


def _open_days(form: Mapping[str, str]) -> list[int]:
    return [day for day in range(7) if form.get(f"open-{day}")]


def _entry(form: Mapping[str, str], day: int) -> dict[str, object]:
    opens, closes = form.get(f"opens-{day}", ""), form.get(f"closes-{day}", "")
    # A time field has no 24:00; midnight to midnight is how it says a whole day.
    whole = opens == closes == _MIDNIGHT
    return {"day": day, "opens": opens, "closes": _DAYS_END if whole else closes}
