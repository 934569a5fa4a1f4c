"""Named streets: a base map without a tile server, and names to search for without a network."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlmodel import Session

from parkplace.core.db import sql
from parkplace.core.errors import Invalid
from parkplace.core.geo import Box, Point, neighbourhoods_at
from parkplace.core.ids import new_id
from parkplace.spaces.importers.files import read_text
from parkplace.spaces.importers.geojson import as_object, features, line
from parkplace.spaces.importers.rows import BadRow, UnreadableFile
from parkplace.spaces.importers.values import required, words

CHUNK = 1000
MOST_LINES = 4000
_MOST_LETTERS = 100
_LEAST_RANK = 7
_CLOSEST = 24

# Classes of OpenStreetMap's `highway`, the widest roads first; any other ranks last.
_RANKS = {
    "motorway": 1,
    "trunk": 2,
    "primary": 3,
    "secondary": 4,
    "tertiary": 5,
    "unclassified": 6,
    "residential": 6,
    "living_street": 6,
    "pedestrian": 6,
}
# From which zoom on a rank is drawn: about where its lines stop running into each other.
_DRAWN_FROM = {1: 5, 2: 7, 3: 9, 4: 11, 5: 12, 6: 13, _LEAST_RANK: 15}

_WRITE = """
    INSERT INTO streets (id, digest, name, rank, near, line)
    SELECT id, digest, name, rank, near, ST_SetSRID(ST_GeomFromGeoJSON(line), 4326)
    FROM jsonb_to_recordset(CAST(:records AS jsonb)) AS r(
        id uuid, digest text, name text, rank int2, near text, line jsonb
    )
    ON CONFLICT (digest) DO UPDATE SET rank = excluded.rank, near = excluded.near
    WHERE (streets.rank, streets.near) IS DISTINCT FROM (excluded.rank, excluded.near)
    RETURNING id
"""

# Pieces of one street are joined before they are simplified, which saves a third of the text
# and lets a street be drawn in one stroke.
_LINES_IN = """
    WITH shown AS (
        SELECT name, rank, line FROM streets
        WHERE rank <= :rank AND (
            line && ST_MakeEnvelope(:west, :south, :cut_east, :north, 4326)
            OR line && ST_MakeEnvelope(:cut_west, :south, :east, :north, 4326)
        )
        ORDER BY rank, ST_Length(line) DESC, id LIMIT :most
    ), joined AS (
        SELECT name, rank, ST_Simplify(ST_LineMerge(ST_Collect(line)), :tolerance) AS line
        FROM shown GROUP BY name, rank
    )
    SELECT json_build_object(
        'type', 'FeatureCollection',
        'features', coalesce(json_agg(json_build_object(
            'type', 'Feature',
            'properties', json_build_object('name', name, 'rank', rank),
            'geometry', CAST(ST_AsGeoJSON(line, 5) AS json)
        ) ORDER BY rank DESC, name), '[]')
    )::text
    FROM joined WHERE line IS NOT NULL AND NOT ST_IsEmpty(line)
"""

# One answer for each street of a name: pieces within about 5 km of each other are one street,
# and the piece nearest to `near` (or to the middle of them all) says where it is.
_LIKE = """
    WITH names AS (
        SELECT name, greatest(word_similarity(:words, name), similarity(:words, name)) AS likeness
        FROM streets WHERE name %> :words OR name % :words
        GROUP BY name ORDER BY likeness DESC, name LIMIT :most_names
    ), pieces AS (
        SELECT name, likeness, near, ST_LineInterpolatePoint(line, 0.5) AS middle,
            ST_ClusterDBSCAN(line, 0.05, 1) OVER (PARTITION BY name) AS street
        FROM names JOIN streets USING (name)
    ), measured AS (
        SELECT *, ST_Distance(middle, coalesce(
            ST_SetSRID(ST_MakePoint(:lng, :lat), 4326),
            ST_Centroid(ST_Collect(middle) OVER (PARTITION BY name, street))
        )) AS distance
        FROM pieces
    ), nearest AS (
        SELECT DISTINCT ON (name, street) name, near, likeness, middle, distance
        FROM measured ORDER BY name, street, distance
    )
    SELECT name, near, ST_Y(middle) AS lat, ST_X(middle) AS lng FROM nearest
    ORDER BY round(CAST(likeness AS numeric), 1) DESC,
        CASE WHEN :lat IS NOT NULL THEN distance END, likeness DESC, name
    LIMIT :most
"""


@dataclass(slots=True)
class StreetReport:
    """What became of a file of streets; `bad` names features by their number, from 1."""

    written: int = 0
    unchanged: int = 0
    nameless: int = 0
    bad: list[BadRow] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report as lines to print."""
        said = [f"Streets: {self.written:,} new or changed, {self.unchanged:,} unchanged."]
        if self.nameless:
            said.append(f"Skipped: {self.nameless:,} without a name.")
        if self.bad:
            said.append(f"{len(self.bad):,} features cannot be imported:")
            said += [f"  feature {row.line}: {row.reason}" for row in self.bad]
        return said


@dataclass(frozen=True, slots=True)
class FoundStreet:
    """A street by name, the neighbourhood it is in, and a point on it."""

    name: str
    where: str
    point: Point


@dataclass(frozen=True, slots=True)
class _Piece:
    name: str
    rank: int
    line: list[tuple[float, float]]

    @property
    def middle(self) -> Point:
        lng, lat = self.line[len(self.line) // 2]
        return Point(lat=lat, lng=lng)


def import_streets(
    session: Session, *, file: BinaryIO, on_progress: Callable[[int, int], None] | None = None
) -> StreetReport:
    """Store the named lines of a GeoJSON file, such as OpenStreetMap's `highway` ways.

    A line that is there already, with the same name and course, is not stored twice.

    Raises:
        UnreadableFile: It is not GeoJSON, or nothing in it is a street.
    """
    members = features(read_text(file))
    report = StreetReport()
    for start in range(0, len(members), CHUNK):
        chunk = list(enumerate(members[start : start + CHUNK], start + 1))
        _store(session, list(_pieces(chunk, report)), report)
        if on_progress is not None:
            on_progress(start + len(chunk), len(members))
    if not report.written + report.unchanged:
        raise UnreadableFile("No feature of the file is a street: a line with a name.")
    return report


def _pieces(numbered: list[tuple[int, object]], report: StreetReport) -> Iterator[_Piece]:
    for number, feature in numbered:
        try:
            piece = _piece(feature)
        except Invalid as error:
            report.bad.append(BadRow(number, None, error.message))
            continue
        if piece is None:
            report.nameless += 1
        else:
            yield piece


def _piece(feature: object) -> _Piece | None:
    known = as_object(feature, name="The feature")
    tags = as_object(known.get("properties"), name="The list of tags")
    highway = required(tags.get("highway"), name="highway").removesuffix("_link")
    name = words(tags.get("name"), name="The name", most=120)
    if not name:
        return None
    return _Piece(
        name=name, rank=_RANKS.get(highway, _LEAST_RANK), line=line(known.get("geometry"))
    )


def _store(session: Session, pieces: list[_Piece], report: StreetReport) -> None:
    names = neighbourhoods_at([piece.middle for piece in pieces])
    records = {
        (digest := _digest(piece)): {
            "id": str(new_id()),
            "digest": digest,
            "name": piece.name,
            "rank": piece.rank,
            "near": near,
            "line": {"type": "LineString", "coordinates": piece.line},
        }
        for piece, near in zip(pieces, names, strict=True)
    }
    written = sql(session, _WRITE, records=json.dumps(list(records.values()))).all()
    report.written += len(written)
    report.unchanged += len(pieces) - len(written)


def _digest(piece: _Piece) -> str:
    return hashlib.sha256(json.dumps([piece.name, piece.line]).encode()).hexdigest()


def lines_in(session: Session, *, box: Box, zoom: int, most: int = MOST_LINES) -> str:
    """Return the streets a map shows, as the text of a GeoJSON feature collection.

    Properties are `name` and `rank` (1 the widest roads to 7 the least). Small streets come in
    as one zooms in, lines are simplified to half a pixel, and at most `most` lines are used, the
    widest and longest first.
    """
    zoom = min(max(zoom, 0), _CLOSEST)
    rank = max((rank for rank, start in _DRAWN_FROM.items() if zoom >= start), default=0)
    crosses = box.west > box.east
    return sql(
        session,
        _LINES_IN,
        rank=rank,
        west=box.west,
        cut_east=180.0 if crosses else box.east,
        cut_west=-180.0 if crosses else box.west,
        east=box.east,
        south=box.south,
        north=box.north,
        tolerance=360 / (256 * 2**zoom) / 2,
        most=most,
    ).scalar_one()


def streets_like(
    session: Session, *, words: str, near: Point | None = None, most: int = 5
) -> list[FoundStreet]:
    """Return streets whose names look like what was typed, the likest first, then the nearest.

    Typing errors, beginnings and house numbers are forgiven (trigrams); what follows a comma, such
    as a city, is not looked at.
    """
    typed = "".join(sign for sign in words if sign.isprintable()).strip()[:_MOST_LETTERS]
    street = typed.partition(",")[0].strip()
    if not street:
        return []
    found = sql(
        session,
        _LIKE,
        words=street,
        lat=near.lat if near else None,
        lng=near.lng if near else None,
        most_names=4 * most,
        most=most,
    )
    return [FoundStreet(row.name, row.near, Point(lat=row.lat, lng=row.lng)) for row in found]
