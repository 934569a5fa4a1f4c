import pytest

from parkplace.spaces.importers.formats import FORMATS, recognise
from parkplace.spaces.importers.rows import UnreadableFile
from tests.spaces.importers.real import real

OSM = '{"type": "FeatureCollection", "features": [{"properties": {"amenity": "parking"}}]}'
PARKAPI = '{"type":"FeatureCollection","features":[{"properties":{"parkingFacilityCategory":1}}]}'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (OSM, "osm"),
        (PARKAPI, "parkapi"),
        ("ObjectID,Meter Number,Status,Meter_Hours,Borough,On_Street\n", "nyc_meters"),
        ("external_id,title,lat,lng,kind\n", "csv"),
    ],
)
def test_a_file_is_recognised_by_what_is_in_it(text: str, name: str) -> None:
    assert recognise(text).name == name
    assert [importer.name for importer in FORMATS if importer.recognises(text)] == [name]


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", "a,b\n1,2\n", "\x89PNG\r\n", '{"type": "Feature"}']
)
def test_other_files_are_refused_with_the_list_of_formats(text: str) -> None:
    with pytest.raises(UnreadableFile, match="New York meters"):
        recognise(text)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("nyc_parking_meters.csv", "nyc_meters"),
        ("cleveland_downtown_osm_parking.geojson", "osm"),
        ("parkapi_opendata_swiss.json", "parkapi"),
    ],
)
def test_the_real_files_are_recognised(file: str, name: str) -> None:
    assert recognise(real(file).read_text(encoding="utf-8")).name == name


@pytest.mark.parametrize("file", ["ev_workplace_sessions.csv", "nyc_streets_manhattan.geojson"])
def test_real_files_of_other_things_are_not(file: str) -> None:
    with pytest.raises(UnreadableFile):
        recognise(real(file).read_text(encoding="utf-8"))
