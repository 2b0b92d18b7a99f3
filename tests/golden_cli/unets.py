# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""EDM's U-Nets in numpy and double, under the official names: what no golden file covers is held against this."""

import numpy as np

DEFAULTS = {"label_dim": 0, "augment_dim": 0, "channel_mult_emb": 4, "embedding_type": "positional", "channel_mult_noise": 1,
            "encoder_type": "standard", "decoder_type": "standard", "resample_filter": [1, 1]}


def silu(x):
    return x / (1 + np.exp(-x))


def convolve(x, weight, pad):
    """x (samples, channels, height, width), weight (out, channels, kernel, kernel); stride 1."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    return np.einsum("schwij,ocij->sohw", windows, weight, optimize=True)


def filtered(x, kernel, move, pad):
    """Each channel by itself: every other pixel of the filtered image, or the filtered image with zeros between its pixels."""
    taps = len(kernel)
    if move == "up":
        wide = np.zeros((*x.shape[:2], 2 * x.shape[2] - 1, 2 * x.shape[3] - 1))
        wide[:, :, ::2, ::2] = 4 * x
        x, kernel, pad = wide, kernel[::-1, ::-1], taps - 1 - pad
    s, c, h, w = x.shape
    out = convolve(x.reshape(s * c, 1, h, w), kernel[None, None], pad)
    out = out.reshape(s, c, *out.shape[2:])
    return out if move == "up" else out[:, :, ::2, ::2]


class UNet:
    """Tensors are drawn when they are first asked for; after a call all are there."""

    def __init__(self, arguments, song, seed):
        self.a = dict(DEFAULTS, **arguments)
        self.song, self.rng, self.tensors = song, np.random.default_rng(seed), {}
        self.eps, self.gain = (1e-6, np.sqrt(0.5)) if song else (1e-5, 1.0)
        taps = np.array(self.a["resample_filter"], dtype=float)
        self.kernel = np.outer(taps, taps) / taps.sum() ** 2

    def take(self, name, *shape):
        if name not in self.tensors:
            deviation = 16.0 if name.endswith("freqs") else 0.1 if len(shape) == 1 else max(0.05, np.prod(shape[1:]) ** -0.5)
            middle = 1.0 if len(shape) == 1 and name.endswith("weight") else 0.0
            self.tensors[name] = (middle + deviation * self.rng.standard_normal(shape)).astype("f4")
        return self.tensors[name].astype(float)

    def dense(self, x, name, width, bias=True):
        y = x @ self.take(name + ".weight", width, x.shape[1]).T
        return y + self.take(name + ".bias", width) if bias else y

    def norm(self, x, name):
        s, c, h, w = x.shape
        groups = x.reshape(s, min(32, c // 4), -1)
        groups = (groups - groups.mean(2, keepdims=True)) / np.sqrt(groups.var(2, keepdims=True) + self.eps)
        gain, bias = self.take(name + ".weight", c), self.take(name + ".bias", c)
        return groups.reshape(s, c, h, w) * gain[:, None, None] + bias[:, None, None]

    def conv(self, x, name, channels, size, move=None, fused=False):
        """channels 0: only the change of size. fused: the filter behind the convolution, whose margin it takes."""
        weight = bias = None
        margin = (len(self.kernel) - 1) // 2
        if channels:
            weight, bias = self.take(name + ".weight", channels, x.shape[1], size, size), self.take(name + ".bias", channels)
        if move:
            self.tensors[name + ".resample_filter"] = self.kernel[None, None].astype("f4")
        if fused:
            x = filtered(convolve(x, weight, size // 2 + margin), self.kernel, move, 0)
        else:
            x = filtered(x, self.kernel, move, margin) if move else x
            x = convolve(x, weight, size // 2) if channels else x
        return x + bias[:, None, None] if channels else x

    def attend(self, x, name, heads):
        s, c, h, w = x.shape
        width = c // heads
        q, k, v = np.moveaxis(self.conv(self.norm(x, name + ".norm2"), name + ".qkv", 3 * c, 1).reshape(s, heads, width, 3, h * w), 3, 0)
        score = np.einsum("shcq,shck->shqk", q, k / np.sqrt(width))
        score = np.exp(score - score.max(3, keepdims=True))
        y = np.einsum("shqk,shck->shcq", score / score.sum(3, keepdims=True), v)
        return (x + self.conv(y.reshape(x.shape), name + ".proj", c, 1)) * self.gain

    def block(self, x, emb, name, channels, move=None, attention=False):
        y = self.conv(silu(self.norm(x, name + ".norm0")), name + ".conv0", channels, 3, move)
        given = self.dense(emb, name + ".affine", channels if self.song else 2 * channels)[:, :, None, None]
        if self.song:
            y = self.norm(y + given, name + ".norm1")
        else:
            y = self.norm(y, name + ".norm1") * (given[:, :channels] + 1) + given[:, channels:]
        y = self.conv(silu(y), name + ".conv1", channels, 3)
        if move or channels != x.shape[1]:
            x = self.conv(x, name + ".skip", channels if self.song or channels != x.shape[1] else 0, 1, move)
        y = (y + x) * self.gain
        heads = 0 if not attention else 1 if self.song else channels // 64
        return self.attend(y, name, heads) if heads else y

    def embed(self, time, onehot):
        a = self.a
        width = a["model_channels"] * (a["channel_mult_noise"] if self.song else 1)
        half, emb = width // 2, a["model_channels"] * a["channel_mult_emb"]
        if a["embedding_type"] == "fourier":
            self.take("map_noise.freqs", half)
            frequency = np.float32(2 * np.pi) * self.tensors["map_noise.freqs"]
        else:
            frequency = np.float32(1e-4) ** (np.arange(half, dtype="f4") / np.float32(half - 1 if self.song else half))
        angle = (np.asarray(time, dtype="f4")[:, None] * frequency).astype(float)  # float32 as far as the official code has it
        x = np.concatenate([np.sin(angle), np.cos(angle)] if self.song else [np.cos(angle), np.sin(angle)], 1)
        if a["augment_dim"]:
            self.take("map_augment.weight", width, a["augment_dim"])
        if self.song and a["label_dim"]:
            x = x + self.dense(onehot * np.sqrt(a["label_dim"]), "map_label", width)
        x = self.dense(silu(self.dense(x, "map_layer0", emb)), "map_layer1", emb)
        if not self.song and a["label_dim"]:
            x = x + self.dense(onehot, "map_label", emb, bias=False)
        return silu(x)

    def encode(self, x, emb):
        a, skips, aux = self.a, [], x
        for level, mult in enumerate(a["channel_mult"]):
            size = a["img_resolution"] >> level
            name = f"enc.{size}x{size}_"
            if level == 0:
                x = self.conv(x, name + "conv", a["model_channels"] * (1 if self.song else mult), 3)
            else:
                x = self.block(x, emb, name + "down", x.shape[1], "down")
                if a["encoder_type"] == "skip":
                    aux = self.conv(aux, name + "aux_down", 0, 0, "down")
                    x = x + self.conv(aux, name + "aux_skip", x.shape[1], 1)
                if a["encoder_type"] == "residual":
                    x = aux = (x + self.conv(aux, name + "aux_residual", x.shape[1], 3, "down", fused=True)) / np.sqrt(2)
            skips.append(x)
            for i in range(a["num_blocks"]):
                x = self.block(x, emb, f"{name}block{i}", a["model_channels"] * mult, attention=size in a["attn_resolutions"])
                skips.append(x)
        return x, skips

    def __call__(self, x, time, onehot):
        """x (samples, channels, size, size), time (samples), onehot (samples, label_dim), a row of zeros for no class."""
        a, out = self.a, None
        emb = self.embed(time, onehot)
        x, skips = self.encode(x, emb)
        levels = len(a["channel_mult"])
        for level in reversed(range(levels)):
            size, channels = a["img_resolution"] >> level, a["model_channels"] * a["channel_mult"][level]
            name = f"dec.{size}x{size}_"
            if level + 1 == levels:
                x = self.block(x, emb, name + "in0", x.shape[1], attention=True)
                x = self.block(x, emb, name + "in1", x.shape[1])
            else:
                x = self.block(x, emb, name + "up", x.shape[1], "up")
            for i in range(a["num_blocks"] + 1):
                attention = size in a["attn_resolutions"] and (not self.song or i == a["num_blocks"])
                x = self.block(np.concatenate([x, skips.pop()], 1), emb, f"{name}block{i}", channels, attention=attention)
            if self.song and (a["decoder_type"] == "skip" or level == 0):
                if out is not None:
                    out = self.conv(out, name + "aux_up", 0, 0, "up")
                here = self.conv(silu(self.norm(x, name + "aux_norm")), name + "aux_conv", a["out_channels"], 3)
                out = here if out is None else out + here
        return out if self.song else self.conv(silu(self.norm(x, "out_norm")), "out_conv", a["out_channels"], 3)
