"""The wire both ways: requests, verbs, answers, REST routes, batches on a server."""
