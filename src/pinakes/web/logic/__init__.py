"""What the application does, whoever asks: no module here knows of HTTP."""
