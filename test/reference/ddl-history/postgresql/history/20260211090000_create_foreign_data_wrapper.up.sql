-- bfm: schema=ddl_history

CREATE FOREIGN DATA WRAPPER nowhere NO HANDLER NO VALIDATOR OPTIONS (kind 'none');

ALTER FOREIGN DATA WRAPPER nowhere OPTIONS (SET kind 'imagined', ADD color 'blue');

ALTER FOREIGN DATA WRAPPER nowhere RENAME TO elsewhere;

-- Its owner has to be a superuser.
ALTER FOREIGN DATA WRAPPER elsewhere OWNER TO CURRENT_USER;

COMMENT ON FOREIGN DATA WRAPPER elsewhere IS 'Leads nowhere.';

GRANT USAGE ON FOREIGN DATA WRAPPER elsewhere TO ddl_cluster_owner;

CREATE SERVER moon TYPE 'satellite' VERSION '1' FOREIGN DATA WRAPPER elsewhere OPTIONS (host 'moon.invalid');

ALTER SERVER moon VERSION '2' OPTIONS (SET host 'dark.moon.invalid', ADD port '5');

ALTER SERVER moon RENAME TO far_moon;

ALTER SERVER far_moon OWNER TO ddl_cluster_owner;

COMMENT ON SERVER far_moon IS 'Out of reach.';

GRANT USAGE ON FOREIGN SERVER far_moon TO ddl_cluster_reader;

CREATE USER MAPPING FOR PUBLIC SERVER far_moon OPTIONS (user 'anybody');

CREATE USER MAPPING FOR ddl_cluster_reader SERVER far_moon;

ALTER USER MAPPING FOR ddl_cluster_reader SERVER far_moon OPTIONS (ADD user 'somebody');

CREATE FOREIGN TABLE craters (
  name text OPTIONS (column_name 'n') COLLATE "C" NOT NULL,
  width numeric DEFAULT 1,
  CONSTRAINT craters_width_check CHECK (width > 0)
) SERVER far_moon OPTIONS (object 'craters');

CREATE FOREIGN TABLE visits_elsewhere PARTITION OF visits
  FOR VALUES WITH (MODULUS 2, REMAINDER 1) SERVER far_moon;

ALTER FOREIGN TABLE craters ADD COLUMN depth numeric, ALTER COLUMN name OPTIONS (SET column_name 'name');

ALTER FOREIGN TABLE craters OPTIONS (ADD side 'near'), DISABLE TRIGGER ALL;

ALTER FOREIGN TABLE craters RENAME COLUMN width TO diameter;

ALTER FOREIGN TABLE craters RENAME TO moon_craters;

ALTER FOREIGN TABLE moon_craters OWNER TO ddl_cluster_owner;

ALTER FOREIGN TABLE moon_craters SET SCHEMA ddl_history_archive;

COMMENT ON FOREIGN TABLE ddl_history_archive.moon_craters IS 'As seen from here.';
