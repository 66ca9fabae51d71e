"""Pictures in folders, one folder a class: all of one size, as bytes, their headers read before their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.reading.dataset import Dataset, pixel_names
from chalkgrad.reading.row_store import RowStore

__all__ = ["is_picture", "load_folder", "load_pictures"]

# Formats of pixels alone: others may run programs to be drawn.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")
_ENDINGS = frozenset(".png .jpg .jpeg .bmp .gif .pbm .pgm .ppm .tif .tiff .webp".split())
_MOST_PIXELS = 50_000_000
_MOST_FAULTS = 20
_TURNED = (5, 6, 7, 8)  # the orientations of EXIF that swap rows and columns
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class _Picture:
    """A file, what to call it, and the number of its class."""

    path: Path
    name: str
    label: int


def load_folder(
    folder: Path, size: tuple[int, ...] | None = None, color: bool = False, budget: int | None = None
) -> Dataset:
    """Read the pictures in the folders of a folder; the name of each is a class.

    Files that are no pictures by their ending are passed over.

    Args:
        folder: the folder.
        size: rows and columns that every picture is brought to, or None where all have one size.
        color: whether to keep red, green and blue; otherwise one grey value a pixel.
        budget: the bytes that the pictures may take in memory; by default half of what is available.

    Returns:
        The samples: `x` holds one picture a row, its pixels row by row, as bytes; `y` the numbers of the classes, in
        the order of their names.

    Raises:
        ProblemError: up to twenty faults at once: `no-samples`, `not-an-image`, `wrong-size`, `image-too-large`.
        UsageError: `missing-extra`, when Pillow is not installed.
    """
    _need_pillow(folder)
    classes, pictures = _listed(folder)
    sizes = _sizes(pictures)
    rows, columns = size or _one_size(pictures, sizes)
    shape = (rows, columns, 3) if color else (rows, columns)
    x = _stored(pictures, shape, budget)
    labels = np.array([picture.label for picture in pictures], dtype=np.int64)
    what = "colour images" if color else "images"
    summary = f"{len(labels):,} {what} of {rows} by {columns} from the folder {folder.name}, {len(classes)} classes"
    return Dataset(x, labels, pixel_names(shape), classes, summary, image_shape=shape)


def load_pictures(path: Path, shape: tuple[int, ...], budget: int | None = None) -> Dataset:
    """Read one picture, or those of a folder in the order of their names, of which no classes are known.

    Args:
        path: the file or the folder.
        shape: rows and columns that every picture is brought to, and 3 if red, green and blue are kept.
        budget: the bytes that the pictures may take in memory; by default half of what is available.

    Raises:
        ProblemError: as `load_folder`.
        UsageError: `missing-extra`.
    """
    _need_pillow(path)
    found = sorted(filter(is_picture, path.iterdir())) if path.is_dir() else [path]
    if not found:
        hint = f"images end in {', '.join(sorted(_ENDINGS))}"
        raise ProblemError(Fault("no-samples", f"{path.name} holds no images", hint=hint))
    pictures = [_Picture(each, each.name, 0) for each in found]
    _sizes(pictures)
    summary = f"{len(pictures):,} images from {path.name}"
    return Dataset(_stored(pictures, shape, budget), None, pixel_names(shape), (), summary, image_shape=shape)


def _stored(pictures: Sequence[_Picture], shape: tuple[int, ...], budget: int | None) -> NDArray[Any]:
    store = RowStore(int(np.prod(shape)), np.uint8, budget)
    for picture in pictures:
        store.append(_pixels(picture, (shape[0], shape[1]), len(shape) == 3).reshape(1, -1))
    return store.finish()


def _need_pillow(folder: Path) -> None:
    try:
        import PIL  # noqa: F401
    except ImportError:
        hint = "pip install 'chalkgrad[plot]'"
        message = f"the images in `{folder.name}` are read by Pillow, which is not installed"
        raise UsageError(Fault("missing-extra", message, hint=hint)) from None


def _listed(folder: Path) -> tuple[tuple[str, ...], list[_Picture]]:
    """The names of the classes, and all pictures, in order."""
    try:
        inside = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
        files = [sorted(entry for entry in part.iterdir() if is_picture(entry)) for part in inside]
    except OSError as error:
        raise ProblemError(Fault("file-not-readable", f"`{folder.name}` cannot be read: {error.strerror}")) from None
    if not inside:
        hint = "put the images of each class into a folder that has its name"
        raise ProblemError(
            Fault("no-samples", f"{folder.name} holds no folders; expected one for each class", hint=hint)
        )
    empty = [part.name for part, found in zip(inside, files, strict=True) if not found]
    if empty:
        message = f"{folder.name}/{empty[0]} holds no images; every folder is a class"
        hint = f"images end in {', '.join(sorted(_ENDINGS))}"
        raise ProblemError(Fault("no-samples", message, hint=hint))
    pictures = [
        _Picture(path, f"{folder.name}/{part.name}/{path.name}", label)
        for label, (part, found) in enumerate(zip(inside, files, strict=True))
        for path in found
    ]
    return tuple(part.name for part in inside), pictures


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its ending."""
    return path.suffix.lower() in _ENDINGS and not path.name.startswith(".") and path.is_file()


def _sizes(pictures: Sequence[_Picture]) -> list[tuple[int, int]]:
    """Rows and columns of each picture by its header; every file that cannot be read is told."""
    sizes: list[tuple[int, int]] = []
    faults: list[Fault] = []
    for picture in pictures:
        try:
            with _opened(picture) as image:
                width, height = image.size
                is_turned = _says_orientation(image) and image.getexif().get(_ORIENTATION) in _TURNED
                sizes.append((width, height) if is_turned else (height, width))
        except ProblemError as error:
            faults += error.faults
            if len(faults) >= _MOST_FAULTS:
                break
    if faults:
        raise ProblemError(faults)
    return sizes


def _says_orientation(image: Any) -> bool:
    """Whether the header says how the camera was held; asking a PNG further would decode its pixels."""
    return "exif" in image.info or image.format == "TIFF"


def _opened(picture: _Picture) -> Any:
    """The picture with its header read and its size looked at; no pixel is decoded yet."""
    from PIL import Image

    try:
        image = Image.open(picture.path, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ProblemError(_too_large(picture, "more")) from None
    except Exception as error:  # what a malformed header raises is not settled
        raise ProblemError(_unreadable(picture, error)) from None
    if image.size[0] * image.size[1] > _MOST_PIXELS:
        image.close()
        raise ProblemError(_too_large(picture, f"{image.size[1]:,} by {image.size[0]:,}"))
    return image


def _too_large(picture: _Picture, pixels: str) -> Fault:
    message = f"{picture.name} claims {pixels} pixels; an image has at most {_MOST_PIXELS:,}"
    return Fault("image-too-large", message, hint="make it smaller, or take it out")


def _unreadable(picture: _Picture, error: Exception) -> Fault:
    why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return Fault("not-an-image", f"{picture.name} cannot be read as an image{why}", hint="mend it, or take it out")


def _one_size(pictures: Sequence[_Picture], sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    first = sizes[0]
    for picture, size in zip(pictures, sizes, strict=True):
        if size != first:
            message = (
                f"{pictures[0].name} has {first[0]} by {first[1]} pixels and {picture.name} {size[0]} by {size[1]}; "
                "expected images of one size"
            )
            raise ProblemError(Fault("wrong-size", message, hint=f"write `size: [{first[0]}, {first[1]}]` to resize"))
    return first


def _pixels(picture: _Picture, size: tuple[int, int], color: bool) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    with _opened(picture) as image:
        try:
            turned = ImageOps.exif_transpose(image) if _says_orientation(image) else image
            upright = _eight_bits(turned).convert("RGB" if color else "L")
            if upright.size != size[::-1]:
                upright = upright.resize(size[::-1], Image.Resampling.BILINEAR)
            return np.asarray(upright, dtype=np.uint8)
        except Exception as error:  # what malformed pixels raise is not settled
            raise ProblemError(_unreadable(picture, error)) from None


def _eight_bits(image: Any) -> Any:
    """A picture with 16 bits a pixel with the upper 8 of them: converting it would cut off all bright tones."""
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
