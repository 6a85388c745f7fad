"""Navigation suites: recorded phone episodes whose steps are asked one by one, each behind its recorded past."""
