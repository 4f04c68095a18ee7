"""MTD, the mask temporal diffusion denoiser: a 3D UNet that takes one prompt per frame and a masked visual condition,
injected at every scale into the down and up blocks (NUWA-XL section 3.2, eq. 6-15)."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from layers import Attention, SpaceTimeAttention, TemporalAttention, TemporalConv, image, norm_silu, sinusoids, tokens, zeroed


@dataclass
class MTDConfiguration:
    latent_channels: int = 8
    segment_frames: int = 16
    shortest_segment: int | None = None  # the fewest frames of a segment that it learnt from
    longest_stride: int | None = None  # the largest distance of neighbouring frames that it learnt from
    channels: list[int] = field(default_factory=lambda: [64, 128, 192])  # fine to coarse
    spatial_attention: list[bool] = field(default_factory=lambda: [False, True, True])  # by scale
    space_time_attention: list[bool] = field(default_factory=lambda: [False, False, False])  # by scale
    deeper: list[int] = field(default_factory=lambda: [0, 0, 0])  # further blocks on the way down, by scale
    runs: bool = False  # whether a frame is told where in the clip its prompt holds
    run_mean: bool = False  # whether a frame sees the mean of the noisy frames of its prompt
    groups: int = 16
    heads: int = 4
    feed_forward: int = 2  # width of the hidden layer, in multiples of the channels
    temporal_kernel: int = 3
    embedding: int = 256
    sinusoid: int = 64
    between: str = "crossfade"  # what a frame between two known ones sees of them; or "zero", the paper's
    condition_channels: list[int] = field(default_factory=lambda: [32, 48, 64])  # cascade of x0^c, by scale
    mask_channels: list[int] = field(default_factory=lambda: [8, 8, 8])  # cascade of x0^m, by scale
    text_width: int = 128

    @property
    def condition_width(self) -> int:
        return {"crossfade": 2 * self.latent_channels, "zero": self.latent_channels}[self.between]


def visual_condition(known: Tensor, mask: Tensor, between: str) -> Tensor:
    """x0^c of clips some of whose frames are known (mask [B, F]), from the latents `known` [B, F, c, h, w]. "zero": these frames alone.
    "crossfade" [B, F, 2c, h, w]: what a cross-fade from the nearest frame that is known before to the nearest behind shows (before the
    first and after the last one, that holds), and how these two differ."""
    given = known * mask[:, :, None, None, None]
    if between == "zero":
        return given
    b, f = mask.shape
    before, behind, place = (torch.zeros(b, f) for _ in range(3))
    for row, places in enumerate(m.nonzero()[:, 0].tolist() for m in mask):
        for i in range(f if places else 0):
            start, end = neighbours(places, i)
            before[row, i], behind[row, i] = start, end
            place[row, i] = 0.0 if start == end else (i - start) / (end - start)
    rows = torch.arange(b)[:, None]
    start, end = given[rows, before.long().to(given.device)], given[rows, behind.long().to(given.device)]
    place = place.to(given)[:, :, None, None, None]
    return torch.cat([(1 - place) * start + place * end, end - start], dim=2)


def neighbours(places: list[int], frame: int) -> tuple[int, int]:
    """The known frames that a frame lies between; the last of them lies between the one before it and itself."""
    following = next((i for i, place in enumerate(places) if place > frame), len(places))
    if following == 0:
        return places[0], places[0]
    if following < len(places):
        return places[following - 1], places[following]
    if len(places) > 1 and places[-1] == frame:
        return places[-2], frame
    return places[-1], places[-1]


def runs(prompt: Tensor) -> Tensor:
    """Where in a clip each frame's prompt holds: whether the frame before has the same one, the frame behind, the first frame,
    the last. prompt [B, F], a number for each distinct prompt -> [B, F, 4] of 0 and 1."""
    same = (prompt[:, 1:] == prompt[:, :-1]).float()
    before, behind = F.pad(same, (1, 0)), F.pad(same, (0, 1))
    return torch.stack([before, behind, (prompt == prompt[:, :1]).float(), (prompt == prompt[:, -1:]).float()], dim=2)


def run_means(x: Tensor, prompt: Tensor) -> Tensor:
    """By frame the mean of all frames of its clip that have its prompt. x [B, F, c, h, w], prompt [B, F] -> like x."""
    same = (prompt[:, :, None] == prompt[:, None, :]).to(x.dtype)
    return torch.einsum("bfg,bgchw->bfchw", same / same.sum(2, keepdim=True), x)


class Cascade(nn.Module):
    """The condition, or its mask, brought to every scale by convolutions."""

    def __init__(self, c_in: int, channels: list[int]):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=1 if i == 0 else 2, padding=1) for i, (a, b) in enumerate(zip([c_in, *channels], channels))
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        scales = []
        for conv in self.convs:
            x = F.silu(conv(x))
            scales.append(x)
        return scales


class FeedForward(nn.Module):
    def __init__(self, channels: int, factor: int):
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.hidden = nn.Linear(channels, factor * channels)
        self.out = nn.Linear(factor * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.out(F.gelu(self.hidden(self.norm(x)), approximate="tanh"))


@dataclass
class Inputs:
    """What every block gets besides the activations."""

    frames: int | None  # None: single images, all temporal layers left out
    embedding: Tensor  # [N, E]
    text: Tensor  # [N, T, D]
    text_mask: Tensor  # [N, T], true where a token is
    condition: list[Tensor]  # by scale
    mask: list[Tensor]  # by scale


class Block(nn.Module):
    """Figure 3: conv to c channels, time, spatial conv, temporal conv, condition, mask, SA, PA, TA (and a feed-forward layer)."""

    def __init__(self, c_in: int, scale: int, c: MTDConfiguration, added: bool = False):
        """added: whether it changes nothing at first, for networks that were trained without it."""
        super().__init__()
        channels = c.channels[scale]
        self.scale = scale
        self.norm_in = nn.GroupNorm(c.groups, c_in)
        self.conv_in = nn.Conv2d(c_in, channels, 3, padding=1)
        self.time = nn.Linear(c.embedding, channels)
        self.norm_spatial = nn.GroupNorm(c.groups, channels)
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1)
        self.temporal = TemporalConv(channels, c.temporal_kernel)
        self.shortcut = nn.Conv2d(c_in, channels, 1) if c_in != channels else nn.Identity()
        self.condition = zeroed(nn.Conv2d(c.condition_channels[scale], 2 * channels, 1))  # scale w^c, then shift b^c
        self.mask = zeroed(nn.Conv2d(c.mask_channels[scale], 2 * channels, 1))  # scale w^m, then shift b^m
        self.spatial_attention = Attention(channels, c.heads) if c.spatial_attention[scale] else None
        self.prompt_attention = Attention(channels, c.heads, context=c.text_width)
        self.temporal_attention = TemporalAttention(channels, c.heads)
        self.space_time_attention = SpaceTimeAttention(channels, c.heads) if c.space_time_attention[scale] else None
        self.feed_forward = FeedForward(channels, c.feed_forward)
        if added:
            for module in (self.spatial, self.spatial_attention and self.spatial_attention.out, self.prompt_attention.out, self.feed_forward.out):
                if module is not None:
                    zeroed(module)

    def forward(self, x: Tensor, i: Inputs) -> Tensor:
        h = self.conv_in(norm_silu(self.norm_in, x))
        h = h + self.time(F.silu(i.embedding))[:, :, None, None]  # eq. 7
        h = self.spatial(norm_silu(self.norm_spatial, h))  # eq. 8
        if i.frames is not None:
            h = self.temporal(h, i.frames)  # eq. 9
        h = h + self.shortcut(x)
        if i.frames is not None:
            for w_b in (self.condition(i.condition[self.scale]), self.mask(i.mask[self.scale])):
                w, b = w_b.chunk(2, dim=1)
                h = w * h + b + h  # eq. 10, eq. 11
        height, width = h.shape[2:]
        h = tokens(h)
        if self.spatial_attention is not None:
            h = self.spatial_attention(h)
        h = self.prompt_attention(h, i.text, i.text_mask)
        if i.frames is not None:
            h = self.temporal_attention(h, i.frames)
            if self.space_time_attention is not None:
                h = self.space_time_attention(h, i.frames)
        return image(self.feed_forward(h), height, width)


class MTD(nn.Module):
    def __init__(self, c: MTDConfiguration):
        super().__init__()
        self.configuration = c
        last = len(c.channels) - 1
        self.time_in = nn.Linear(c.sinusoid, c.embedding)
        self.stride = nn.Linear(c.sinusoid, c.embedding)
        self.condition_level = nn.Linear(c.sinusoid, c.embedding)
        self.pooled_text = nn.Linear(c.text_width, c.embedding)
        self.runs = zeroed(nn.Linear(4, c.embedding, bias=False)) if c.runs else None
        self.position = nn.Parameter(torch.zeros(c.segment_frames, c.embedding))
        self.time_out = nn.Linear(c.embedding, c.embedding)
        self.condition = Cascade(c.condition_width, c.condition_channels)
        self.mask = Cascade(1, c.mask_channels)
        self.conv_in = nn.Conv2d(c.latent_channels, c.channels[0], 3, padding=1)
        self.run_mean = zeroed(nn.Conv2d(c.latent_channels, c.channels[0], 3, padding=1)) if c.run_mean else None
        self.down_blocks = nn.ModuleList(Block(n, i, c) for i, n in enumerate(c.channels))
        self.deeper = nn.ModuleList(
            nn.ModuleList(Block(n, i, c, added=True) for _ in range(c.deeper[i])) for i, n in enumerate(c.channels)
        )
        self.downs = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(c.channels, c.channels[1:]))
        self.middle = Block(c.channels[last], last, c)
        self.up_blocks = nn.ModuleList(Block(2 * c.channels[i], i, c) for i in range(last, -1, -1))
        self.ups = nn.ModuleList(nn.Conv2d(c.channels[i], c.channels[i - 1], 3, padding=1) for i in range(last, 0, -1))
        self.norm_out = nn.GroupNorm(c.groups, c.channels[0])
        self.conv_out = zeroed(nn.Conv2d(c.channels[0], c.latent_channels, 3, padding=1))
        # 1 + this is the cross-fade's share in the prediction. It starts with 1, which is right for a velocity at t = T: -x0.
        self.fade = zeroed(nn.Linear(c.embedding, c.latent_channels)) if c.between == "crossfade" else None

    def embed(self, t: Tensor, stride: Tensor, level: Tensor, text: Tensor, prompt: Tensor, temporal: bool) -> Tensor:
        """t [B, F] timesteps, stride [B] film frames, level [B] timestep of the noise on the condition, text [N, T, D], prompt [B, F]
        -> [N, E]."""
        width = self.configuration.sinusoid
        b, f = t.shape

        def waves(values: Tensor) -> Tensor:
            return sinusoids(values, width).to(self.stride.weight.dtype)

        # 100 spreads log2 stride (0 ... 16) over the range that the frequencies tell apart.
        shared = self.stride(waves(100 * torch.log2(stride.float()))) + self.condition_level(waves(level))
        e = self.time_in(waves(t)) + shared[:, None]
        if temporal:
            e = e + self.position[None, :f]
            if self.runs is not None:
                e = e + self.runs(runs(prompt))
        e = e.reshape(b * f, -1) + self.pooled_text(text[:, 0])
        return self.time_out(F.silu(e))

    def forward(
        self, x, t, stride, level, text, text_mask, prompt, condition, mask, temporal: bool = True, known: list | None = None
    ) -> Tensor:
        """x [B, F, c, h, w] noisy latents; t [B, F]; stride, level [B]; text [B*F, T, D], text_mask [B*F, T]; prompt [B, F], a number
        for each distinct prompt; condition: a visual_condition; mask [B, F] in {0, 1} -> the prediction, shaped like x.
        `known` gets what is known at the second scale [B*F, c, h, w], on the way down and on the way up."""
        b, f, c, h, w = x.shape
        n = b * f
        flat = x.reshape(n, c, h, w).to(memory_format=torch.channels_last)
        planes = mask.to(x.dtype).reshape(n, 1, 1, 1).expand(n, 1, h, w).contiguous(memory_format=torch.channels_last)
        flat_condition = condition.reshape(n, -1, h, w).to(memory_format=torch.channels_last)
        i = Inputs(
            frames=f if temporal else None,
            embedding=self.embed(t, stride, level, text, prompt, temporal),
            text=text,
            text_mask=text_mask,
            condition=self.condition(flat_condition) if temporal else [],
            mask=self.mask(planes) if temporal else [],
        )
        y = self.conv_in(flat)
        if self.run_mean is not None and temporal:
            y = y + self.run_mean(run_means(x, prompt).reshape(n, c, h, w).to(memory_format=torch.channels_last))
        skips = []
        for level_index, block in enumerate(self.down_blocks):
            for further in (block, *self.deeper[level_index]):
                y = further(y, i)
            if known is not None and level_index == 1:
                known.append(y)
            skips.append(y)
            if level_index < len(self.downs):
                y = self.downs[level_index](y)
        y = self.middle(y, i)
        for level_index, block in enumerate(self.up_blocks):
            y = block(torch.cat([skips.pop(), y], dim=1), i)  # eq. 6: [s ; h_in]
            if known is not None and block.scale == 1:
                known.append(y)
            if level_index < len(self.ups):
                y = self.ups[level_index](F.interpolate(y, scale_factor=2, mode="nearest"))
        y = self.conv_out(norm_silu(self.norm_out, y))
        if self.fade is not None and temporal:
            y = y - (1 + self.fade(F.silu(i.embedding)))[:, :, None, None] * flat_condition[:, :c]
        return y.reshape(b, f, c, h, w)
