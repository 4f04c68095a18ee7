"""A cache of latents as `nuwa latents` fills it: shards in the safetensors format, of single frames or of clips."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import safe_open


@dataclass
class Clips:
    """Clips of one length: latents [N, F, c, h, w], and for each clip its stride, frames, runs, and each frame's run."""

    latents: np.ndarray
    stride: np.ndarray
    description: list[dict]


class LatentCache:
    """The shards of a folder. `refresh` looks for new ones and forgets those that are gone."""

    def __init__(self, folder: Path):
        self.folder, self.shards = folder, {}
        self.refresh()
        if not self.shards:
            raise SystemExit(f"{folder}: no shards in it; `nuwa latents --output {folder}` makes them")

    def refresh(self):
        there = {p.name: p for p in sorted(self.folder.glob("*.safetensors"))}
        self.shards = {name: shard for name, shard in self.shards.items() if name in there}
        for name in there.keys() - self.shards.keys():
            with safe_open(there[name], "np") as file:
                clips = json.loads(file.metadata()["clips"])
                latents = file.get_tensor("latents").transpose(0, 1, 4, 2, 3)
            self.shards[name] = Clips(latents, np.array([c["stride"] for c in clips]), clips)

    def of_length(self, frames: int) -> list[Clips]:
        return [s for _, s in sorted(self.shards.items()) if s.latents.shape[1] == frames]
