import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image
from sqlmodel import Session, col, select

from parkplace.accounts import identity, papers, profiles
from parkplace.accounts.account_links import draw
from parkplace.accounts.devices import REMEMBERED, see
from parkplace.accounts.models import (
    AccountLink,
    IdentityCheck,
    LinkPurpose,
    PaperKind,
    SeenDevice,
)
from parkplace.accounts.origin import HERE
from parkplace.core.files import Folder, files
from parkplace.core.private_files import private_files
from parkplace.core.settings import get_settings
from parkplace.jobs import tidy
from parkplace.spaces import cells, photos
from parkplace.spaces.models import SpaceCell
from tests import factories as make
from tests.factories import NOW, owen, person, space


def test_the_hourly_tidying_folds_the_map_and_removes_pictures_nobody_shows(
    session: Session,
) -> None:
    host = owen(session)
    garage = space(session, host)
    space(session, host)
    kept, lost = photos.keep(drawn("red")), photos.keep(drawn("blue"))
    photos.add(session, actor=host, space_id=garage.id, picture=kept, now=NOW)
    folder = Folder(get_settings().files_dir)
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for file in folder.path.iterdir():
        os.utime(file, (two_days_ago, two_days_ago))
    session.commit()

    tidy.run()

    assert folder.read(photos.file_name(kept.key, 320)) is not None
    assert folder.read(photos.file_name(lost.key, 320)) is None
    assert len(session.exec(select(SpaceCell)).all()) == len(cells.ZOOMS)


def test_links_that_ran_out_and_devices_long_unseen_are_forgotten(session: Session) -> None:
    dana, long_ago = make.dana(session), NOW - 2 * REMEMBERED
    draw(session, user_id=dana.id, purpose=LinkPurpose.RESET, email=dana.email, now=long_ago)
    see(session, user=dana, origin=HERE, now=long_ago)
    session.commit()

    tidy.run()

    assert not session.exec(select(AccountLink)).all()
    assert not session.exec(select(SeenDevice)).all()


def drawn(colour: str) -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "PNG")
    return made.getvalue()


def test_the_hourly_tidying_leaves_portraits_and_forgets_papers_in_time(session: Session) -> None:
    dana = person(session, "Dana")
    shown, unshown = profiles.keep_photo(drawn("red")), profiles.keep_photo(drawn("red"))
    profiles.set_photo(session, user=dana, key=shown)
    waiting, decided = papers.keep([drawn("white"), drawn("white")])
    for name, kept in (("Eve", waiting), ("Finn", decided)):
        identity.submit(
            session, user=person(session, name), kind=PaperKind.PASSPORT, documents=[kept],
            origin=HERE, now=NOW,
        )  # fmt: skip
    month = timedelta(days=31)
    finn = session.exec(select(IdentityCheck).order_by(col(IdentityCheck.id).desc())).first()
    assert finn is not None
    finn.status, finn.decided_at = "approved", datetime.now(UTC) - month
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for folder in (get_settings().files_dir, get_settings().private_dir):
        for file in folder.iterdir():
            os.utime(file, (two_days_ago, two_days_ago))
    session.commit()

    tidy.run()

    store = files()
    assert store.read(photos.file_name(shown, 128)) is not None
    assert store.read(photos.file_name(unshown, 128)) is None
    assert papers.read(waiting.file_name)
    assert private_files().read(decided.file_name) is None
