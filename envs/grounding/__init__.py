"""Public grounding suites as they are published: one file per suite, one reader, one scorer (`agentkit.scoring`).

`catalog` names them and loads nothing; `suite.load_suite` reads one.
"""
