"""The map: its document (folium, Leaflet), the bridge to the pages, the files it is built of."""
