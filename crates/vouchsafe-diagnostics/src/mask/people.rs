//! Who is who in a tenant.

use std::collections::HashMap;

/// The people of a tenant by their names, for records that name one without saying the id.
///
/// It may hold all of them or only those of an answer: who is not in it is shown by a pseudonym of the name.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Names in lower case.
    id_by_name: HashMap<String, String>,
    /// The first name of each; ids in lower case.
    name_by_id: HashMap<String, String>,
}

impl People {
    /// Adds a person: `name` is a UPN, a mail address or, where it is nobody else's, a display name; `id` is the
    /// object id. A name that is known already stays with the first.
    pub fn insert(&mut self, name: &str, id: &str) {
        self.id_by_name.entry(name.to_lowercase()).or_insert_with(|| id.to_owned());
        self.name_by_id.entry(id.to_lowercase()).or_insert_with(|| name.to_owned());
    }

    /// The object id of the person with this name, in any case.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<&str> {
        self.id_by_name.get(&name.to_lowercase()).map(String::as_str)
    }

    /// The first name of the person with this object id, in any case.
    #[must_use]
    pub fn name(&self, id: &str) -> Option<&str> {
        self.name_by_id.get(&id.to_lowercase()).map(String::as_str)
    }
}
