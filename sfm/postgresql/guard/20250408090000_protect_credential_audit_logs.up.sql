-- bfm: schema=guard
-- bfm: depends-on=guard/create_credential_audit_logs
-- bfm: tags=tier=critical, team=integrations

CREATE FUNCTION guard.refuse_audit_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only; % is not allowed', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END;
$$;

CREATE TRIGGER credential_audit_logs_refuse_row_change
  BEFORE UPDATE OR DELETE ON guard.credential_audit_logs
  FOR EACH ROW EXECUTE FUNCTION guard.refuse_audit_change();

CREATE TRIGGER credential_audit_logs_refuse_truncate
  BEFORE TRUNCATE ON guard.credential_audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION guard.refuse_audit_change();

COMMENT ON FUNCTION guard.refuse_audit_change() IS 'Trigger that makes a table append-only.';
