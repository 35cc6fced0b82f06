-- What was asked for, who works on it, and what became of each step. Names are unqualified: the schema is chosen by whoever applies this.

-- The newest migration of this folder that is in force; a build that knows only older ones refuses to work (state.newer).
CREATE TABLE state_version (
  one_row boolean PRIMARY KEY DEFAULT true,
  version text NOT NULL,
  CONSTRAINT state_version_one_row CHECK (one_row),
  CONSTRAINT state_version_digits CHECK (version ~ '^[0-9]{14}$')
);
INSERT INTO state_version (version) VALUES ('20261123010000');

CREATE TABLE run (
  id uuid PRIMARY KEY,
  status text NOT NULL DEFAULT 'queued',
  direction text NOT NULL,
  request jsonb NOT NULL,
  options jsonb NOT NULL,
  plan jsonb NOT NULL,
  plan_digest text NOT NULL,
  actor text NOT NULL,
  method text NOT NULL,
  context jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested_at timestamptz,
  fence bigint NOT NULL DEFAULT 0,
  held_fence bigint GENERATED ALWAYS AS (nullif(fence, 0)) STORED,
  worker text,
  lease_until timestamptz,
  error jsonb,
  summary jsonb,
  event_seq bigint NOT NULL DEFAULT 0,
  CONSTRAINT run_status_known CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'needs_attention')),
  CONSTRAINT run_direction_known CHECK (direction IN ('up', 'down')),
  CONSTRAINT run_method_known CHECK (method IN ('http', 'grpc', 'cli', 'auto')),
  CONSTRAINT run_digest_is_sha256 CHECK (plan_digest ~ '^[0-9a-f]{64}$'),
  CONSTRAINT run_actor_named CHECK (actor <> ''),
  CONSTRAINT run_fence_grows_from_zero CHECK (fence >= 0),
  CONSTRAINT run_held_while_running CHECK (
    (status = 'running') = (worker IS NOT NULL) AND (status = 'running') = (lease_until IS NOT NULL)
  ),
  CONSTRAINT run_running_was_taken CHECK (status <> 'running' OR (fence > 0 AND started_at IS NOT NULL)),
  CONSTRAINT run_ended_has_end CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL)),
  CONSTRAINT run_ended_has_summary CHECK (status NOT IN ('succeeded', 'failed', 'needs_attention') OR summary IS NOT NULL),
  CONSTRAINT run_failed_knows_why CHECK (status <> 'needs_attention' OR error IS NOT NULL),
  CONSTRAINT run_times_in_order CHECK (started_at >= created_at AND finished_at >= created_at AND finished_at >= started_at),
  CONSTRAINT run_events_bounded CHECK (event_seq BETWEEN 0 AND 1000000)
);

-- One row for each taking. A taking follows the one before it, so that fences of a run are 1, 2, 3 ... without gaps.
CREATE TABLE attempt (
  run_id uuid NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  fence bigint NOT NULL,
  fence_before bigint GENERATED ALWAYS AS (nullif(fence - 1, 0)) STORED,
  worker text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  ended_as text,
  PRIMARY KEY (run_id, fence),
  CONSTRAINT attempt_fence_positive CHECK (fence > 0),
  CONSTRAINT attempt_follows_another FOREIGN KEY (run_id, fence_before) REFERENCES attempt (run_id, fence) ON DELETE CASCADE,
  CONSTRAINT attempt_end_known CHECK (ended_as IN ('succeeded', 'failed', 'cancelled', 'lost', 'stopped')),
  CONSTRAINT attempt_ended_wholly CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  CONSTRAINT attempt_times_in_order CHECK (ended_at >= started_at)
);
CREATE UNIQUE INDEX attempt_one_open ON attempt (run_id) WHERE ended_at IS NULL;
-- Whoever holds a run has an attempt of that fence.
ALTER TABLE run ADD CONSTRAINT run_fence_has_attempt
  FOREIGN KEY (id, held_fence) REFERENCES attempt (run_id, fence) DEFERRABLE INITIALLY DEFERRED;

-- A run that has ended stays as it is, and fences never fall.
CREATE FUNCTION guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status NOT IN ('queued', 'running') AND (NEW.status, NEW.fence, NEW.summary) IS DISTINCT FROM (OLD.status, OLD.fence, OLD.summary) THEN
    RAISE EXCEPTION 'run % has ended', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'run_ended_stays';
  END IF;
  IF NEW.fence < OLD.fence OR (NEW.worker IS NOT NULL AND OLD.worker IS NOT NULL AND NEW.worker <> OLD.worker AND NEW.fence = OLD.fence) THEN
    RAISE EXCEPTION 'run % changes hands under its old fence', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'run_fence_never_falls';
  END IF;
  IF (NEW.id, NEW.plan_digest, NEW.created_at, NEW.actor) IS DISTINCT FROM (OLD.id, OLD.plan_digest, OLD.created_at, OLD.actor)
     OR NEW.request IS DISTINCT FROM OLD.request THEN
    RAISE EXCEPTION 'what run % was asked for never changes', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'run_request_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_guarded BEFORE UPDATE ON run FOR EACH ROW EXECUTE FUNCTION guard_run();

CREATE INDEX run_in_order ON run (created_at DESC, id DESC);
CREATE INDEX run_by_status ON run (status, created_at DESC, id DESC);
CREATE INDEX run_by_actor ON run (actor, created_at DESC, id DESC);
CREATE INDEX run_overdue ON run (lease_until) WHERE status = 'running';

CREATE TABLE step (
  run_id uuid NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  position integer NOT NULL,
  migration_id text NOT NULL,
  connection text NOT NULL,
  schema text NOT NULL,
  backend text NOT NULL,
  direction text NOT NULL,
  outcome text NOT NULL,
  attempts integer NOT NULL,
  duration_ms double precision NOT NULL,
  error jsonb,
  fence bigint NOT NULL,
  started_at timestamptz,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_id, position),
  CONSTRAINT step_once_per_target UNIQUE (run_id, connection, schema, migration_id, direction),
  CONSTRAINT step_of_an_attempt FOREIGN KEY (run_id, fence) REFERENCES attempt (run_id, fence),
  CONSTRAINT step_position_positive CHECK (position >= 1),
  CONSTRAINT step_backend_known CHECK (backend IN ('postgresql', 'greptimedb', 'etcd')),
  CONSTRAINT step_direction_known CHECK (direction IN ('up', 'down')),
  CONSTRAINT step_outcome_known CHECK (outcome IN ('applied', 'rolled_back', 'skipped', 'failed', 'not_started', 'needs_attention')),
  CONSTRAINT step_outcome_fits CHECK (NOT (outcome = 'applied' AND direction = 'down') AND NOT (outcome = 'rolled_back' AND direction = 'up')),
  CONSTRAINT step_failure_knows_why CHECK (outcome NOT IN ('failed', 'needs_attention') OR error IS NOT NULL),
  CONSTRAINT step_counts_positive CHECK (attempts >= 0 AND duration_ms >= 0)
);
CREATE INDEX step_in_order ON step (recorded_at DESC, run_id DESC, position DESC);
CREATE INDEX step_by_migration ON step (migration_id, recorded_at DESC, run_id DESC, position DESC);
CREATE INDEX step_by_target ON step (connection, schema, recorded_at DESC, run_id DESC, position DESC);

-- An event follows the one before it: sequences begin at 1 and have no gaps.
CREATE TABLE run_event (
  run_id uuid NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  seq bigint NOT NULL,
  seq_before bigint GENERATED ALWAYS AS (nullif(seq - 1, 0)) STORED,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  type text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (run_id, seq),
  CONSTRAINT run_event_seq_positive CHECK (seq BETWEEN 1 AND 1000000),
  CONSTRAINT run_event_follows_another FOREIGN KEY (run_id, seq_before) REFERENCES run_event (run_id, seq) ON DELETE CASCADE,
  CONSTRAINT run_event_small CHECK (octet_length(body::text) <= 65536)
);
