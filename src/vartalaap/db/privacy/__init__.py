"""Personal data in the database: where it stands, and how it is sealed anew, kept for a time, shown and erased."""
