"""The documentation, and the program that makes its reference from the code: `python -m docs.build`."""
