"""What browsers meet. Only this package and `portal/portal.py` know Reflex and Starlette."""
