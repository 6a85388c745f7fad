"""Batched Muon against PyTorch's own, matrix by matrix."""

import pytest
import torch
from torch import nn

from rft.muon import Muon, MuonWithAdamW, orthogonalise

SHAPES = [(16, 32), (32, 16), (16, 32), (24, 24)]


def test_follows_torch_muon_over_steps():
    torch.manual_seed(0)
    ours = [nn.Parameter(torch.randn(s)) for s in SHAPES]
    theirs = [nn.Parameter(p.detach().clone()) for p in ours]
    a = Muon(ours, lr=0.02)
    b = torch.optim.Muon(theirs, lr=0.02, momentum=0.95, weight_decay=0.02, adjust_lr_fn="match_rms_adamw")
    start = [p.detach().clone() for p in ours]
    for _ in range(5):
        for p, q in zip(ours, theirs, strict=True):
            p.grad = torch.randn_like(p)
            q.grad = p.grad.clone()
        a.step()
        b.step()
    for p, q, s in zip(ours, theirs, start, strict=True):
        moved = (q - s).norm()
        assert (p - q).norm() < 0.02 * moved  # both run Newton-Schulz in bfloat16


def test_orthogonalised_matrices_have_singular_values_near_one():
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(3, 20, 50)).float())
    assert values.min() > 0.5 and values.max() < 1.4


def test_state_survives_saving_and_embeddings_take_adamw():
    torch.manual_seed(0)
    net = nn.ModuleDict({"embed": nn.Embedding(5, 8), "body": nn.Linear(8, 8)})
    first = MuonWithAdamW(net, lr=0.1)
    assert [len(part.param_groups[0]["params"]) for part in first.parts] == [1, 2]
    for p in net.parameters():
        p.grad = torch.randn_like(p)
    first.step()
    second = MuonWithAdamW(net, lr=0.3)
    second.load_state_dict(first.state_dict())
    assert second.param_groups[0]["lr"] == 0.1
    assert torch.equal(second.parts[0].state[net["body"].weight]["momentum"],
                       first.parts[0].state[net["body"].weight]["momentum"])


def test_refuses_vectors():
    with pytest.raises(ValueError, match="matrices"):
        Muon([nn.Parameter(torch.zeros(3))], lr=1.0)
