//! Answers as the server sent them, with what this program does not know of.

use serde::Deserialize;
use serde_json::value::RawValue;
use vouchsafe_client::Answer;

use crate::failure::Failure;

/// The items of a page as they were sent.
pub(super) fn raw<T>(page: &Answer<T>) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        value: Vec<&'a RawValue>,
    }
    let page: Page<'_> = serde_json::from_str(&page.raw).map_err(|_| older())?;
    Ok(page.value.into_iter().map(|item| one_line(item.get())).collect())
}

/// The server's answer is not what it should be.
pub(super) fn older() -> Failure {
    Failure::Usage(
        "the server does not say where its entries stand: it is older than this program".to_owned(),
    )
}

/// JSON has line ends between its tokens only.
pub(super) fn one_line(json: &str) -> String {
    json.chars().filter(|c| !matches!(c, '\n' | '\r')).collect()
}
