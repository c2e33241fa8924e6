"""Cross-modal hashing: one page for each method, all of them over any two towers."""

from pinakes.learn.hashing import dadh, dchmt, dcmh, djsrh, floors, idcmh, mith, pinakes, ucch

__all__ = ["dadh", "dchmt", "dcmh", "djsrh", "floors", "idcmh", "mith", "pinakes", "ucch"]
