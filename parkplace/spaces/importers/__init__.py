"""Files of other people's spaces: what each format says, put into our words.

A format is one module with one `Importer`, listed in `formats.FORMATS`. Adding one touches: its
module, that list, `tests/spaces/importers/` and `docs/import.md`.
"""
