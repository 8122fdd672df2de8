-- What assignment must know of a case that is open, beside whose it is: how much it hurts.
ALTER TABLE desk_case ADD COLUMN severity TEXT COLLATE "C" NOT NULL DEFAULT 'moderate';
UPDATE desk_case SET severity = (SELECT r.severity FROM support_request r WHERE r.tenant_id = desk_case.support_tenant AND r.id = desk_case.id) WHERE EXISTS (SELECT 1 FROM support_request r WHERE r.tenant_id = desk_case.support_tenant AND r.id = desk_case.id);
CREATE INDEX desk_case_open ON desk_case (tenant_id, status, assigned_to, severity);

-- When an engineer last got a case. It outlives the hand-over of that case, and keeps the count short.
CREATE TABLE desk_engineer (
    tenant_id        TEXT COLLATE "C" NOT NULL,
    engineer         TEXT COLLATE "C" NOT NULL,
    last_assigned_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, engineer)
);
INSERT INTO desk_engineer (tenant_id, engineer, last_assigned_at)
SELECT tenant_id, assigned_to, MAX(created_at) FROM desk_case WHERE assigned_to IS NOT NULL GROUP BY tenant_id, assigned_to;

-- Every resolution in the order in which a provider's cases were resolved: what assignment learns from. It repeats what
-- may change after the resolution, so that who learns it later learns the same. The texts stay with the cases, sealed.
CREATE TABLE resolved_case (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    position        BIGINT NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    support_tenant  TEXT COLLATE "C" NOT NULL,
    engineer        TEXT COLLATE "C" NOT NULL,
    severity        TEXT COLLATE "C" NOT NULL,
    closed_at       BIGINT NOT NULL,
    resolved_before BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, position)
);
CREATE INDEX resolved_case_by_id ON resolved_case (tenant_id, id);
