"""Command-line commands, one module per command or group."""
