"""Training on whole episodes: online, in a live environment, and semi-online, over recorded traces.

A source (`live`, `recorded`) rolls out groups with the model in training (`policy`), rewards them and hands over one
training row per step (`rows`); the trainer (`trainer`) turns the rows of a step into one update.
"""
