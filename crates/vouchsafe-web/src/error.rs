//! What can go wrong while a page is rendered.

use askama::Template;

/// A page could not be rendered: the text buffer refused to grow. No cause in the view can lead here.
#[derive(Debug)]
pub struct RenderError(askama::Error);

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the page could not be rendered")
    }
}

impl std::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Renders a view.
pub(crate) fn render<T: Template>(view: &T) -> Result<String, RenderError> {
    view.render().map_err(RenderError)
}
