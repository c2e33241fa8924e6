"""Published weights, where the user has them: the names of timm, torchvision and the hub, mapped onto ours.

Each page of this room tells by a rule how the layers of a network are called elsewhere, in the order in which they
stand in ours. Nothing is fetched, and nothing but tensors is read.
"""

from pinakes.learn.networks.published import attention, mobile, plain, residual, words
from pinakes.learn.networks.published.loading import Loaded, load
from pinakes.learn.networks.published.naming import NAMINGS, Naming

__all__ = ["NAMINGS", "Loaded", "Naming", "attention", "load", "mobile", "plain", "residual", "words"]
