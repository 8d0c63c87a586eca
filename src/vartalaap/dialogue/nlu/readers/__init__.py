"""One reader for each kind of thing that callers say: dates, times, people, numbers, names, dishes, yes and no."""
