//! Diagnostic records: schemas, importers, the filter language, masks.
