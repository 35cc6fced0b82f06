DROP TABLE guard.backup_codes;
