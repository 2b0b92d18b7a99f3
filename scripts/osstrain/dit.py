# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""DiT and MAR's diffusion head (SimpleMLPAdaLN), with the official names and arithmetic."""

import math

import torch
from torch import nn
from torch.nn import functional as F

EPS = 1e-6
FREQUENCIES = 256  # width of the timestep's sinusoids


def modulate(x, shift, scale):
    return x * (1 + scale) + shift


def own_arguments(values):
    return {key: value for key, value in values.items() if key not in ("self", "__class__")}


def start_dense(module):
    """Xavier's uniform start and zero biases for every dense layer below `module`."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


def start_zero(*layers):
    for layer in layers:
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)


class TimeEmbedding(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))

    def start(self):
        nn.init.normal_(self.mlp[0].weight, std=0.02)
        nn.init.normal_(self.mlp[2].weight, std=0.02)

    def forward(self, t):
        half = FREQUENCIES // 2
        frequency = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32) / half)
        angles = t[:, None].float() * frequency
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=1))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        split = self.qkv(x).reshape(n, tokens, 3, self.heads, width // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4).reshape(3, n * self.heads, tokens, -1).unbind(0)
        weights = (torch.bmm(q, k.transpose(1, 2)) * (width // self.heads) ** -0.5).softmax(dim=2)
        mixed = torch.bmm(weights, v).reshape(n, self.heads, tokens, -1).transpose(1, 2)
        return self.proj(mixed.reshape(n, tokens, width))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        x = self.fc1(x)
        # GELU's tanh form, spelled with a sigmoid: z sigmoid(2 u) = z (1 + tanh u) / 2
        return self.fc2(x * torch.sigmoid(x * (1.5957691216057308 + 0.07135481282553 * x * x)))


class DiTBlock(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attn = Attention(width, heads)
        self.mlp = Mlp(width, hidden)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))

    def forward(self, x, c):
        shape = x.shape[-1:]
        shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = self.adaLN_modulation(c)[:, None].chunk(6, dim=2)
        x = x + gate_a * self.attn(modulate(F.layer_norm(x, shape, eps=EPS), shift_a, scale_a))
        return x + gate_m * self.mlp(modulate(F.layer_norm(x, shape, eps=EPS), shift_m, scale_m))


class FinalLayer(nn.Module):
    def __init__(self, width, outputs):
        super().__init__()
        self.linear = nn.Linear(width, outputs)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 2 * width))

    def forward(self, x, c):
        shift, scale = self.adaLN_modulation(c).chunk(2, dim=-1)
        return self.linear(modulate(F.layer_norm(x, x.shape[-1:], eps=EPS), shift, scale))


def position_table(side, width):
    """The fixed table of a side x side grid: a quarter each of sin, cos of the column and of the row."""
    quarter = width // 4
    frequency = 10000.0 ** (-torch.arange(quarter, dtype=torch.float64) / quarter)
    line = torch.outer(torch.arange(side, dtype=torch.float64), frequency)
    line = torch.cat([line.sin(), line.cos()], dim=1)
    columns = line[None].expand(side, side, -1)
    rows = line[:, None].expand(side, side, -1)
    return torch.cat([columns, rows], dim=2).reshape(1, side * side, width).float()


class Named(nn.Module):
    """A layer below a name of its own, as the official modules nest them."""

    def __init__(self, **layers):
        super().__init__()
        for name, layer in layers.items():
            setattr(self, name, layer)


class DiT(nn.Module):
    def __init__(
        self,
        input_size=32,
        patch_size=2,
        in_channels=4,
        hidden_size=1152,
        depth=28,
        num_heads=16,
        mlp_ratio=4.0,
        class_dropout_prob=0.1,
        num_classes=1000,
        learn_sigma=True,
    ):
        arguments = own_arguments(locals())
        super().__init__()
        self.arguments = arguments
        self.patch, self.outputs = patch_size, in_channels * (2 if learn_sigma else 1)
        self.side = input_size // patch_size
        width = hidden_size
        self.pos_embed = nn.Parameter(position_table(self.side, width), requires_grad=False)
        self.x_embedder = Named(proj=nn.Conv2d(in_channels, width, patch_size, stride=patch_size))
        self.t_embedder = TimeEmbedding(width)
        self.y_embedder = Named(embedding_table=nn.Embedding(num_classes + 1, width))
        hidden = int(width * mlp_ratio)
        self.blocks = nn.ModuleList(DiTBlock(width, num_heads, hidden) for _ in range(depth))
        self.final_layer = FinalLayer(width, patch_size**2 * self.outputs)
        self.start()

    def start(self):
        start_dense(self)
        nn.init.xavier_uniform_(self.x_embedder.proj.weight.flatten(1))
        nn.init.zeros_(self.x_embedder.proj.bias)
        nn.init.normal_(self.y_embedder.embedding_table.weight, std=0.02)
        self.t_embedder.start()
        start_zero(*(block.adaLN_modulation[1] for block in self.blocks))
        start_zero(self.final_layer.linear, self.final_layer.adaLN_modulation[1])

    def forward(self, x, t, y):
        n, p, side = len(x), self.patch, self.side
        c = self.t_embedder(t) + self.y_embedder.embedding_table(y)
        x = self.x_embedder.proj(x).flatten(2).transpose(1, 2) + self.pos_embed
        for block in self.blocks:
            x = block(x, c)
        x = self.final_layer(x, c[:, None]).reshape(n, side, side, p, p, self.outputs)
        return x.permute(0, 5, 1, 3, 2, 4).reshape(n, self.outputs, side * p, side * p)


class ResBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.in_ln = nn.LayerNorm(width, eps=EPS)
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 3 * width))

    def forward(self, x, c):
        shift, scale, gate = self.adaLN_modulation(c).chunk(3, dim=1)
        return x + gate * self.mlp(modulate(self.in_ln(x), shift, scale))


class SimpleMLPAdaLN(nn.Module):
    def __init__(self, in_channels, model_channels, out_channels, z_channels, num_res_blocks):
        arguments = own_arguments(locals())
        super().__init__()
        self.arguments = arguments
        self.time_embed = TimeEmbedding(model_channels)
        self.cond_embed = nn.Linear(z_channels, model_channels)
        self.input_proj = nn.Linear(in_channels, model_channels)
        self.res_blocks = nn.ModuleList(ResBlock(model_channels) for _ in range(num_res_blocks))
        self.final_layer = FinalLayer(model_channels, out_channels)
        start_dense(self)
        self.time_embed.start()
        start_zero(*(block.adaLN_modulation[1] for block in self.res_blocks))
        start_zero(self.final_layer.linear, self.final_layer.adaLN_modulation[1])

    def forward(self, x, t, c):
        c = self.time_embed(t) + self.cond_embed(c)
        x = self.input_proj(x)
        for block in self.res_blocks:
            x = block(x, c)
        return self.final_layer(x, c)
