/**
 * Takes the locks and fences out of a database's ledger, for comparison: its functions are made anew without them, and
 * everything else stays. There is no such setting in BFM, and none is needed: the fence is in the server.
 */
export const UNFENCED = `
DO $do$
DECLARE
  v_function regprocedure;
  v_before text;
  v_after text;
BEGIN
  FOR v_function IN
    SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace = 'bfm'::regnamespace AND p.proname IN ('record', 'record_all', 'take')
  LOOP
    v_before := pg_get_functiondef(v_function);
    -- Where the ledger row is written the fence is the comparison with what it has seen.
    v_after := regexp_replace(v_before, 'IF current_setting.*?END IF;', '');
    v_after := replace(v_after, 'NOT pg_catalog.pg_try_advisory_lock(v_key)', 'false');
    IF v_after = v_before THEN
      RAISE EXCEPTION 'there is no lock or fence in %: mend the benchmark', v_function;
    END IF;
    EXECUTE v_after;
  END LOOP;
END
$do$`;
