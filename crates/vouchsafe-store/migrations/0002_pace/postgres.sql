-- How a grant is used, moved on with each read: when it pauses if nothing is read until then, for how long it may lie
-- unused, how many different records were read at the last count, and how many were returned since.
ALTER TABLE access_grant ADD COLUMN idle_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE access_grant ADD COLUMN idle_for BIGINT NOT NULL DEFAULT 0;
ALTER TABLE access_grant ADD COLUMN records_known BIGINT NOT NULL DEFAULT 0;
ALTER TABLE access_grant ADD COLUMN records_since BIGINT NOT NULL DEFAULT 0;
CREATE INDEX access_grant_idle ON access_grant (status, idle_at);

-- Values that were typed on masked properties, as keyed hashes: enough to count them, not to know them.
CREATE TABLE typed_value (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    basis      TEXT COLLATE "C" NOT NULL,
    property   TEXT COLLATE "C" NOT NULL,
    hour       BIGINT NOT NULL,
    value_hash BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, basis, property, hour, value_hash)
);
CREATE INDEX typed_value_by_age ON typed_value (hour);

-- Questions of engineers to see a masked value in clear.
CREATE TABLE reveal (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    grant_id   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    document   BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX reveal_of_grant ON reveal (tenant_id, grant_id, id);
