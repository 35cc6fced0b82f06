DROP FUNCTION core.set_updated_at();
