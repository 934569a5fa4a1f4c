"""What every part stands on; knows no feature."""
