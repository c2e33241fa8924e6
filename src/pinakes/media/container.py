"""Containers of sound and film, opened with the one demuxer that their first bytes call for, cut off from all else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeAlias

import av
from av.container import InputContainer

from pinakes.errors import Unsupported
from pinakes.media.foreign import foreign
from pinakes.media.wordlist import names

# Never hls, concat, dash or image2, which open further files and addresses.
_DEMUXERS = {
    "video/mp4": "mov",
    "video/3gpp": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "audio/aac": "aac",
    "video/x-matroska": "matroska",
    "video/webm": "matroska",
    "video/x-msvideo": "avi",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
}

# What films and sounds of libraries are coded with; other decoders are never started.
VIDEO_CODECS = frozenset(
    names(
        """
        h264 hevc av1 libdav1d vp8 vp9 libvpx libvpx-vp9 mpeg4 mpeg1video mpeg2video msmpeg4v1 msmpeg4v2 msmpeg4 wmv1
        wmv2 wmv3 vc1 h263 h263p flv svq1 svq3 mjpeg theora prores dnxhd dvvideo rawvideo huffyuv ffvhuff ffv1 cinepak
        rpza 8bps qtrle indeo3 indeo5 rv40 v210 png
        """
    )
)
AUDIO_CODECS = frozenset(
    names(
        """
        aac aac_latm mp1float mp2float mp3float mp1 mp2 mp3 opus libopus vorbis flac alac ac3 eac3 dca wmav1 wmav2
        adpcm_ima_wav adpcm_ima_qt adpcm_ms amrnb amrwb libopencore_amrnb libopencore_amrwb gsm gsm_ms mace3 mace6 qdm2
        pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_u8 pcm_s8 pcm_f32le pcm_f32be pcm_f64le
        pcm_f64be pcm_mulaw pcm_alaw pcm_s16le_planar nellymoser truehd mlp speex libspeex
        """
    )
)

Container: TypeAlias = InputContainer


@contextmanager
def open_container(file: BinaryIO, mime: str, name: str, *, for_tags: bool = False) -> Iterator[Container]:
    """The container in an open file; it can reach no other file and no network.

    `for_tags`: no sound is decoded to learn more of the streams than their headers tell.
    """
    demuxer = _DEMUXERS.get(mime)
    if demuxer is None:
        raise Unsupported(f"{name} is of a type that is not read ({mime}).")
    file.seek(0)
    options = {
        "protocol_whitelist": "pipe",
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS)),
    }
    if for_tags:
        options |= {"probesize": "4096", "analyzeduration": "1"}
    with foreign(name):
        container = av.open(file, "r", format=demuxer, options=options, metadata_errors="replace")
    try:
        yield container
    finally:
        container.close()
