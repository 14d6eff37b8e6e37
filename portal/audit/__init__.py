"""The audit trail: append-only, chained by hashes, and free of names."""
