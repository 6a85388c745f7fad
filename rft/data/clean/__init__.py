"""Cleaning of training data: small stages, each with one idea about what makes a sample bad (`rft data clean`).

    from rft.data.clean.config import CleanConfig
    from rft.data.clean.pipeline import clean

    report = clean("rows.jsonl", "cleaned", CleanConfig(stages=("boxes", "duplicates")))

A new stage is a file here with a `sample.Stage` in it and a line in `config.build`.
"""
