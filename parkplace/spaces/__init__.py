"""Places to park, and when and where they are free to be found."""
