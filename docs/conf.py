"""The documentation site: `make docs`."""

project = "LeadOps"
author = "LeadOps contributors"
copyright = "2026, LeadOps contributors"
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
html_theme = "furo"
html_title = "LeadOps"
exclude_patterns = ["_build", "performance-figures.md"]
myst_heading_anchors = 3
