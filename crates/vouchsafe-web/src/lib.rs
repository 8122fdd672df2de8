//! View models, templates and style sheets: view in, HTML out.
