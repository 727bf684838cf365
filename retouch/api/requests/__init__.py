"""Bodies of requests, loaded strictly."""
