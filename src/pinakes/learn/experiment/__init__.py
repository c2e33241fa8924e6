"""From a configuration to a trained model: its data, its readers and towers, its method, and what it is worth."""
