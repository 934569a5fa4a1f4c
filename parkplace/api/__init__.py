"""The REST door: translates HTTP to service calls and back, decides nothing, writes no SQL."""
