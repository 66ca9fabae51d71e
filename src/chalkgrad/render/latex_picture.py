"""A picture inside a LaTeX file: the bytes of a PNG stand in the source, and pdfTeX puts them into the PDF as they are.

PDF compresses and predicts the rows of an image as PNG does (ISO 32000-1, 7.4.4.4), so that nothing is converted. Other
engines than pdfTeX, and PNG of a kind that PDF has no word for, give a frame that says what the picture shows.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass

from chalkgrad.render.characters import clean
from chalkgrad.render.document import Figure
from chalkgrad.render.latex import escape_latex

__all__ = ["PICTURE_MACROS", "latex_picture"]

# pdfTeX takes up to some 3 million bytes with the limits that it comes with; more is left to the frame.
_MOST_BYTES = 2_000_000
_HEADER = struct.Struct(">IIBBBBB")
_COLOURS = {0: ("DeviceGray", 1), 2: ("DeviceRGB", 3)}
PICTURE_MACROS = r"""\newif\ifembeds
\ifdefined\pdfoutput\ifnum\pdfoutput>0 \embedstrue\fi\fi
\makeatletter
% The object written last as an image: #1 its width in lines, #2 its height in widths, #3 the reverse of #2.
\newcommand{\embeddedpicture}[3]{\begingroup
  \dimen0=#1\linewidth \dimen2=#2\dimen0
  \ifdim\dimen2>0.8\textheight \dimen2=0.8\textheight \dimen0=#3\dimen2 \fi
  \dimen4=0.99626\dimen0 \dimen6=0.99626\dimen2
  \edef\pictureobject{\the\pdflastobj}%
  \setbox0=\hbox to\dimen0{\vbox to\dimen2{\vfil}%
    \pdfliteral{q \strip@pt\dimen4 \space 0 0 \strip@pt\dimen6 \space 0 0 cm /Picture Do Q}\hfil}%
  \immediate\pdfxform resources{/XObject << /Picture \pictureobject\space 0 R >>}0
  \leavevmode\pdfrefxform\pdflastxform\endgroup}
\makeatother
\newcommand{\framedpicture}[1]{\fbox{\parbox{0.8\linewidth}{\centering\small Figure: #1}}}
"""


@dataclass(frozen=True, slots=True)
class _Png:
    """What PDF must know of a PNG, and its compressed rows."""

    width: int
    height: int
    colours: str
    channels: int
    rows: bytes


def latex_picture(figure: Figure, caption: str) -> str:
    """The picture of a figure with a caption, which is LaTeX already."""
    frame = f"\\framedpicture{{{_text(figure.alt) or 'a picture'}}}"
    image = _embeddable(figure.png)
    picture = f"\\ifembeds\n{_embedded(image, figure.width)}\\else{frame}\\fi" if image else frame
    below = f"\\par\\smallskip\n{{\\small {caption}\\par}}" if caption else "\\par"
    return (
        f"\\par\\medskip\\noindent\\begin{{minipage}}{{\\linewidth}}\\centering\n{picture}{below}\n"
        "\\end{minipage}\\par\\medskip"
    )


def _embedded(image: _Png, share: float) -> str:
    digits = image.rows.hex()
    lines = "\n".join(digits[start : start + 120] for start in range(0, len(digits), 120))
    about = (
        f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /ColorSpace /{image.colours} "
        f"/BitsPerComponent 8 /Filter [/ASCIIHexDecode /FlateDecode] /DecodeParms [null << /Predictor 15 "
        f"/Colors {image.channels} /BitsPerComponent 8 /Columns {image.width} >>]"
    )
    tall = image.height / image.width
    return (
        # pdfTeX would compress the stream once more and say so in a second /Filter.
        f"\\begingroup\\pdfcompresslevel=0 \\immediate\\pdfobj stream attr{{{about}}}{{\n{lines}>}}\\endgroup\n"
        f"\\embeddedpicture{{{share:.3f}}}{{{tall:.5f}}}{{{1 / tall:.5f}}}"
    )


def _embeddable(png: bytes) -> _Png | None:
    """The parts of a PNG of 8 bits a channel, grey or RGB, neither interlaced nor transparent; None for another one."""
    chunks = _chunks(png)
    if len(chunks.get(b"IHDR", b"")) != _HEADER.size or b"tRNS" in chunks or not chunks.get(b"IDAT"):
        return None
    width, height, depth, colour, _, _, interlaced = _HEADER.unpack(chunks[b"IHDR"])
    rows = chunks[b"IDAT"]
    if depth != 8 or colour not in _COLOURS or interlaced or not width or not height or len(rows) > _MOST_BYTES:
        return None
    return _Png(width, height, *_COLOURS[colour], rows)


def _chunks(png: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG by their names, several of one name put together; nothing where it ends too early."""
    found: dict[bytes, list[bytes]] = {}
    at = 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if at + 12 + length > len(png):
            return {}
        found.setdefault(png[at + 4 : at + 8], []).append(png[at + 8 : at + 8 + length])
        at += 12 + length
    return {name: b"".join(parts) for name, parts in found.items()}


def _text(text: str) -> str:
    return escape_latex(unicodedata.normalize("NFC", clean(text)))
