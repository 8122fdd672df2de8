-- How a grant is used, moved on with each read: when it pauses if nothing is read until then, for how long it may lie
-- unused, how many different records were read at the last count, and how many were returned since.
ALTER TABLE access_grant ADD COLUMN idle_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE access_grant ADD COLUMN idle_for INTEGER NOT NULL DEFAULT 0;
ALTER TABLE access_grant ADD COLUMN records_known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE access_grant ADD COLUMN records_since INTEGER NOT NULL DEFAULT 0;
CREATE INDEX access_grant_idle ON access_grant (status, idle_at);

-- Values that were typed on masked properties, as keyed hashes: enough to count them, not to know them.
CREATE TABLE typed_value (
    tenant_id  TEXT NOT NULL,
    basis      TEXT NOT NULL,
    property   TEXT NOT NULL,
    hour       INTEGER NOT NULL,
    value_hash BLOB NOT NULL,
    PRIMARY KEY (tenant_id, basis, property, hour, value_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX typed_value_by_age ON typed_value (hour);

-- Questions of engineers to see a masked value in clear.
CREATE TABLE reveal (
    tenant_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    grant_id   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    document   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX reveal_of_grant ON reveal (tenant_id, grant_id, id);
