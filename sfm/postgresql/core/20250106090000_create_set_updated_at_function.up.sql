-- bfm: schema=core
-- bfm: tags=tier=critical, team=platform

CREATE FUNCTION core.set_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END;
$$;

COMMENT ON FUNCTION core.set_updated_at() IS
  'Row trigger that stamps updated_at on every update; shared by core, guard and the tenant schemas.';
