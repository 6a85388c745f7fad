"""Sparse Action Enhancement (UI-Venus 1.0, arXiv 2508.10833).

Actions that hardly occur in the data are hardly learned. Copies of their rows would repeat one prompt; instead each
rare step gets further rows with another history: the same screenshot and the same right action, but past thoughts
drawn from what the model itself said there (the pools of `rft.data.align`). The alternatives are the Cartesian
product of the pools, drawn from without writing it down. The paper does not say how many it draws.
"""
