import { BfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { parseServerConfiguration } from './parse-server-configuration.ts';
import { SERVER_SETTINGS } from './server-settings.ts';

const STATE = { BFM_STATE_URL: 'postgres://bfm@localhost/bfm_state?sslmode=disable' };
const CANARY = 'c4n4ry';
const WRONG = [
  CANARY,
  `${CANARY}\0`,
  `-1${CANARY}`,
  '-1',
  '65536',
  '80a',
  '1e9',
  '9'.repeat(40),
  '0x50',
  'no such word',
  ' ',
  ',',
  '=',
  '😀',
  '__proto__',
  'x'.repeat(100_000),
];

/** What is said against one variable; nothing when it is taken. */
function faultsOf(variable: string, value: string): readonly string[] {
  try {
    parseServerConfiguration({
      environment: { ...STATE, [variable]: value },
      document: null,
      readFile: () => ({ ok: false, reason: 'the file does not exist' }),
    });
    return [];
  } catch (error) {
    if (!(error instanceof BfmError)) throw error;
    const faults = error.details.faults ?? [];
    return [error.message, ...faults.map(({ message }) => message), error.next ?? ''];
  }
}

describe.each(Object.values(SERVER_SETTINGS).map(({ variable, type }) => [`BFM_${variable}`, type] as const))(
  '%s',
  (variable, type) => {
    it('takes what it says, or names itself and never repeats what was written', () => {
      for (const value of WRONG) {
        const said = faultsOf(variable, value);
        if (said.length === 0) continue;
        expect(said.join('\n'), value.slice(0, 20)).toContain(
          variable.replace(/_(?:CERT|KEY|CLIENT_CA)$/, ''),
        );
        expect(said.join('\n')).not.toContain(CANARY);
        expect(said.join('\n').length).toBeLessThan(2_000);
      }
      expect(type.description).not.toBe('');
    });
  },
);

it.each([
  ['BFM_HTTP_PORT', ['0', '65535'], ['-1', '65536', '80a', '1.5', '']],
  ['BFM_WORKER_RUNS', ['1', '256'], ['0', '257', 'many']],
  ['BFM_RUN_LEASE', ['1s', '5min'], ['0s', '-1s', '2h', 'soon']],
  ['BFM_METRICS_PUBLIC', ['true', 'off', 'NO'], ['maybe', '2']],
  ['BFM_OTLP_ENDPOINT', ['http://h:1', 'https://h/base'], ['ftp://h', 'h:1', 'http://a:b@h', 'http://']],
])('%s takes %j and refuses %j', (variable, good, bad) => {
  for (const value of good) expect(faultsOf(variable, value), value).toEqual([]);
  for (const value of bad.filter((text) => text !== '')) {
    expect(faultsOf(variable, value), value).not.toEqual([]);
  }
});
