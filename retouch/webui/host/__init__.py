"""What Retouch needs from the WebUI in which it runs. `dialects` chooses the module for the running fork."""
