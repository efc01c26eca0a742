"""Writes the sample company as Parquet: `python -m sample_company.generate --folder … --scale 1`.

Below the folder, `delivered/<entity>` holds what its systems deliver, in the canonical raw schemas,
and `truth/<table>` what really happened, which only tests read. The same seed and scale write the
same bytes; a tile is a row group, and the first tiles of a larger scale are those of a smaller one.

Belongs here: files and the command. Does not: the story (tiles).
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as pq

from sample_company.story import SEED
from sample_company.tiles import Tables, tell_tile

# Raise it when the same seed tells another story: what stands in a home is made anew.
STORY_VERSION = 11
TILES_IN_A_FILE = 20
MARKER = "generated.json"
SECONDS_BETWEEN_LOOKS = 1.0


def generate(folder: Path, scale: int = 1, seed: int = SEED, processes: int = 1) -> int:
    """Write the company at a scale; return the rows delivered.

    Args:
        folder: Where `delivered` and `truth` are written; both are replaced.
        scale: Number of tiles; about 20,000 touches each.
        seed: Of the first tile.
        processes: Tiles told at the same time.
    """
    for name in ("delivered", "truth"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / MARKER).unlink(missing_ok=True)
    count = 0
    tiles = _tiles(scale, seed, processes)
    for number in range(0, scale, TILES_IN_A_FILE):
        count += _write_part(folder, number // TILES_IN_A_FILE, islice(tiles, TILES_IN_A_FILE))
    (folder / MARKER).write_text(marker(scale, seed))
    return count


def marker(scale: int, seed: int = SEED) -> str:
    """What the marker file says of a folder that was written whole."""
    return json.dumps({"story_version": STORY_VERSION, "scale": scale, "seed": seed}) + "\n"


def _tiles(scale: int, seed: int, processes: int) -> Iterator[tuple[Tables, Tables]]:
    tell = partial(tell_tile, seed=seed)
    if processes == 1:
        yield from map(tell, range(scale))
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_tie_to_parent) as pool:
        # A few ahead, so that memory does not grow with the scale.
        waiting = [pool.submit(tell, number) for number in range(min(scale, 2 * processes))]
        for following in range(len(waiting), scale + len(waiting)):
            yield waiting.pop(0).result()
            if following < scale:
                waiting.append(pool.submit(tell, following))


def _tie_to_parent() -> None:
    """Let a worker end when its parent does, however that ends: it would wait for ever."""
    parent = os.getppid()
    look = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            look.wait(SECONDS_BETWEEN_LOOKS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _write_part(folder: Path, part: int, tiles: Iterator[tuple[Tables, Tables]]) -> int:
    writers: dict[Path, pq.ParquetWriter] = {}
    count = 0
    with ExitStack() as stack:
        for tile in tiles:
            for kind, tables in zip(("delivered", "truth"), tile, strict=True):
                for place, table in tables.items():
                    # A dataset that is delivered in dated files says so: `name/date`.
                    name, _, dated = place.partition("/")
                    path = folder / kind / name / f"{name}-{dated or f'{part:04d}'}.parquet"
                    if path not in writers:
                        writers[path] = stack.enter_context(_writer(path, table.schema))
                    writers[path].write_table(table, row_group_size=max(1, table.num_rows))
                    count += table.num_rows if kind == "delivered" else 0
    return count


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    path.parent.mkdir(parents=True, exist_ok=True)
    return pq.ParquetWriter(path, schema, compression="zstd")


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where to write.")
@click.option("--scale", type=click.IntRange(1, 1000), default=1, show_default=True,
              help="1 is about 20,000 touches, 1000 about 20 million.")  # fmt: skip
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another story.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Tiles told at the same time; the bytes are the same.")  # fmt: skip
def main(folder: Path, scale: int, seed: int, processes: int) -> None:
    """Write the sample company as Parquet, with its truth beside it."""
    count = generate(folder, scale, seed, processes)
    click.echo(f"{count:,} rows below {folder}")


if __name__ == "__main__":
    main()
