DROP TABLE guard.credential_audit_logs;
