"""Settings, keys, encryption, clock and logs: what every room stands on."""
