# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""SongUNet as EDM publishes it, with the standard encoder and decoder (its DDPM++ form).

Tensor names and arithmetic are the official ones, so that a file written here is a SongUNet
checkpoint to any program. The residual encoder and Fourier embeddings are not needed here.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

EPS = 1e-6
SKIP_SCALE = math.sqrt(0.5)


def uniform_like_xavier(weight, gain=1.0):
    """Xavier's uniform start, times `gain`."""
    nn.init.xavier_uniform_(weight)
    with torch.no_grad():
        weight.mul_(gain)


def dense(inputs, outputs, gain=1.0, bias=True):
    layer = nn.Linear(inputs, outputs, bias=bias)
    uniform_like_xavier(layer.weight, gain)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def group_norm(channels):
    return nn.GroupNorm(min(32, channels // 4), channels, eps=EPS)


class Conv(nn.Module):
    """A convolution, after doubling or halving the resolution where `up` or `down` says so."""

    def __init__(self, inputs, outputs, kernel, up=False, down=False, taps=(1, 1), gain=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        uniform_like_xavier(self.weight, gain)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.up, self.down = up, down
        if up or down:
            line = torch.tensor(taps, dtype=torch.float32)
            square = torch.outer(line, line) / line.sum() ** 2
            self.register_buffer("resample_filter", square[None, None])

    def forward(self, x):
        if (self.up or self.down) and self.resample_filter.shape[-1] == 2:
            # the filter [1, 1]: mean of 2x2 pixels, or each pixel four times; several times faster so
            x = F.interpolate(x, scale_factor=2, mode="nearest") if self.up else F.avg_pool2d(x, 2)
        elif self.up or self.down:
            channels = x.shape[1]
            pad = (self.resample_filter.shape[-1] - 1) // 2
            each = self.resample_filter.expand(channels, 1, -1, -1)
            if self.up:
                x = F.conv_transpose2d(x, each * 4, groups=channels, stride=2, padding=pad)
            else:
                x = F.conv2d(x, each, groups=channels, stride=2, padding=pad)
        return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[-1] // 2)


class Block(nn.Module):
    """A residual block, followed by attention of one head where `attention` says so."""

    def __init__(self, inputs, outputs, embedded, attention=False, up=False, down=False, taps=(1, 1)):
        super().__init__()
        self.inputs, self.attention = inputs, attention
        self.norm0 = group_norm(inputs)
        self.conv0 = Conv(inputs, outputs, 3, up=up, down=down, taps=taps)
        self.affine = dense(embedded, outputs)
        self.norm1 = group_norm(outputs)
        self.conv1 = Conv(outputs, outputs, 3, gain=1e-5)
        self.skip = None
        if inputs != outputs or up or down:
            self.skip = Conv(inputs, outputs, 1, up=up, down=down, taps=taps)
        if attention:
            self.norm2 = group_norm(outputs)
            self.qkv = Conv(outputs, 3 * outputs, 1, gain=math.sqrt(0.2))
            self.proj = Conv(outputs, outputs, 1, gain=1e-5)

    def attend(self, x):
        n, c, height, width = x.shape
        q, k, v = self.qkv(self.norm2(x)).reshape(n, c, 3, height * width).unbind(2)
        scores = torch.bmm(q.transpose(1, 2), k / math.sqrt(c))
        mixed = torch.bmm(v, scores.softmax(dim=2).transpose(1, 2))
        return self.proj(mixed.reshape(x.shape))

    def forward(self, x, embedding):
        y = self.conv0(F.silu(self.norm0(x)))
        y = self.norm1(y + self.affine(embedding)[:, :, None, None])
        y = self.conv1(F.silu(y))
        x = (y + (x if self.skip is None else self.skip(x))) * SKIP_SCALE
        if self.attention:
            x = (x + self.attend(x)) * SKIP_SCALE
        return x


class SongUNet(nn.Module):
    """Constructor arguments under their official names, kept in `arguments` for the file's metadata."""

    def __init__(
        self,
        img_resolution,
        in_channels,
        out_channels,
        label_dim=0,
        augment_dim=0,
        model_channels=128,
        channel_mult=(1, 2, 2, 2),
        channel_mult_emb=4,
        num_blocks=4,
        attn_resolutions=(16,),
        dropout=0.0,
        label_dropout=0,
        embedding_type="positional",
        channel_mult_noise=1,
        encoder_type="standard",
        decoder_type="standard",
        resample_filter=(1, 1),
    ):
        self_arguments = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__()
        self.arguments = self_arguments
        if (embedding_type, encoder_type, decoder_type) != ("positional", "standard", "standard") or dropout:
            raise ValueError("only the standard encoder and decoder with positional embedding, without dropout")
        embedded = model_channels * channel_mult_emb
        self.noise_channels = model_channels * channel_mult_noise
        if label_dim:
            self.map_label = dense(label_dim, self.noise_channels)
        if augment_dim:
            self.map_augment = dense(augment_dim, self.noise_channels, bias=False)
        self.map_layer0 = dense(self.noise_channels, embedded)
        self.map_layer1 = dense(embedded, embedded)
        self.enc, self.dec = nn.ModuleDict(), nn.ModuleDict()
        block = {"embedded": embedded, "taps": tuple(resample_filter)}
        channels, skips = model_channels, [model_channels]
        for level, factor in enumerate(channel_mult):
            side = img_resolution >> level
            if level == 0:
                self.enc[f"{side}x{side}_conv"] = Conv(in_channels, channels, 3)
            else:
                self.enc[f"{side}x{side}_down"] = Block(channels, channels, down=True, **block)
                skips.append(channels)
            for i in range(num_blocks):
                outputs = model_channels * factor
                attention = side in attn_resolutions
                self.enc[f"{side}x{side}_block{i}"] = Block(channels, outputs, attention=attention, **block)
                channels = outputs
                skips.append(channels)
        for level, factor in reversed(list(enumerate(channel_mult))):
            side = img_resolution >> level
            if level == len(channel_mult) - 1:
                self.dec[f"{side}x{side}_in0"] = Block(channels, channels, attention=True, **block)
                self.dec[f"{side}x{side}_in1"] = Block(channels, channels, **block)
            else:
                self.dec[f"{side}x{side}_up"] = Block(channels, channels, up=True, **block)
            for i in range(num_blocks + 1):
                outputs = model_channels * factor
                attention = i == num_blocks and side in attn_resolutions
                name = f"{side}x{side}_block{i}"
                self.dec[name] = Block(channels + skips.pop(), outputs, attention=attention, **block)
                channels = outputs
        self.dec[f"{img_resolution}x{img_resolution}_aux_norm"] = group_norm(channels)
        self.dec[f"{img_resolution}x{img_resolution}_aux_conv"] = Conv(channels, out_channels, 3, gain=1e-5)

    def embed(self, noise_labels, class_labels):
        half = self.noise_channels // 2
        powers = torch.arange(half, dtype=torch.float32) / (half - 1)
        angles = torch.outer(noise_labels, (1 / 10000) ** powers)
        embedding = torch.cat([angles.sin(), angles.cos()], dim=1)
        if class_labels is not None and self.arguments["label_dim"]:
            embedding = embedding + self.map_label(class_labels * math.sqrt(class_labels.shape[1]))
        return F.silu(self.map_layer1(F.silu(self.map_layer0(embedding))))

    def forward(self, x, noise_labels, class_labels=None):
        embedding = self.embed(noise_labels, class_labels)
        skips = []
        for layer in self.enc.values():
            x = layer(x, embedding) if isinstance(layer, Block) else layer(x)
            skips.append(x)
        for name, layer in self.dec.items():
            if isinstance(layer, Block):
                if layer.inputs != x.shape[1]:
                    x = torch.cat([x, skips.pop()], dim=1)
                x = layer(x, embedding)
            else:
                x = layer(x) if name.endswith("_aux_norm") else layer(F.silu(x))
        return x
