//! A strict reader of HTML: elements with their attributes, every one closed in order. Stricter than a browser on
//! purpose: what it cannot read is a mistake in a template.

/// Elements that have no end tag.
const VOID: [&str; 4] = ["meta", "link", "input", "br"];

/// One element.
#[derive(Debug)]
pub(crate) struct Element {
    /// Its place among all elements.
    pub(crate) at: usize,
    /// The place after its last descendant.
    pub(crate) end: usize,
    /// Its name.
    pub(crate) tag: String,
    /// Its attributes, in order, as written.
    pub(crate) attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A page, read.
pub(crate) struct Markup {
    /// Every element, in document order.
    pub(crate) elements: Vec<Element>,
}

impl Markup {
    /// Every element of this name.
    pub(crate) fn all(&self, tag: &str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |element| element.tag == tag)
    }

    /// The descendants of an element.
    pub(crate) fn within(&self, element: &Element) -> &[Element] {
        &self.elements[element.at + 1..element.end]
    }

    /// Reads a page.
    pub(crate) fn read(html: &str) -> Result<Self, String> {
        let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no document type")?;
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        while let Some(start) = rest.find('<') {
            if rest[..start].contains('>') {
                return Err(format!("a stray `>` before {:.60}", &rest[start..]));
            }
            rest = &rest[start + 1..];
            let end = rest.find('>').ok_or("a tag without end")?;
            let inside = &rest[..end];
            rest = &rest[end + 1..];
            if let Some(tag) = inside.strip_prefix('/') {
                let last = open.pop().ok_or("an end tag too many")?;
                if elements[last].tag != tag {
                    return Err(format!("</{tag}> ends <{}>", elements[last].tag));
                }
                elements[last].end = elements.len();
                continue;
            }
            let closed = inside.ends_with('/');
            let element = read_tag(inside.trim_end_matches('/'), elements.len())?;
            if !closed && !VOID.contains(&element.tag.as_str()) {
                open.push(element.at);
            }
            elements.push(element);
        }
        if let Some(last) = open.pop() {
            return Err(format!("<{}> is never closed", elements[last].tag));
        }
        Ok(Self { elements })
    }
}

fn read_tag(inside: &str, at: usize) -> Result<Element, String> {
    let (tag, mut rest) = inside.split_at(inside.find(' ').unwrap_or(inside.len()));
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix(' ').ok_or_else(|| format!("no space in <{inside}>"))?;
        let name_end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        if name.is_empty() || attributes.iter().any(|(n, _)| n == name) {
            return Err(format!("attribute {name:?} in <{inside}>"));
        }
        let value = match after.strip_prefix('=') {
            None => {
                rest = after;
                String::new()
            }
            Some(quoted) => {
                let quoted = quoted.strip_prefix('"').ok_or_else(|| format!("no quotes in <{inside}>"))?;
                let end = quoted.find('"').ok_or_else(|| format!("no end quote in <{inside}>"))?;
                rest = &quoted[end + 1..];
                quoted[..end].to_owned()
            }
        };
        attributes.push((name.to_owned(), value));
    }
    Ok(Element { at, end: at + 1, tag: tag.to_owned(), attributes })
}
