-- bfm: schema=ddl_history

SET LOCAL work_mem = '9MB';

SHOW work_mem;

RESET work_mem;

SET CONSTRAINTS ALL IMMEDIATE;

SET TRANSACTION READ WRITE;

SET LOCAL ROLE ddl_cluster_owner;

RESET ROLE;

SET LOCAL SESSION AUTHORIZATION ddl_cluster_owner;

RESET SESSION AUTHORIZATION;

LOAD 'plpgsql';

LISTEN ddl_history_news;

NOTIFY ddl_history_news, 'all is well';

UNLISTEN ddl_history_news;

PREPARE how_many (integer) AS SELECT count(*) FROM orders WHERE order_id > $1;

EXECUTE how_many (5);

DEALLOCATE how_many;

DECLARE all_orders SCROLL CURSOR FOR SELECT order_id FROM orders;

FETCH FORWARD 5 FROM all_orders;

MOVE ABSOLUTE 0 IN all_orders;

CLOSE all_orders;

DISCARD PLANS;

DISCARD SEQUENCES;

DISCARD TEMP;
