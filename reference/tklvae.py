"""T-KLVAE: an image KL autoencoder with a temporal convolution after each spatial one and a temporal attention after each
spatial attention, in encoder and decoder (NUWA-XL section 3.1). F frames in, F latents out."""

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from layers import Attention, TemporalAttention, TemporalConv, image, norm_silu, tokens


@dataclass
class TKLVAEConfiguration:
    latent_channels: int = 8
    patch: int = 2  # pixel blocks that the stem folds into channels
    upscale: int = 1  # pictures leave at so many times the size at which they enter
    encoder: str | None = None  # the hash of the file that the encoder came with, where the decoder has learnt alone since
    channels: list[int] = field(default_factory=lambda: [48, 96, 128])  # fine to coarse; each step halves height and width
    encoder_blocks: int = 1
    decoder_blocks: int = 2
    groups: int = 8
    heads: int = 4
    temporal_kernel: int = 3
    latent_mean: list[float] = field(default_factory=lambda: [0.0] * 8)  # of the training set: latents leave the encoder normalised
    latent_std: list[float] = field(default_factory=lambda: [1.0] * 8)

    @property
    def factor(self) -> int:
        """Pixels per latent, along each side, of a picture that enters."""
        return self.patch * 2 ** (len(self.channels) - 1)


class Conv(nn.Module):
    """A spatial 3x3 convolution and the temporal one after it."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int = 1):
        super().__init__()
        self.spatial = nn.Conv2d(c_in, c_out, 3, stride, padding=1)
        self.temporal = TemporalConv(c_out, kernel)

    def forward(self, x: Tensor, frames: int | None) -> Tensor:
        """frames = None leaves the temporal layer out, as while training on single images."""
        x = self.spatial(x)
        return x if frames is None else self.temporal(x, frames)


class ResBlock(nn.Module):
    def __init__(self, channels: int, groups: int, kernel: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, channels)
        self.conv1 = Conv(channels, channels, kernel)
        self.norm2 = nn.GroupNorm(groups, channels)
        self.conv2 = Conv(channels, channels, kernel)

    def forward(self, x: Tensor, frames: int | None) -> Tensor:
        h = self.conv1(norm_silu(self.norm1, x), frames)
        return x + self.conv2(norm_silu(self.norm2, h), frames)


class Middle(nn.Module):
    """Block, spatial attention, temporal attention, block, at the coarsest scale."""

    def __init__(self, channels: int, c: TKLVAEConfiguration):
        super().__init__()
        self.block1 = ResBlock(channels, c.groups, c.temporal_kernel)
        self.spatial_attention = Attention(channels, c.heads)
        self.temporal_attention = TemporalAttention(channels, c.heads)
        self.block2 = ResBlock(channels, c.groups, c.temporal_kernel)

    def forward(self, x: Tensor, frames: int | None) -> Tensor:
        x = self.block1(x, frames)
        height, width = x.shape[2:]
        h = self.spatial_attention(tokens(x))
        if frames is not None:
            h = self.temporal_attention(h, frames)
        return self.block2(image(h, height, width), frames)


class Encoder(nn.Module):
    def __init__(self, c: TKLVAEConfiguration):
        super().__init__()
        k = c.temporal_kernel
        self.patch = c.patch
        self.conv_in = Conv(3 * c.patch**2, c.channels[0], k)
        self.levels = nn.ModuleList(nn.ModuleList(ResBlock(n, c.groups, k) for _ in range(c.encoder_blocks)) for n in c.channels)
        self.downs = nn.ModuleList(Conv(a, b, k, stride=2) for a, b in zip(c.channels, c.channels[1:]))
        self.middle = Middle(c.channels[-1], c)
        self.norm_out = nn.GroupNorm(c.groups, c.channels[-1])
        self.conv_out = Conv(c.channels[-1], 2 * c.latent_channels, k)

    def forward(self, x: Tensor, frames: int | None) -> Tensor:
        x = self.conv_in(F.pixel_unshuffle(x, self.patch), frames)
        for i, blocks in enumerate(self.levels):
            for block in blocks:
                x = block(x, frames)
            if i < len(self.downs):
                x = self.downs[i](x, frames)
        x = self.middle(x, frames)
        return self.conv_out(norm_silu(self.norm_out, x), frames)


class Decoder(nn.Module):
    def __init__(self, c: TKLVAEConfiguration):
        super().__init__()
        k = c.temporal_kernel
        channels = c.channels[::-1]  # coarse to fine
        self.patch = c.patch * c.upscale
        self.conv_in = Conv(c.latent_channels, channels[0], k)
        self.middle = Middle(channels[0], c)
        self.levels = nn.ModuleList(nn.ModuleList(ResBlock(n, c.groups, k) for _ in range(c.decoder_blocks)) for n in channels)
        self.ups = nn.ModuleList(Conv(a, b, k) for a, b in zip(channels, channels[1:]))
        self.norm_out = nn.GroupNorm(c.groups, channels[-1])
        self.conv_out = Conv(channels[-1], 3 * self.patch**2, k)

    def forward(self, z: Tensor, frames: int | None) -> Tensor:
        x = self.middle(self.conv_in(z, frames), frames)
        for i, blocks in enumerate(self.levels):
            for block in blocks:
                x = block(x, frames)
            if i < len(self.ups):
                x = self.ups[i](F.interpolate(x, scale_factor=2, mode="nearest"), frames)
        return F.pixel_shuffle(self.conv_out(norm_silu(self.norm_out, x), frames), self.patch)


class TKLVAE(nn.Module):
    def __init__(self, configuration: TKLVAEConfiguration):
        super().__init__()
        self.configuration = configuration
        self.encoder = Encoder(configuration)
        self.decoder = Decoder(configuration)

    def posterior(self, pixels: Tensor, frames: int | None) -> tuple[Tensor, Tensor]:
        """pixels [N, 3, H, W] in -1...1 -> mean and log variance of the latents, [N, c, h, w], not normalised."""
        mean, log_variance = self.encoder(pixels, frames).chunk(2, dim=1)
        return mean, log_variance.clamp(-30, 20)

    def statistics(self, z: Tensor) -> tuple[Tensor, Tensor]:
        c = self.configuration
        shape = (1, c.latent_channels, 1, 1)
        return z.new_tensor(c.latent_mean).reshape(shape), z.new_tensor(c.latent_std).reshape(shape)

    def encode(self, pixels: Tensor, frames: int | None) -> Tensor:
        """pixels [N, 3, H, W] in -1...1 -> normalised latents [N, c, h, w]: the mean of the posterior."""
        z, _ = self.posterior(pixels, frames)
        mean, std = self.statistics(z)
        return (z - mean) / std

    def decode(self, z: Tensor, frames: int | None) -> Tensor:
        """normalised latents [N, c, h, w] -> pixels [N, 3, upscale H, upscale W], about -1...1."""
        mean, std = self.statistics(z)
        return self.decoder((z * std + mean).to(memory_format=torch.channels_last), frames)

    def upscaled(self, by: int) -> "TKLVAE":
        """The same network, but that pictures leave at `by` times the size: at first each pixel as a square of equal ones."""
        c = replace(self.configuration, upscale=by * self.configuration.upscale)
        state, patch = self.state_dict(), self.decoder.patch
        # By new channel of the last layer: the old one whose pixel it is a part of, and which part.
        shape = (3, patch, by, patch, by)
        old = torch.arange(3 * patch**2).reshape(3, patch, 1, patch, 1).expand(shape).reshape(-1)
        part = torch.arange(by**2).reshape(1, 1, by, 1, by).expand(shape).reshape(-1)
        for key in ("spatial.weight", "spatial.bias", "temporal.bias"):
            state[f"decoder.conv_out.{key}"] = state[f"decoder.conv_out.{key}"][old]
        temporal = state["decoder.conv_out.temporal.weight"][old][:, old]
        state["decoder.conv_out.temporal.weight"] = temporal * (part[:, None] == part)[..., None]
        vae = TKLVAE(c).to(memory_format=torch.channels_last)
        vae.load_state_dict(state)
        return vae
