UPDATE state_version SET version = '20261123020000';
UPDATE run SET status = 'queued', pause_requested_at = NULL WHERE status = 'paused';

CREATE OR REPLACE FUNCTION guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
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

ALTER TABLE run
  DROP COLUMN pause_requested_at,
  DROP CONSTRAINT run_status_known,
  ADD CONSTRAINT run_status_known CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'needs_attention')),
  DROP CONSTRAINT run_ended_has_end,
  ADD CONSTRAINT run_ended_has_end CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL));
