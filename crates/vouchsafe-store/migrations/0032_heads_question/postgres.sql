-- What a node without a heads file asks the others, and in how many parts one of them has answered; 0 before.
CREATE TABLE heads_question (
    nonce    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    asked_at BIGINT NOT NULL,
    parts    BIGINT NOT NULL
);

-- A part of the answer, authenticated under the master key, which every node has and the database has not.
CREATE TABLE heads_answer (
    nonce TEXT COLLATE "C" NOT NULL,
    part  BIGINT NOT NULL,
    heads TEXT COLLATE "C" NOT NULL,
    tag   BYTEA NOT NULL,
    PRIMARY KEY (nonce, part)
);
