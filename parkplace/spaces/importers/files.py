"""The bytes of a file as text."""

from typing import BinaryIO

from parkplace.spaces.importers.rows import UnreadableFile


def read_text(file: BinaryIO) -> str:
    """Return a whole file, which is UTF-8 with or without a byte order mark.

    Raises:
        UnreadableFile: It is not.
    """
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"The file is not UTF-8 text: byte {error.start:,} is none. Save it as UTF-8."
        ) from error
