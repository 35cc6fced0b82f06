UPDATE state_version SET version = '20261123010000';
DROP TABLE skipped;
DROP TABLE known_migration;
DROP FUNCTION refuse_change();
DROP TABLE projection;
