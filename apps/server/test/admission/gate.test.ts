import { BfmError } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GATE_LIMITS, Gate, type GateLimits, type GateRequest } from '../../src/index.ts';

const request = (token: string, peer = '10.0.0.1'): GateRequest => ({
  token,
  access: 'read',
  method: 'GET /x',
  peer,
  requestId: null,
});

function useGate({
  limits = {},
  hold = Promise.resolve(),
}: { limits?: Partial<GateLimits>; hold?: Promise<void> } = {}) {
  const seen: string[] = [];
  const clock = { ms: 0 };
  const gate = new Gate<string>({
    authenticate: async ({ token }) => {
      seen.push(token);
      await hold;
      if (token.startsWith('good')) return token;
      throw new BfmError('auth.invalid', { message: `${token}: expired yesterday` });
    },
    authorise: () => Promise.resolve(),
    budgetKeyOf: (caller) => caller,
    limits: { ...DEFAULT_GATE_LIMITS, refusalMs: 0, ...limits },
    nowMs: () => clock.ms,
  });
  return { gate, seen, clock };
}

async function codesOf(asked: readonly Promise<string>[]): Promise<Readonly<Record<string, number>>> {
  const codes = (await Promise.allSettled(asked)).map((each) =>
    each.status === 'fulfilled' ? 'admitted' : (each.reason as BfmError).code,
  );
  const groups = Map.groupBy(codes, (code) => code);
  return Object.fromEntries([...groups].map(([code, those]) => [code, those.length]));
}

describe('refused tokens of one address', () => {
  it('are looked at no more often than its budget, however many come at once', async () => {
    const { gate, seen } = useGate();
    const asked = Array.from({ length: 500 }, (_, i) => gate.admit(request(`bad${i}`)));
    expect(await codesOf(asked)).toEqual({ 'auth.invalid': 50, 'request.too_many': 450 });
    expect(seen).toHaveLength(50);
    await expect(gate.admit(request('bad', '10.0.0.2'))).rejects.toMatchObject({ code: 'auth.invalid' });
  });

  it('keep nobody waiting for ever: good ones that come beside them are all let in until the budget is gone', async () => {
    const { gate } = useGate({ limits: { failureBudget: { perSecond: 1, burst: 3 } } });
    const tokens = ['bad', 'good1', 'good2', 'bad', 'good3', 'good4', 'bad', 'good5'];
    const codes = await codesOf(tokens.map((token) => gate.admit(request(token))));
    expect(codes['auth.invalid']).toBe(3);
    expect((codes['admitted'] ?? 0) + (codes['request.too_many'] ?? 0)).toBe(5);
  });

  it('cost good ones nothing: hundreds at once are let in, each waiting for the ones before it', async () => {
    const { gate } = useGate();
    const asked = Array.from({ length: 300 }, () => gate.admit(request('good')));
    expect(await codesOf(asked)).toEqual({ admitted: 300 });
  });

  it('are forgiven with time', async () => {
    const { gate, clock } = useGate({ limits: { failureBudget: { perSecond: 1, burst: 1 } } });
    await expect(gate.admit(request('bad'))).rejects.toMatchObject({ code: 'auth.invalid' });
    await expect(gate.admit(request('good'))).rejects.toMatchObject({
      code: 'request.too_many',
      details: { retrySeconds: 1 },
    });
    clock.ms = 1_000;
    expect(await gate.admit(request('good'))).toBe('good');
  });
});

it('what is no refusal of a token costs no refusal', async () => {
  const gate = new Gate<string>({
    authenticate: () => Promise.reject(new BfmError('state.unavailable', { message: 'away' })),
    authorise: () => Promise.resolve(),
    budgetKeyOf: (caller) => caller,
    limits: { ...DEFAULT_GATE_LIMITS, failureBudget: { perSecond: 0, burst: 1 } },
    nowMs: () => 0,
  });
  for (let i = 0; i < 3; i += 1) {
    await expect(gate.admit(request('good'))).rejects.toMatchObject({ code: 'state.unavailable' });
  }
});

it('what somebody may not do costs them a request: their refusals fill no audit', async () => {
  const forbidden: string[] = [];
  const gate = new Gate<string>({
    authenticate: ({ token }) => Promise.resolve(token),
    authorise: (caller) => {
      forbidden.push(caller);
      return Promise.reject(new BfmError('auth.forbidden', { message: 'viewers only look' }));
    },
    budgetKeyOf: (caller) => caller,
    limits: { ...DEFAULT_GATE_LIMITS, tokenBudget: { perSecond: 1, burst: 2 } },
    nowMs: () => 0,
  });
  const asked = Array.from({ length: 5 }, () => gate.admit(request('viewer')));
  expect(await codesOf(asked)).toEqual({ 'auth.forbidden': 2, 'request.too_many': 3 });
  expect(forbidden).toHaveLength(2);
});
