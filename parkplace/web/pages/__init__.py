"""One folder for each journey; pages never import pages."""
