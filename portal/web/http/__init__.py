"""Plain HTTP: sign-in, mailed links, health, and everything that must not go over the socket."""
