-- bfm: schema=ddl_history

ALTER TABLE measurements DETACH PARTITION measurements_2025;
