"""Colours that an event or an event type can have, from Material's palette."""

COLORS: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("Red", (211, 47, 47)),
    ("Pink", (194, 24, 91)),
    ("Purple", (123, 31, 162)),
    ("Indigo", (48, 63, 159)),
    ("Blue", (25, 118, 210)),
    ("Teal", (0, 121, 107)),
    ("Green", (56, 142, 60)),
    ("Yellow", (251, 192, 45)),
    ("Orange", (245, 124, 0)),
    ("Brown", (93, 64, 55)),
    ("Grey", (97, 97, 97)),
)
