"""Changes that leave the meaning of a picture, a text or a sound as it is: each a seeded function of values."""
