"""Published models in the hub's ONNX layouts: the table, fetching, reading their preprocessing, and encoding."""
