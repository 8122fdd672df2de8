-- Requests that were resolved before, in another system: brought in for assignment to learn from. Each has its place in the
-- order of resolutions: a row of resolved_case whose support tenant is the provider itself, and whose id is this one's.
CREATE TABLE past_request (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    document  BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
