"""What people can do about their data: see who looked, take a copy, object, delete."""
