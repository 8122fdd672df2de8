-- Who handed a pass out: it counts as long as they may do as much as its person. None for a tenant's first one.
ALTER TABLE enrolment ADD COLUMN offered_by TEXT;
