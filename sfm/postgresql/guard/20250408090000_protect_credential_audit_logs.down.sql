DROP TRIGGER credential_audit_logs_refuse_truncate ON guard.credential_audit_logs;

DROP TRIGGER credential_audit_logs_refuse_row_change ON guard.credential_audit_logs;

DROP FUNCTION guard.refuse_audit_change();
