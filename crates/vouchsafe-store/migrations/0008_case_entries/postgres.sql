-- The case of an entry, so that everything about a case is found however many entries the log has.
ALTER TABLE audit_entry ADD COLUMN support_request TEXT COLLATE "C";
UPDATE audit_entry SET support_request = convert_from(entry, 'UTF8')::json ->> 'supportRequestId';
CREATE INDEX audit_entry_by_case ON audit_entry (tenant_id, support_request, sequence) WHERE support_request IS NOT NULL;
