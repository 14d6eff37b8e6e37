"""Customers: company details, sites, members, and the exchange with the back office."""
