"""Everything that has a look. Pages compose these functions and hold no class names.

One module per noun. Every function takes keyword arguments (children excepted), accepts plain
text or a Var, and returns a component; the class names are described in `assets/portal.css`.
"""
