//! JSON as a tree that keeps the order of members and members that repeat.

use crate::{Kind, Place, Reason, Report, decode, detect, keys};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use std::fmt;

/// Members that name what a member beside them holds.
const NAMES: [&str; 5] = ["name", "key", "header", "id", "parameter"];
/// Members that hold what a member beside them names.
const VALUES: [&str; 4] = ["value", "val", "text", "content"];
/// Members of a cookie that are no secret (HAR 1.2, `cookies`).
const COOKIE_FACTS: [&str; 8] =
    ["name", "path", "domain", "expires", "httpOnly", "secure", "sameSite", "comment"];
/// JSON in a string in JSON: how many layers are opened.
const LAYERS_MAX: u8 = 4;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Node::Object(object))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(members) => {
                let mut object = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
        }
    }
}

/// Takes the secrets out of a JSON text. The text comes back as it was where nothing was found.
pub(crate) fn scrub(text: &str, file: &str, report: &mut Report) -> Result<Option<String>, Reason> {
    let mut node: Node = serde_json::from_str(text)
        .map_err(|error| Reason::Malformed { line: error.line() as u64, column: error.column() as u64 })?;
    let mut walk = Walk { file, report, changed: false, layer: 0 };
    walk.node(&mut node, &mut "$".to_owned(), None, None);
    Ok(walk.changed.then(|| serde_json::to_string(&node).unwrap_or_default()))
}

struct Walk<'a> {
    file: &'a str,
    report: &'a mut Report,
    changed: bool,
    layer: u8,
}

impl Walk<'_> {
    /// `name` is the member that holds the node; `forced` is the kind that everything below is taken out as.
    fn node(&mut self, node: &mut Node, path: &mut String, name: Option<&str>, forced: Option<Kind>) {
        let kind = forced.or_else(|| name.and_then(keys::kind_of));
        match node {
            Node::Null | Node::Bool(_) => {}
            Node::Number(_) => {
                if matches!(kind, Some(Kind::Password | Kind::Secret | Kind::ApiKey)) {
                    self.replace(node, path, kind.unwrap_or(Kind::Secret));
                }
            }
            Node::Text(text) => match kind.filter(|kind| keys::may_be_secret(*kind, text, false)) {
                Some(kind) => self.replace(node, path, kind),
                None => self.text(text, path),
            },
            Node::List(items) => {
                let length = path.len();
                for (index, item) in items.iter_mut().enumerate() {
                    path.push_str(&format!("[{index}]"));
                    self.node(item, path, name, forced);
                    path.truncate(length);
                }
            }
            Node::Object(members) => self.object(members, path, name, kind),
        }
    }

    fn object(
        &mut self,
        members: &mut Vec<(String, Node)>,
        path: &mut String,
        name: Option<&str>,
        kind: Option<Kind>,
    ) {
        self.body(members, path);
        let cookies = name.is_some_and(|name| name.eq_ignore_ascii_case("cookies"));
        let named = members.iter().find_map(|(member, value)| match value {
            Node::Text(text) if is_one_of(&NAMES, member) => keys::kind_of(text),
            Node::Null
            | Node::Bool(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::List(_)
            | Node::Object(_) => None,
        });
        let length = path.len();
        for (member, value) in members {
            let forced = match kind {
                // A name of a secret over an object: what is in it is the secret, but for its names.
                Some(kind) if !is_one_of(&NAMES, member) => Some(kind),
                _ if cookies && !COOKIE_FACTS.contains(&member.as_str()) => Some(Kind::Cookie),
                _ if is_one_of(&VALUES, member) => named,
                _ => None,
            };
            if let Some((clean, found)) = detect::scrub(member) {
                self.found(path, &found);
                *member = clean;
            }
            path.push('.');
            path.push_str(member);
            self.node(value, path, Some(member.as_str()), forced);
            path.truncate(length);
        }
    }

    /// The body of a request or an answer in a HAR file, in base64.
    fn body(&mut self, members: &mut Vec<(String, Node)>, path: &mut String) {
        let packed = members.iter().position(|(name, value)| {
            name == "encoding" && matches!(value, Node::Text(text) if text.eq_ignore_ascii_case("base64"))
        });
        let Some(packed) = packed else { return };
        let Some((_, Node::Text(text))) = members.iter_mut().find(|(name, _)| name == "text") else { return };
        let bytes = STANDARD.decode(text.trim()).ok();
        let plain = bytes.as_deref().and_then(decode::as_text);
        let length = path.len();
        path.push_str(".text");
        if let Some(mut plain) = plain {
            let before = self.report.total();
            self.text(&mut plain, path);
            if self.report.total() > before {
                *text = STANDARD.encode(plain);
            }
        } else {
            *text = detect::placeholder(Kind::UnreadableBody, "");
            members.remove(packed);
            self.found(path, &[(0, Kind::UnreadableBody)]);
        }
        path.truncate(length);
    }

    fn text(&mut self, text: &mut String, path: &mut String) {
        if self.layer < LAYERS_MAX
            && text.trim_start().starts_with(['{', '['])
            && let Ok(mut inner) = serde_json::from_str::<Node>(text)
        {
            let mut walk =
                Walk { file: self.file, report: &mut *self.report, changed: false, layer: self.layer + 1 };
            walk.node(&mut inner, path, None, None);
            if walk.changed {
                *text = serde_json::to_string(&inner).unwrap_or_default();
                self.changed = true;
            }
        }
        if let Some((clean, found)) = detect::scrub(text) {
            self.found(path, &found);
            *text = clean;
        }
    }

    fn replace(&mut self, node: &mut Node, path: &str, kind: Kind) {
        let kind = match node {
            // A token that says what it is, whatever its name.
            Node::Text(text) => detect::spans(text)
                .first()
                .filter(|span| span.start == 0 && span.end == text.len())
                .map_or(kind, |span| span.kind),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::List(_) | Node::Object(_) => kind,
        };
        let secret = match node {
            Node::Text(text) => text.as_str(),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::List(_) | Node::Object(_) => "",
        };
        *node = Node::Text(detect::placeholder(kind, secret));
        self.found(path, &[(0, kind)]);
    }

    fn found(&mut self, path: &str, found: &[(usize, Kind)]) {
        self.changed = true;
        for (_, kind) in found {
            self.report.add(self.file, Place::Json(path.to_owned()), *kind);
        }
    }
}

fn is_one_of(names: &[&str], member: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(member))
}
