"""The privacy notices: their texts, which version is in force, and who was given which."""
