"""The documentation of Mihari: prose in Markdown, the reference from the code."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from mihari import __version__

project = "Mihari"
author = "The Mihari developers"
copyright = author  # noqa: A001
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "cyclopts.ext.sphinx",
    "openapi_listing",
]
exclude_patterns = ["figures/README.md"]
html_theme = "furo"
html_title = f"Mihari {version}"
language = "en"

myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True}
autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Validation", "notes_style")]
# Docstrings use single backquotes for names, which are no roles.
default_role = "code"

# One name that several rooms re-export is documented in each of them.
suppress_warnings = ["ref.python", "autodoc.mocked_object"]
