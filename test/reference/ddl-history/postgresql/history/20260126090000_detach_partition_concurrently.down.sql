-- bfm: transaction=none

-- The check that the detaching left behind would stay.
ALTER TABLE visits ATTACH PARTITION visits_odd FOR VALUES WITH (MODULUS 2, REMAINDER 1);
