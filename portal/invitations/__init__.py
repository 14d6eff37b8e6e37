"""Invitations: mailed, expiring, single-use offers to become an alarm contact or a member."""
