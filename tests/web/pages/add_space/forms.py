"""What the add-space form carries when everything is filled in."""

DRIVEWAY = {
    "lat": "40.7281016",
    "lng": "-73.9885000",
    "listing": "published",
    "address": "12 St Marks Place, New York",
    "title": "St Marks driveway",
    "kind": "driveway",
    "capacity": "2",
    "tag-covered": "true",
    "tag-ev": "true",
    "hour": "4.50",
    "day_cap": "27",
    "currency": "USD",
    "instant": "yes",
    "hours": "always",
    "description": "Behind the blue gate.",
    "instructions": "Ring bell 3.",
}


def week(**days: tuple[str, str]) -> dict[str, str]:
    """The rows of a week: `week(mon=("08:00", "20:00"))`; days left out are closed."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    rows = {"hours": "weekly"}
    for name, (opens, closes) in days.items():
        day = names.index(name)
        rows |= {f"open-{day}": "true", f"opens-{day}": opens, f"closes-{day}": closes}
    return rows
