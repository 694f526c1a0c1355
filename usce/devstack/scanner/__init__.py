"""A development scanner: speaks clamd's protocol and knows one test string and a few digests."""
