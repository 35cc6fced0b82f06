import { execFile, type ExecFileOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeClientPackage } from '../../scripts/build/client-package.ts';

const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const project = mkdtempSync(join(tmpdir(), 'bfm-client-user-'));

const run = async (file: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)(file, args, { cwd: project, encoding: 'utf8', ...options });
  return String(stdout);
};

/** An npm that has no network to ask. */
const npm = (args: readonly string[], cwd: string): Promise<string> =>
  run('npm', [...args, '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd });

let packed: readonly string[] = [];

beforeAll(async () => {
  const { folder } = makeClientPackage(ROOT);
  const [made] = JSON.parse(await npm(['pack', '--json', '--pack-destination', project], folder)) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  packed = made.files.map(({ path }) => path);
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  await npm(['install', join(project, made.filename)], project);
});
afterAll(() => {
  rmSync(project, { recursive: true });
});

it('holds code, types, a README and the licence, and nothing else', () => {
  const names = packed.filter((name) => !/^[a-z-]+(?:\.d\.ts|\.js)$/.test(name));
  expect(names.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  expect(packed).toContain('index.js');
  expect(packed).toContain('index.d.ts');
  const manifest = readFileSync(join(project, 'node_modules/@bfm/client/package.json'), 'utf8');
  expect(JSON.parse(manifest)).not.toHaveProperty('private');
  expect(JSON.parse(manifest)).not.toHaveProperty('dependencies');
});

it('works in an empty project with plain Node, as an ES module and by require', async () => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const isPlan = request.url === '/api/v1/plans';
    const error = '{"error":{"code":"run.not_found","message":"no","details":{},"next":"look"}}';
    response.writeHead(isPlan ? 200 : 404);
    response.end(isPlan ? '{"digest":"d1","direction":"up","steps":[]}' : error);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    join(project, 'use.js'),
    `import { BfmClient, NotFoundError } from '@bfm/client';
     const bfm = new BfmClient({ url: '${url}', token: 'a-token' });
     const { digest } = await bfm.plan({ connections: ['core'] });
     const error = await bfm.run('7').catch((caught) => caught);
     console.log(digest, error instanceof NotFoundError, error.code, error.next);`,
  );
  expect(await run(process.execPath, ['use.js'])).toBe('d1 true run.not_found look\n');
  const byRequire = "console.log(typeof require('@bfm/client').BfmClient)";
  expect(await run(process.execPath, ['--input-type=commonjs', '-e', byRequire])).toBe('function\n');
});

it.each(['NodeNext', 'Preserve'])(
  'has types that hold under a strict compiler, with module %s',
  async (module) => {
    writeFileSync(
      join(project, 'typed.ts'),
      `import { BfmClient, type Plan, type RunEvent, ConflictError, type ClientOptions } from '@bfm/client';
     const options: ClientOptions = { url: 'https://bfm.example.com', token: () => 'a-token' };
     export async function migrate(): Promise<Plan> {
       const bfm = new BfmClient(options);
       const plan = await bfm.plan({ direction: 'up', schemas: ['acme'] });
       const run = await bfm.start({ digest: plan.digest, schemas: ['acme'] }, { idempotencyKey: 'k' });
       for await (const event of bfm.follow(run.id)) tell(event);
       return plan;
     }
     function tell(event: RunEvent): string { return event.type; }
     // @ts-expect-error there is no such direction
     export const wrong = new BfmClient(options).plan({ direction: 'sideways' });
     export const isConflict = (error: unknown): error is ConflictError => error instanceof ConflictError;`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'ES2024',
      '--lib',
      'ES2024,DOM',
    ];
    const check = run(process.execPath, [TSC, ...options, '--module', module, 'typed.ts']);
    expect(await check.catch((error: unknown) => String((error as { stdout: unknown }).stdout))).toBe('');
  },
);
