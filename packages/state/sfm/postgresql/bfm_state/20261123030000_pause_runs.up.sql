-- A run may be kept waiting until somebody resumes it: `paused`. One that is running was asked to pause, until its worker gives it back.
ALTER TABLE run
  ADD COLUMN pause_requested_at timestamptz,
  DROP CONSTRAINT run_status_known,
  ADD CONSTRAINT run_status_known CHECK (status IN ('queued', 'paused', 'running', 'succeeded', 'failed', 'cancelled', 'needs_attention')),
  DROP CONSTRAINT run_ended_has_end,
  ADD CONSTRAINT run_ended_has_end CHECK ((status IN ('queued', 'paused', 'running')) = (finished_at IS NULL)),
  ADD CONSTRAINT run_paused_was_asked CHECK (status <> 'paused' OR pause_requested_at IS NOT NULL),
  ADD CONSTRAINT run_pause_concerns_open CHECK (pause_requested_at IS NULL OR status IN ('paused', 'running')),
  ADD CONSTRAINT run_paused_is_not_cancelled CHECK (status <> 'paused' OR cancel_requested_at IS NULL);

CREATE OR REPLACE FUNCTION guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status NOT IN ('queued', 'paused', 'running') AND (NEW.status, NEW.fence, NEW.summary) IS DISTINCT FROM (OLD.status, OLD.fence, OLD.summary) THEN
    RAISE EXCEPTION 'run % has ended', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'run_ended_stays';
  END IF;
  IF OLD.status = 'paused' AND NEW.fence <> OLD.fence THEN
    RAISE EXCEPTION 'run % is paused', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'run_paused_is_not_taken';
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

UPDATE state_version SET version = '20261123030000';
