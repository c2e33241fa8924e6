"""Books: PDF and EPUB files written from texts and plates."""
