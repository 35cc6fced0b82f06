import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isBfmError } from '@bfm/core';
import { REQUEST } from '../../test/sample.ts';
import { readPlanFile, refuseSelectors } from './plan-file.ts';

const DIGEST = '0123456789abcdef'.repeat(4);

function planFile(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'bfm-plan-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'plan.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function refusal(file: string): string {
  try {
    readPlanFile(file, 'up');
  } catch (error) {
    if (isBfmError(error) && error.code === 'plan.invalid') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

it('reads what bfm plan writes, with everything else that is in it', () => {
  const file = planFile({ digest: DIGEST, direction: 'up', steps: [{}], request: REQUEST });
  expect(readPlanFile(file, 'up')).toEqual({ digest: DIGEST, request: REQUEST });
});

const { to: _, ...WITHOUT_TO } = REQUEST;

it.each([
  ['not json', /no JSON$|no JSON;/],
  ['[]', /no JSON object/],
  [{ request: REQUEST }, /digest/],
  [{ digest: 'abc', request: REQUEST }, /digest/],
  [{ digest: DIGEST }, /request/],
  [{ digest: DIGEST, request: WITHOUT_TO }, /request\.to is missing/],
  [{ digest: DIGEST, request: { ...REQUEST, to: '2025' } }, /request\.to is not valid/],
  [{ digest: DIGEST, request: { ...REQUEST, schemas: ['pg_catalog'] } }, /request\.schemas/],
  [{ digest: DIGEST, request: { ...REQUEST, backends: ['mysql'] } }, /request\.backends/],
  [{ digest: DIGEST, request: { ...REQUEST, steps: 0 } }, /request\.steps/],
  [{ digest: DIGEST, request: { ...REQUEST, tags: { a: 1 } } }, /request\.tags/],
  [{ digest: DIGEST, request: { ...REQUEST, force: true } }, /force.* is not known/],
  [{ digest: DIGEST, request: { ...REQUEST, direction: 'down' } }, /plan to go down/],
])('refuses %j', (content, reason) => {
  expect(refusal(planFile(content))).toMatch(reason);
});

it('says that a file is not there', () => {
  expect(refusal('/nowhere/plan.json')).toContain('it does not exist');
});

it('names every selector that stands beside a plan', () => {
  expect(() => {
    refuseSelectors({ color: true, schema: ['a'], to: '20250101000000', outOfOrder: 'allow' });
  }).toThrow('--schema, --to, --out-of-order');
  expect(() => {
    refuseSelectors({ color: true, sfm: 'x', json: true });
  }).not.toThrow();
});
