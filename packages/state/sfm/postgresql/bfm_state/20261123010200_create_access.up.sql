-- Who may do what, what they did, the keys of repeated requests, and the budgets of connections.

-- Only a hash of the secret: see SECURITY.md S1 to S6.
CREATE TABLE token (
  id text PRIMARY KEY,
  kind text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  secret_hash text NOT NULL,
  last_four text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT token_id_plain CHECK (id ~ '^[0-9a-z]{8,16}$'),
  CONSTRAINT token_kind_plain CHECK (kind ~ '^[a-z]{2,12}$'),
  CONSTRAINT token_name_short CHECK (char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT token_role_known CHECK (role IN ('admin', 'viewer')),
  CONSTRAINT token_hash_is_sha256 CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT token_hash_once UNIQUE (secret_hash),
  CONSTRAINT token_last_four CHECK (char_length(last_four) = 4),
  CONSTRAINT token_ends CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days')
);
CREATE UNIQUE INDEX token_name_once ON token (name) WHERE revoked_at IS NULL;

-- A revoked token never comes back, and no secret is changed under an id.
CREATE FUNCTION guard_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
     OR (NEW.id, NEW.secret_hash, NEW.role, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.secret_hash, OLD.role, OLD.created_at)
     OR NEW.expires_at > OLD.expires_at THEN
    RAISE EXCEPTION 'token % only ends', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'token_only_ends';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER token_guarded BEFORE UPDATE ON token FOR EACH ROW EXECUTE FUNCTION guard_token();

CREATE TABLE audit (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  token_id text,
  ip text,
  action text NOT NULL,
  object text NOT NULL,
  result text NOT NULL,
  request_id text,
  detail jsonb NOT NULL,
  CONSTRAINT audit_result_known CHECK (result IN ('ok', 'refused')),
  CONSTRAINT audit_says_who_and_what CHECK (actor <> '' AND action <> '')
);
CREATE INDEX audit_by_actor ON audit (actor, seq DESC);
CREATE INDEX audit_by_object ON audit (object, seq DESC);
CREATE INDEX audit_by_action ON audit (action, seq DESC);
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE idempotency_key (
  caller text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  run_id uuid REFERENCES run (id) ON DELETE CASCADE,
  response jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  busy_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (caller, route, key),
  CONSTRAINT idempotency_key_length CHECK (octet_length(key) BETWEEN 1 AND 255),
  CONSTRAINT idempotency_key_hash_is_sha256 CHECK (request_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT idempotency_key_ends CHECK (expires_at > created_at AND busy_until <= expires_at)
);
CREATE INDEX idempotency_key_expired ON idempotency_key (expires_at);

-- A row for each store whose budget is shared; whoever wants a slot locks it first.
CREATE TABLE slot_store (
  store text PRIMARY KEY
);
CREATE TABLE connection_slot (
  store text NOT NULL REFERENCES slot_store (store),
  slot integer NOT NULL,
  holder text NOT NULL,
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (store, slot),
  CONSTRAINT connection_slot_once_per_holder UNIQUE (store, holder),
  CONSTRAINT connection_slot_positive CHECK (slot >= 1)
);
CREATE TABLE slot_waiter (
  store text NOT NULL REFERENCES slot_store (store),
  holder text NOT NULL,
  ticket bigint GENERATED ALWAYS AS IDENTITY,
  waits_until timestamptz NOT NULL,
  PRIMARY KEY (store, holder)
);

UPDATE state_version SET version = '20261123010200';
