-- Where a case came from that the provider entered: the other system, and what the case is called there.
ALTER TABLE support_request ADD COLUMN origin TEXT COLLATE "C";
ALTER TABLE support_request ADD COLUMN external_id TEXT COLLATE "C";
CREATE UNIQUE INDEX support_request_by_origin ON support_request (tenant_id, origin, external_id);
-- The intake looks for a case of any tenant.
CREATE INDEX support_request_from_elsewhere ON support_request (origin, external_id);
