"""Trained models without torch: graphs in ONNX that give the same vectors, ready for a library."""
