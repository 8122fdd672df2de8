-- What people need to know of a token: what it is called, what it is limited to (resource actions with spaces between them;
-- null for all that its account may do), when it was made, and about when it was last used.
ALTER TABLE api_token ADD COLUMN scopes TEXT;
ALTER TABLE api_token ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_token ADD COLUMN last_used_at INTEGER;
ALTER TABLE api_token ADD COLUMN name BLOB;
CREATE INDEX api_token_of_user ON api_token (tenant_id, user_id, created_at);
CREATE INDEX api_token_newest ON api_token (tenant_id, created_at DESC, id DESC);
