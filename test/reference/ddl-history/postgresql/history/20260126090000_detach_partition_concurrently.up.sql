-- bfm: schema=ddl_history
-- bfm: transaction=none

ALTER TABLE visits DETACH PARTITION visits_odd CONCURRENTLY;
