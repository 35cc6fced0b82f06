import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { isBfmError } from '@bfm/core';
import { parseConfiguration, parseServerConfiguration, type ConfigurationSources } from '@bfm/service';
import { parseEnvFile } from '../../apps/cli/src/config/env-file.ts';
import { readBfmYaml } from '../../apps/cli/src/config/bfm-yaml.ts';
import { CONNECTION_SETTINGS } from '../../packages/service/src/config/connection-settings.ts';
import type { Definitions } from '../../packages/service/src/config/definition.ts';
import { PROGRAM_SETTINGS } from '../../packages/service/src/config/program-settings.ts';
import { SERVER_SETTINGS } from '../../packages/service/src/config/server-settings.ts';
import { STATE_SETTINGS } from '../../packages/service/src/config/state-settings.ts';
import { ROOT } from '../../scripts/check/root.ts';

const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'bfm.schema.json'), 'utf8')) as object;
const isValid = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(SCHEMA);

const PEM = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n';
const readFile: ConfigurationSources['readFile'] = () => ({ ok: true, value: PEM });

/** What BFM itself says to a bfm.yaml: the faults of its settings, nothing when it takes it. JSON is YAML, too. */
function faultsOf(value: object): readonly string[] {
  try {
    const document = readBfmYaml(Buffer.from(JSON.stringify(value)), 'bfm.yaml');
    parseConfiguration({ environment: {}, document, readFile });
    const { state } = value as { readonly state?: { readonly url?: unknown } };
    const environment = state?.url === undefined ? { BFM_STATE_URL: 'postgres://u@localhost/d' } : {};
    parseServerConfiguration({ environment, document, readFile });
    return [];
  } catch (error) {
    if (!isBfmError(error)) throw error;
    return (error.details.faults ?? []).map(({ message }) => message);
  }
}

/** A document with one connection. */
function core(more: object): object {
  return { connections: { core: { backend: 'postgresql', url: 'postgres://u@localhost/d', ...more } } };
}

describe('bfm.schema.json', () => {
  it.each([
    {},
    core({}),
    { ...core({ pool: { max_connections: 8, checkout_timeout: 'none' } }), sfm: './migrations' },
    core({ database: { password_file: '/run/secrets/p' } }),
    core({ tls: { mode: 'verify-ca', root_cert: 'ca.pem', cert: 'c.pem', key: 'k.pem' } }),
    core({ pooled: true, direct_url: 'postgres://u@localhost/d' }),
    { connections: { a: { backend: 'etcd', database: { host: 'h', port: 2379 } } } },
    { pool: { max_lifetime: '1h' }, run: { attempts: 3, lock_wait: 'none' } },
  ])('takes what BFM takes: %j', (value) => {
    isValid(value);
    expect(isValid.errors).toBeNull();
    expect(faultsOf(value)).toEqual([]);
  });

  it.each([
    { sfn: 'x' },
    { connections: [] },
    { connections: { Core: { backend: 'postgresql', url: 'postgres://u@localhost/d' } } },
    core({ pol: {} }),
    core({ url_file: '/x' }),
    core({ database: { password: 'a', password_file: '/x' } }),
    core({ database: { password: 123 } }),
    core({ database: { port: '5432' } }),
    core({ database: { port: 65_536 } }),
    core({ pooled: 'no' }),
    core({ tls: { mode: 'prefer' } }),
    core({ pool: { max_connections: 0 } }),
    core({ pool: { idle_timeout: 10 } }),
    core({ pool: { idle_timeout: 'none' } }),
    core({ schema: null }),
    core({ tls: { root_cert: '' } }),
    { sfm: '' },
    core({ tenants: 'SELECT' }),
    core({ backend: 'postgres' }),
    { run: { attempts: 'many' } },
  ])('refuses what BFM refuses: %j', (value) => {
    expect(isValid(value)).toBe(false);
    expect(faultsOf(value)).not.toEqual([]);
  });

  it('takes every document that BFM takes', () => {
    const connection = toArbitrary(CONNECTION_SETTINGS);
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);
    const document = fc

      .tuple(
        toArbitrary({ ...PROGRAM_SETTINGS, ...SERVER_SETTINGS, ...STATE_SETTINGS }),
        fc.dictionary(name, connection, { maxKeys: 3 }),
      )
      .map(([program, connections]) => ({ ...program, connections }));
    let taken = 0;
    fc.assert(
      fc.property(document, (value) => {
        if (faultsOf(value).length > 0) return;
        taken += 1;
        isValid(value);
        expect(isValid.errors).toBeNull();
      }),
      { numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

describe('.env.example', () => {
  const text = readFileSync(join(ROOT, '.env.example'), 'utf8');

  it('can be used as it is', () => {
    const environment = parseEnvFile(text, '.env.example');
    const { connections } = parseConfiguration({ environment, document: null, readFile });
    expect(connections.map(({ info }) => info.name)).toEqual(['core']);
  });

  it('names every variable, each with an example that can be read', () => {
    const lines = text.split('\n').filter((line) => /^#?[A-Z_]+=/.test(line));
    const examples = parseEnvFile(lines.map((line) => line.replace(/^#/, '')).join('\n'), '.env.example');
    const all = {
      CORE_: CONNECTION_SETTINGS,
      BFM_: { ...PROGRAM_SETTINGS, ...SERVER_SETTINGS, ...STATE_SETTINGS },
    };
    for (const [prefix, definitions] of Object.entries<Definitions>(all)) {
      for (const { variable, type } of Object.values(definitions)) {
        expect(type.read(examples[`${prefix}${variable}`] ?? '')).toMatchObject({ ok: true });
      }
    }
  });
});

/** Trees of settings, each there or not; most of what is there is right. */
function toArbitrary(definitions: Definitions): fc.Arbitrary<object> {
  const settings = Object.values(definitions)
    .filter(({ key }) => key !== null)
    .map(({ key, type, example }) => {
      const right = type.schema.type === 'string' ? example : (JSON.parse(example) as unknown);
      const any = fc.oneof(
        { weight: 30, arbitrary: fc.constant(right) },
        { weight: 1, arbitrary: fc.oneof(fc.string(), fc.integer(), fc.boolean()) },
      );
      const usual = key === 'backend' || key === 'url';
      const there = fc.integer({ min: 1, max: 10 }).map((dice) => usual || dice === 1);
      return fc.tuple(fc.constant(key ?? ''), there, any);
    });
  return fc.tuple(...settings).map((all) => {
    const tree: Record<string, unknown> = {};
    for (const [key, there, value] of all) {
      if (there) place(tree, key.split('.'), value);
    }
    return tree;
  });
}

function place(
  tree: Record<string, unknown>,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const below = (tree[first] ??= {}) as Record<string, unknown>;
  place(below, rest, value);
}
