-- Which node does a job that one node does, and until when.
CREATE TABLE job_lease (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder   TEXT COLLATE "C" NOT NULL,
    until_at BIGINT NOT NULL
);
