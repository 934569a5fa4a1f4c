"""Every format we read; a file is recognised by what is in it, whatever it is called."""

from parkplace.spaces.importers.nyc_meters import NycMeters
from parkplace.spaces.importers.osm import Osm
from parkplace.spaces.importers.own_csv import OwnCsv
from parkplace.spaces.importers.parkapi import ParkApi
from parkplace.spaces.importers.rows import Importer, UnreadableFile

FORMATS: tuple[Importer, ...] = (OwnCsv(), NycMeters(), ParkApi(), Osm())
HEAD = 64 * 1024


def recognise(text: str) -> Importer:
    """Return the importer for a file with this text.

    Raises:
        UnreadableFile: It is none of the formats.
    """
    head = text[:HEAD]
    for importer in FORMATS:
        if importer.recognises(head):
            return importer
    known = ", ".join(importer.label for importer in FORMATS)
    raise UnreadableFile(f"The file is none of the known formats: {known}. See docs/import.md.")
