DROP FOREIGN TABLE visits_elsewhere;

DROP FOREIGN TABLE ddl_history_archive.moon_craters;

DROP USER MAPPING FOR ddl_cluster_reader SERVER far_moon;

DROP USER MAPPING FOR PUBLIC SERVER far_moon;

DROP SERVER far_moon;

DROP FOREIGN DATA WRAPPER elsewhere;
