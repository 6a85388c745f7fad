"""Recorded episodes: the trace format, and readers of public data sets, each a small file that knows one format.

Everything streams. An item that cannot be told in Glint's actions is refused and counted, never guessed at.
"""
