"""Self-Evolving Trajectory History Alignment (UI-Venus 1.0, arXiv 2508.10833, algorithm 1).

The history in a prompt tells what the agent thought and did. In recorded traces the thoughts are somebody else's; at
test time they are the model's own. Here the thoughts of past steps are replaced by the model's, taken from replies
that got the step right, while every action stays as recorded. Prompts are then rebuilt, and training goes on.

The paper leaves open how one of several right thoughts is chosen (its example is closeness to a target length), how
many replies are sampled, and how the history begins. Those are settings here.
"""
