//! Values on their way to PostgreSQL and back.

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::error::StoreError;
use crate::sql::{Row, Value};

type Refused = Box<dyn std::error::Error + Sync + Send>;

/// A value as a parameter: the driver takes them by reference.
pub(crate) fn parameter(value: &Value) -> &(dyn ToSql + Sync) {
    value
}

/// A whole number takes the width that the statement wants; everything else is what it is.
impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => match *wanted {
                Type::INT8 => number.to_sql(wanted, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(wanted, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(wanted, out),
                // What no column or operator gives a type is a text to the server; nothing is done with it.
                Type::TEXT => number.to_string().to_sql(wanted, out),
                _ => Err(format!("a whole number is no {wanted}").into()),
            },
            // A text there holds no NUL. Nothing that is stored has one either, so who asks for one finds nothing.
            Self::Text(text) if <&str>::accepts(wanted) && text.contains('\0') => {
                text.replace('\0', "\u{FFFD}").to_sql(wanted, out)
            }
            Self::Text(text) if <&str>::accepts(wanted) => text.as_str().to_sql(wanted, out),
            Self::Bytes(bytes) if <&[u8]>::accepts(wanted) => bytes.as_slice().to_sql(wanted, out),
            Self::Text(_) | Self::Bytes(_) => Err(format!("a text or bytes are no {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row of an answer. A truth value is 1 or 0, as on SQLite.
pub(super) fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let mut values = Vec::with_capacity(row.len());
    for (column, described) in row.columns().iter().enumerate() {
        values.push(match *described.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(column)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(column)?.map(i64::from).into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(column)?.into(),
            Type::TEXT | Type::VARCHAR => row.try_get::<_, Option<String>>(column)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.into(),
            ref other => return Err(StoreError::Corrupt(format!("a column holds a {other}"))),
        });
    }
    Ok(Row::new(values))
}
