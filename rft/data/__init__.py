"""Training data: the row format, and what turns recordings into rows."""
