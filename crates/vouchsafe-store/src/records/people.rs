//! Who a text names in a tenant's data.

use std::collections::{BTreeSet, HashMap};

use rusqlite::types::Value;
use vouchsafe_diagnostics::resource::Stored;

use super::expression::{Sql, among};
use super::files::{RecordsOf, View};
use super::layout::{self, Layout};
use super::reach::{DataPerson, Slot, slots};
use super::splice::Key;
use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Everyone whom these object ids and UPNs name in a tenant's data, exactly but for case, wherever a kind keeps them
    /// in a column.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people_named(
        &self,
        of: impl Into<RecordsOf>,
        names: &[String],
    ) -> Result<Vec<DataPerson>, StoreError> {
        let names: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        self.with_records(of.into(), move |view| {
            let Some(view) = view else { return Ok(Vec::new()) };
            let mut people = BTreeSet::new();
            for layout in layout::all() {
                for slot in slots(layout.schema) {
                    people.extend(named(view, layout, &slot, &names)?);
                }
            }
            people.remove(&DataPerson::default());
            Ok(people.into_iter().collect())
        })
        .await
    }

    /// The object ids of people by UPN in lower case, as far as the data knows: from the users; where they do not say,
    /// from who was seen with it last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_directory(
        &self,
        of: impl Into<RecordsOf>,
        user_principal_names: &[String],
    ) -> Result<HashMap<String, String>, StoreError> {
        let names: BTreeSet<String> = user_principal_names.iter().map(|name| name.to_lowercase()).collect();
        self.with_records(of.into(), move |view| {
            let mut known = HashMap::new();
            let Some(view) = view else { return Ok(known) };
            // Events first, so that objects have the last word.
            let (events, objects): (Vec<_>, Vec<_>) = layout::all().partition(|layout| layout.is_event());
            for layout in events.into_iter().chain(objects) {
                for slot in slots(layout.schema) {
                    for person in named(view, layout, &slot, &names)? {
                        if let (Some(id), Some(name)) = (person.user_id, person.user_principal_name)
                            && names.contains(&name)
                        {
                            known.insert(name, id);
                        }
                    }
                }
            }
            Ok(known)
        })
        .await
    }
}

/// Everyone whom the names name at one place of a kind, who was seen last standing last.
fn named(
    view: &View<'_>,
    layout: &Layout,
    slot: &Slot,
    names: &BTreeSet<String>,
) -> Result<Vec<DataPerson>, StoreError> {
    if !layout.is_event() {
        return object_people(view, layout, slot, names);
    }
    let stored = |path: Option<&str>| {
        let column = layout.column(path?)?;
        Some((column, layout.schema.columns.get(column)?.stored))
    };
    let (id, name) = (stored(slot.id), stored(slot.name));
    let group = |column: usize| layout.group_of(column);
    let mut people = Vec::new();
    match (id, name) {
        (
            Some((id, Stored::Shared { group: own, .. })),
            Some((name, Stored::Shared { group: other, .. })),
        ) if own == other => {
            if let (Some((_, id)), Some((_, name))) = (group(id), group(name)) {
                people.extend(shared_people(view, layout, own, Some(id), Some(name), names)?);
            }
        }
        (id, name) => {
            for (column, is_id) in
                id.into_iter().map(|id| (id, true)).chain(name.into_iter().map(|name| (name, false)))
            {
                people.extend(single_people(view, layout, column, is_id, names)?);
            }
        }
    }
    Ok(people)
}

fn texts(names: &BTreeSet<String>) -> Vec<Value> {
    names.iter().cloned().map(Value::Text).collect()
}

fn shared_people(
    view: &View<'_>,
    layout: &Layout,
    group: &str,
    id: Option<&str>,
    name: Option<&str>,
    names: &BTreeSet<String>,
) -> Result<Vec<DataPerson>, StoreError> {
    let mut found = Vec::new();
    // One index after the other; what both find is told apart by whoever asks.
    for column in [id, name].into_iter().flatten() {
        let Some(listed) = among(column, texts(names)) else { continue };
        let select = format!(
            "SELECT {}, {} FROM {}_{group} WHERE {} ORDER BY id",
            id.unwrap_or("NULL"),
            name.unwrap_or("NULL"),
            layout.name,
            listed.text
        );
        found.extend(people(view, &Sql { text: select, values: listed.values })?);
    }
    Ok(found)
}

fn single_people(
    view: &View<'_>,
    layout: &Layout,
    (column, stored): (usize, Stored),
    is_id: bool,
    names: &BTreeSet<String>,
) -> Result<Vec<DataPerson>, StoreError> {
    let keys = || names.iter().map(|name| super::expression::key_value(Key::new(name))).collect::<Vec<_>>();
    let found = match stored {
        Stored::Shared { group, .. } => {
            let name = layout.group_of(column).map(|(_, name)| name);
            let (id, upn) = if is_id { (name, None) } else { (None, name) };
            return shared_people(view, layout, group, id, upn, names);
        }
        Stored::Each => layout.each.iter().find(|own| own.column == column).and_then(|own| {
            let listed = among("value", keys())?;
            let select = format!("SELECT DISTINCT value FROM {}_each_{} WHERE ", layout.name, own.name);
            Some(Sql { text: format!("{select}{}", listed.text), values: listed.values })
        }),
        Stored::Reference => layout.references.iter().find(|own| own.column == column).and_then(|own| {
            let listed = among(&own.name, keys())?;
            let select = format!("SELECT DISTINCT {} FROM {} WHERE ", own.name, layout.name);
            Some(Sql { text: format!("{select}{}", listed.text), values: listed.values })
        }),
        Stored::Id => None,
    };
    let Some(sql) = found else { return Ok(Vec::new()) };
    let mut statement = view.connection.prepare_cached(&sql.text)?;
    let mut rows = statement.query(rusqlite::params_from_iter(sql.values))?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        let text = Key::read(row.get_ref(0)?).map(|key| key.to_string());
        let (user_id, user_principal_name) = if is_id { (text, None) } else { (None, text) };
        people.push(DataPerson { user_id, user_principal_name });
    }
    Ok(people)
}

/// People who are objects themselves.
fn object_people(
    view: &View<'_>,
    layout: &Layout,
    slot: &Slot,
    names: &BTreeSet<String>,
) -> Result<Vec<DataPerson>, StoreError> {
    let kind = || Value::Text(layout.name.clone());
    let (Some(ids), Some(upns)) = (among("o.id", texts(names)), among("n.value", texts(names))) else {
        return Ok(Vec::new());
    };
    if slot.id != Some("id") {
        return Ok(Vec::new());
    }
    let path = Value::Text(slot.name.unwrap_or_default().to_owned());
    let mut sql = Sql::new(
        "SELECT o.id, (SELECT v.value FROM object_value v WHERE v.kind = o.kind AND v.id = o.id AND v.path = ?) FROM object o WHERE o.kind = ? AND (",
    )
    .with(path.clone())
    .with(kind());
    sql.push(ids);
    sql.push(
        Sql::new(" OR o.id IN (SELECT n.id FROM object_value n WHERE n.kind = ? AND n.path = ? AND ")
            .with(kind())
            .with(path),
    );
    sql.push(upns);
    sql.text.push_str(")) ORDER BY o.id");
    people(view, &sql)
}

fn people(view: &View<'_>, sql: &Sql) -> Result<Vec<DataPerson>, StoreError> {
    let mut statement = view.connection.prepare_cached(&sql.text)?;
    let found = statement.query_map(rusqlite::params_from_iter(&sql.values), |row| {
        Ok(DataPerson { user_id: row.get(0)?, user_principal_name: row.get(1)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
