"""Every bound, tried at one less, at itself and at one more."""
