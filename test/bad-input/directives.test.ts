import { alike, describeRefusals, type Refused } from './support/describe-refusals.ts';

const SQL = 'SELECT 1;\n';
const KEYS = 'the directives are schema, depends-on,';

function unknown(key: string, near: string | null): Refused {
  return {
    name: key,
    text: `-- about it\n-- bfm: ${key}=none\n${SQL}`,
    code: 'migration.directive_unknown',
    at: '2:9',
    says:
      near === null ? `there is no directive ${key}:` : `there is no directive ${key}; did you mean ${near}?`,
    mend: KEYS,
    excerpt: `${key}=none`,
  };
}

describeRefusals('I17: directives nobody knows, with the nearest that is', [
  unknown('transacton', 'transaction'),
  unknown('transactions', 'transaction'),
  unknown('Transaction', 'transaction'),
  unknown('depend-on', 'depends-on'),
  unknown('depends_on', 'depends-on'),
  unknown('locktimeout', 'lock-timeout'),
  unknown('statement-timout', 'statement-timeout'),
  unknown('tag', 'tags'),
  unknown('shcema', 'schema'),
  unknown('requires-tabel', 'requires-table'),
  unknown('verfy', 'verify'),
  unknown('something-else-entirely', null),
  unknown('__proto__', null),
  unknown('constructor', null),
]);

const INVALID = 'migration.directive_invalid';

function value(directive: string, rest: Pick<Refused, 'says' | 'mend'>): Refused {
  const at = `1:${9 + directive.indexOf('=') + 1}`;
  const excerpt = directive.slice(directive.indexOf('=') + 1);
  return { name: directive, text: `-- bfm: ${directive}\n${SQL}`, code: INVALID, at, excerpt, ...rest };
}

describeRefusals('I17: values that cannot be', [
  value('transaction=nune', {
    says: 'there is no such mode; did you mean none?',
    mend: 'write transaction=none',
  }),
  value('transaction=NONE', {
    says: 'there is no such mode; did you mean none?',
    mend: 'write transaction=none',
  }),
  value('lock-timeout=2', { says: 'lock-timeout cannot be "2"', mend: '2s' }),
  value('lock-timeout=-1s', { says: 'lock-timeout cannot be "-1s"', mend: '2s' }),
  value('lock-timeout=1e9s', { says: 'lock-timeout cannot be "1e9s"', mend: '2s' }),
  value('statement-timeout=99999999h', { says: 'it is longer than a week', mend: 'from 1ms to 168h' }),
  value('schema=pg_catalog', { says: 'reserves schema names that start with pg_', mend: 'write the name' }),
  value('schema=bfm', { says: "holds BFM's own ledger", mend: 'write the name' }),
  value(`schema=${'x'.repeat(64)}`, { says: 'it has 64 bytes; PostgreSQL keeps 63', mend: 'write the name' }),
  value('batch=0', { says: 'it is no number of rows', mend: 'from 1 to' }),
  value('batch=many', { says: 'it is no number of rows', mend: 'from 1 to' }),
  value('requires-table=a.b.c', { says: 'it is no table name', mend: 'schema.table' }),
  value('requires-schema=a.b', { says: 'it is no schema name', mend: 'double-quote' }),
  value('tags=critical', { says: 'a tag is key=value', mend: 'tags=tier=critical' }),
  value('depends-on=a/b/c', { says: 'it names no migration', mend: 'core/create_users' }),
  value('depends-on=Core/x', {
    says: 'a connection name starts with a lower-case letter',
    mend: 'core/create_users',
  }),
  value('verify=DELETE FROM kept', { says: 'it is not a SELECT', mend: 'write one SELECT' }),
  value('verify=SELECT true; SELECT true', { says: 'it is not one statement', mend: 'write one SELECT' }),
  value('verify=SELECT count(*) = 0 FROM bfm.ledger', {
    says: "it reads BFM's own schema",
    mend: 'write one SELECT',
  }),
]);

describeRefusals('I17: directives in the wrong form or place', [
  ...alike({ code: 'migration.directive_repeated', says: 'is given twice', mend: 'keep one of them' }, [
    ['twice', '-- bfm: schema=kept\n-- bfm: schema=kept\nSELECT 1', '2:9', 'schema=kept'],
    ['twice in a line', '-- bfm: lock-timeout=1s, lock-timeout=2s\nSELECT 1', '1:26', 'lock-timeout=2s'],
    ['a tag twice', '-- bfm: tags=a=1, a=2\nSELECT 1', '1:19', 'a=2'],
  ]),
  ...alike({ code: INVALID, says: 'has no value', mend: 'take it away' }, [
    ['no value', '-- bfm: schema=\nSELECT 1', '1:9', 'schema='],
  ]),
  ...alike({ code: INVALID, says: 'is written key=value', mend: KEYS }, [
    ['no equals sign', '-- bfm: transaction none\nSELECT 1', '1:9', 'transaction none'],
    ['a colon for it', '-- bfm: transaction: none\nSELECT 1', '1:9', 'transaction: none'],
  ]),
  ...alike({ code: INVALID, says: 'a directive is missing here', mend: KEYS }, [
    ['nothing', '-- bfm:\nSELECT 1', '1:8', '-- bfm:'],
    ['a comma too many', '-- bfm: schema=kept,\nSELECT 1', '1:21', '-- bfm: schema=kept,'],
  ]),
  ...alike(
    { code: INVALID, says: 'a directive needs a colon after bfm', mend: 'write `-- bfm: key=value`' },
    [['no colon', '-- bfm transaction=none\nSELECT 1', '1:1', '-- bfm transaction=none']],
  ),
  ...alike({ code: INVALID, says: 'stands below the head of the file', mend: 'above the first statement' }, [
    ['below a statement', 'SELECT 1;\n  -- bfm: transaction=none\nVACUUM', '2:3', '-- bfm: transaction=none'],
    ['in a statement', 'SELECT 1 -- bfm: transaction=none\n;', '1:10', '-- bfm: transaction=none'],
  ]),
]);
