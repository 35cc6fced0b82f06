import { describeFailures } from './support/describe-failures.ts';
import { describeRefusals, type Refused } from './support/describe-refusals.ts';

function control(command: string, called: string): Refused {
  return {
    name: command,
    text: `INSERT INTO kept VALUES (2, 'x');\n  ${command};\nSELECT 1;\n`,
    code: 'migration.transaction_control',
    at: '2:3',
    says: `${called} cannot stand in a migration`,
    mend: 'take it out',
    excerpt: `${command};`,
  };
}

describeRefusals('I11: transaction control', [
  control('BEGIN', 'BEGIN'),
  control('BEGIN ISOLATION LEVEL SERIALIZABLE', 'BEGIN'),
  control('START TRANSACTION READ ONLY', 'START TRANSACTION'),
  control('COMMIT', 'COMMIT'),
  control('COMMIT AND CHAIN', 'COMMIT'),
  control('END', 'COMMIT'),
  control('ROLLBACK', 'ROLLBACK'),
  control('ROLLBACK AND CHAIN', 'ROLLBACK'),
  control('ABORT', 'ROLLBACK'),
  control('SAVEPOINT a', 'SAVEPOINT'),
  control('RELEASE SAVEPOINT a', 'RELEASE SAVEPOINT'),
  control('ROLLBACK TO SAVEPOINT a', 'ROLLBACK TO SAVEPOINT'),
  control("PREPARE TRANSACTION 'x'", 'PREPARE TRANSACTION'),
  control("COMMIT PREPARED 'x'", 'COMMIT PREPARED'),
  control("ROLLBACK PREPARED 'x'", 'ROLLBACK PREPARED'),
]);

const COMMITS = { sqlstate: '2D000', code: 'step.failed', says: 'invalid transaction termination' } as const;

describeFailures('I11: transaction control that only the server can see', [
  {
    name: 'DO that commits',
    text: 'CREATE TABLE t (a int);\nDO $$ BEGIN COMMIT; END $$;',
    at: '2:1',
    ...COMMITS,
  },
  { name: 'DO that rolls back', text: 'DO $$ BEGIN ROLLBACK; END $$', at: '1:1', ...COMMITS },
  {
    name: 'CALL of a procedure that commits',
    text: 'CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\n\nCALL p();\n',
    at: '3:1',
    ...COMMITS,
  },
  {
    name: 'a COMMIT hidden in a second statement of one EXECUTE',
    text: "DO $$ BEGIN EXECUTE 'CREATE TABLE t (a int); COMMIT'; END $$",
    at: '1:1',
    code: 'step.failed',
    sqlstate: '0A000',
    says: 'EXECUTE of transaction commands is not implemented',
  },
]);
