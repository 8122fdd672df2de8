-- What a node without a heads file asks the others, and in how many parts one of them has answered; 0 before.
CREATE TABLE heads_question (
    nonce    TEXT NOT NULL PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    parts    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A part of the answer, authenticated under the master key, which every node has and the database has not.
CREATE TABLE heads_answer (
    nonce TEXT NOT NULL,
    part  INTEGER NOT NULL,
    heads TEXT NOT NULL,
    tag   BLOB NOT NULL,
    PRIMARY KEY (nonce, part)
) STRICT, WITHOUT ROWID;
