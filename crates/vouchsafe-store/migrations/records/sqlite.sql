-- Sign-ins of one tenant: the original object, and the columns that people filter by. Texts are folded.
CREATE TABLE IF NOT EXISTS sign_in (
    id                        TEXT NOT NULL PRIMARY KEY,
    created                   INTEGER NOT NULL,
    user_id                   TEXT,
    user_principal_name       TEXT,
    user_display_name         TEXT,
    app_id                    TEXT,
    app_display_name          TEXT,
    resource_id               TEXT,
    resource_display_name     TEXT,
    ip_address                TEXT,
    correlation_id            TEXT,
    error_code                INTEGER,
    conditional_access_status TEXT,
    client_app_used           TEXT,
    is_interactive            INTEGER,
    json                      TEXT NOT NULL,
    original                  TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sign_in_newest ON sign_in (created DESC, id DESC);
CREATE INDEX IF NOT EXISTS sign_in_by_user ON sign_in (user_id, created DESC, id DESC);
CREATE INDEX IF NOT EXISTS sign_in_by_upn ON sign_in (user_principal_name, created DESC, id DESC);
CREATE INDEX IF NOT EXISTS sign_in_by_error ON sign_in (error_code, created DESC, id DESC);
CREATE INDEX IF NOT EXISTS sign_in_by_address ON sign_in (ip_address, created DESC, id DESC);
CREATE INDEX IF NOT EXISTS sign_in_by_correlation ON sign_in (correlation_id);
