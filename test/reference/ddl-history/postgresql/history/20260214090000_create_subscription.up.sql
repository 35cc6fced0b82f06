-- bfm: schema=ddl_history

-- Connects to nobody and takes no slot, which is why it may stand in a transaction.
CREATE SUBSCRIPTION ddl_history_feed
  CONNECTION 'host=nobody.invalid user=nobody password=none dbname=none'
  PUBLICATION first_half
  WITH (connect = false, slot_name = NONE, binary = true);

ALTER SUBSCRIPTION ddl_history_feed CONNECTION 'host=somebody.invalid user=nobody password=none dbname=none';

ALTER SUBSCRIPTION ddl_history_feed SET (synchronous_commit = 'local', streaming = on);

ALTER SUBSCRIPTION ddl_history_feed ADD PUBLICATION second_half WITH (refresh = false);

ALTER SUBSCRIPTION ddl_history_feed DROP PUBLICATION first_half WITH (refresh = false);

ALTER SUBSCRIPTION ddl_history_feed SET PUBLICATION second_half, third_half WITH (refresh = false);

ALTER SUBSCRIPTION ddl_history_feed SKIP (lsn = NONE);

ALTER SUBSCRIPTION ddl_history_feed DISABLE;

ALTER SUBSCRIPTION ddl_history_feed RENAME TO ddl_history_intake;

ALTER SUBSCRIPTION ddl_history_intake OWNER TO CURRENT_USER;

COMMENT ON SUBSCRIPTION ddl_history_intake IS 'Waits for a publisher.';
