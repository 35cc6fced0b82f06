-- Whoever gave a place to others waits behind them.
ALTER TABLE run ADD COLUMN queued_at timestamptz NOT NULL DEFAULT clock_timestamp();
UPDATE run SET queued_at = created_at;
CREATE INDEX run_waiting ON run (queued_at, id) WHERE status = 'queued';
UPDATE state_version SET version = '20261123040000';
