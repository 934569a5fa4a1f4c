"""What is left to do about people who are gone."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from parkplace.core.columns import Row, json_column, timestamp


class Departure(Row, table=True):
    """An account that was deleted, and what has to follow outside the database.

    It is written with the deletion and goes when all is done, so that a crash in between is made up
    for by the next run of the job.

    Attributes:
        customers: Payers at Stripe all of whose cards are to be detached.
        cards: Single cards that are to be detached.
        pictures: Keys of pictures of theirs.
        portrait: The key of their own picture.
        papers: Names of private files.
    """

    __tablename__ = "departures"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    at: datetime = timestamp()
    customers: list[str] = json_column()
    cards: list[str] = json_column()
    pictures: list[str] = json_column()
    portrait: str | None = None
    papers: list[str] = json_column()
