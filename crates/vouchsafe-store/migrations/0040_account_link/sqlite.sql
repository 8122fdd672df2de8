-- What each tenant keeps of a link between one of its accounts and an account of another tenant, from the offer to its end.
-- Which accounts are one person now stands in account_link. The hash is of the code with which an offer is accepted.
CREATE TABLE account_link_record (
    tenant_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    user_id    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    hash       BLOB,
    document   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX account_link_record_of_user ON account_link_record (tenant_id, user_id);
CREATE INDEX account_link_record_by_hash ON account_link_record (tenant_id, hash);
