"""Vectors of words: trained on a library's own texts, or read from the files in which published ones come."""

from pinakes.learn.word2vec.files import open_word_vectors, save_word_vectors
from pinakes.learn.word2vec.train import Word2Vec, train_word2vec
from pinakes.learn.word2vec.vectors import WordVectors

__all__ = ["Word2Vec", "WordVectors", "open_word_vectors", "save_word_vectors", "train_word2vec"]
