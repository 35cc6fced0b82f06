import { formatToken, parseToken } from '@bfm/core';
import { PROCESS_CLOCK, TOKEN_CRYPTO } from '@bfm/runtime';
import {
  createToken,
  firstToken,
  listTokens,
  revokeToken,
  rotateToken,
  TokenCheck,
  type Caller,
  type TokenContext,
} from '@bfm/service';
import type { Clock, StateStore } from '@bfm/engine';
import { POSTGRES_MAJORS, TestClock, until, useTestDatabase } from '@bfm/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeStateSchema, openTestState } from '../support/state-schema.ts';

const ADMIN: Caller = {
  name: 'ann',
  tokenId: null,
  ip: null,
  requestId: null,
  role: 'admin',
  method: 'cli',
  context: {},
};
const VIEWER: Caller = { ...ADMIN, name: 'vic', role: 'viewer' };
const DAY_MS = 86_400_000;

describe.each(POSTGRES_MAJORS)('tokens on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  it('S3, S4 is shown once, ends, and is kept as a hash only', async () => {
    const context = await open();
    const { token, text } = await createToken(
      { name: 'ci', role: 'viewer', lifetimeMs: null },
      ADMIN,
      context,
    );
    expect(Date.parse(token.expiresAt) - Date.parse(token.createdAt)).toBe(90 * DAY_MS);
    expect(text).toContain(`_${token.id}_`);
    expect(text.slice(0, -7).slice(-4)).toBe(token.lastFour);
    const [listed] = await listTokens(ADMIN, context);
    expect(listed).toEqual(token);
    const secret = text.split('_')[3] ?? '';
    const kept = await db.query(`SELECT schema_to_xml('bfm_state', true, false, '')::text AS text`);
    expect(String(kept[0]?.['text'])).toContain(token.id);
    expect(String(kept[0]?.['text'])).not.toContain(secret);
  });

  it.each([
    { name: '', lifetimeMs: null },
    { name: 'x'.repeat(101), lifetimeMs: null },
    { name: 'a\u{1b}[2J', lifetimeMs: null },
    { name: ' ci', lifetimeMs: null },
    { name: 'ci', lifetimeMs: 0 },
    { name: 'ci', lifetimeMs: 367 * DAY_MS },
    { name: 'ci', lifetimeMs: Number.NaN },
  ])('makes none of $name for $lifetimeMs ms', async (order) => {
    const context = await open();
    await expect(createToken({ role: 'admin', ...order }, ADMIN, context)).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect(await listTokens(ADMIN, context)).toEqual([]);
  });

  it('tells whom a token is, and of all that are not good nothing', async () => {
    const context = await open();
    const check = checkOf(context, { configured: 'any text, even bfm_like' });
    const { token, text } = await createToken(
      { name: 'ci', role: 'viewer', lifetimeMs: null },
      ADMIN,
      context,
    );
    const stranger = await createToken({ name: 'gone', role: 'admin', lifetimeMs: 1_000 }, ADMIN, context);
    expect(await check.authenticate(text)).toEqual({ name: 'ci', tokenId: token.id, role: 'viewer' });
    expect(await check.authenticate('any text, even bfm_like')).toEqual({
      name: 'admin',
      tokenId: 'configured',
      role: 'admin',
    });
    await until(
      async () => (await listTokens(ADMIN, context)).some(({ lastUsedAt }) => lastUsedAt !== null),
      {
        what: 'the use to be noted',
      },
    );
    // Another's secret under this id, with a checksum that is right: as unknown as what never was.
    const swapped = swapSecrets(text, stranger.text);
    expect([await check.authenticate(swapped), await check.authenticate('')]).toEqual([null, null]);
    await until(async () => (await checkOf(context).authenticate(stranger.text)) === null, {
      what: 'the other one to expire',
    });
  });

  it('S5 a successor is good at once, and the old one until its time is over', async () => {
    const context = await open();
    const old = await createToken({ name: 'ci', role: 'admin', lifetimeMs: null }, ADMIN, context);
    const next = await rotateToken({ named: 'ci', graceMs: null, lifetimeMs: null }, ADMIN, context);
    expect(next.token).toMatchObject({ name: 'ci', role: 'admin' });
    const check = checkOf(context);
    expect((await check.authenticate(old.text))?.tokenId).toBe(old.token.id);
    expect((await check.authenticate(next.text))?.tokenId).toBe(next.token.id);
    const left = (await listTokens(ADMIN, context)).find(({ id }) => id === old.token.id);
    expect(Date.parse(left?.expiresAt ?? '') - Date.now()).toBeLessThanOrEqual(DAY_MS);
    const last = await rotateToken({ named: next.token.id, graceMs: 0, lifetimeMs: null }, ADMIN, context);
    expect(await checkOf(context).authenticate(next.text)).toBeNull();
    expect(await checkOf(context).authenticate(last.text)).not.toBeNull();
  });

  it('S5 of two who rotate one at once, one gets a successor', async () => {
    const context = await open();
    await createToken({ name: 'ci', role: 'admin', lifetimeMs: null }, ADMIN, context);
    const tries = await Promise.allSettled(
      Array.from({ length: 4 }, () =>
        rotateToken({ named: 'ci', graceMs: null, lifetimeMs: null }, ADMIN, context),
      ),
    );
    const made = tries.filter(({ status }) => status === 'fulfilled');
    expect(made.length).toBeGreaterThanOrEqual(1);
    const named = (await listTokens(ADMIN, context)).filter(({ name }) => name === 'ci');
    expect(named).toHaveLength(1);
    for (const each of tries) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'token.name_taken' });
    }
  });

  it('S6 a revoked token is refused by a server that has just believed it, 3 s later at most', async () => {
    const context = await open();
    const clock = new TestClock();
    const check = checkOf(context, { clock });
    const { token, text } = await createToken(
      { name: 'ci', role: 'admin', lifetimeMs: null },
      ADMIN,
      context,
    );
    const identity = await check.authenticate(text);
    if (identity === null) throw new Error('a new token was refused');
    await revokeToken('ci', ADMIN, context);
    expect(await check.authenticate(text)).not.toBeNull();
    await clock.sleep(3_000);
    expect([await check.authenticate(text), await check.isStillValid(identity)]).toEqual([null, false]);
    await expect(revokeToken('ci', ADMIN, context)).rejects.toMatchObject({ code: 'token.not_found' });
    expect((await revokeToken(token.id, ADMIN, context)).revokedAt).not.toBeNull();
    // Its name is free again, and it never comes back.
    await createToken({ name: 'ci', role: 'admin', lifetimeMs: null }, ADMIN, context);
    await expect(db.query('UPDATE bfm_state.token SET revoked_at = NULL')).rejects.toThrow('only ends');
  });

  it('S9 of twenty servers that start at once, one makes the first token, and none ever after', async () => {
    const context = await open();
    const states = Array.from({ length: 20 }, () => openTestState(db.url));
    onTestFinished(async () => {
      await Promise.all(states.map((state) => state.close()));
    });
    const tries = await Promise.all(states.map((state) => firstToken(ADMIN, { ...context, state })));
    const [made, ...others] = tries.filter((token) => token !== null);
    expect(others).toEqual([]);
    expect((await checkOf(context).authenticate(made?.text ?? ''))?.role).toBe('admin');
    expect(await db.query('SELECT action FROM bfm_state.audit')).toEqual([{ action: 'token.create' }]);
    await revokeToken('first-admin', ADMIN, context);
    expect(await firstToken(ADMIN, context)).toBeNull();
  });

  it('a valid name is taken once, and the text of a token is not repeated to whoever takes it for a name', async () => {
    const context = await open();
    const order = { name: 'ci', role: 'admin', lifetimeMs: null } as const;
    const { text } = await createToken(order, ADMIN, context);
    await expect(createToken(order, ADMIN, context)).rejects.toMatchObject({ code: 'token.name_taken' });
    const error: unknown = await revokeToken(text, ADMIN, context).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'token.not_found' });
    expect(JSON.stringify(error) + String(error)).not.toContain(text.split('_')[3]);
    expect(await listTokens(ADMIN, context)).toHaveLength(1);
  });

  it.each([-3_600_000, 3_600_000])(
    'CK1 a token ends by the clock of the database, %i ms from ours',
    async (offMs) => {
      const context = await open();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
      onTestFinished(() => {
        vi.useRealTimers();
      });
      const { text } = await createToken({ name: 'short', role: 'admin', lifetimeMs: 2_000 }, ADMIN, context);
      expect(await checkOf(context).authenticate(text)).not.toBeNull();
      await until(async () => (await checkOf(context).authenticate(text)) === null, {
        what: 'the token to end',
      });
    },
  );

  it('S28 everything is written down, what was refused too', async () => {
    const context = await open();
    await createToken({ name: 'ci', role: 'viewer', lifetimeMs: null }, ADMIN, context);
    const forbidden = { code: 'auth.forbidden' };
    const mine = { name: 'mine', role: 'admin', lifetimeMs: null } as const;
    await expect(createToken(mine, VIEWER, context)).rejects.toMatchObject(forbidden);
    await expect(
      rotateToken({ named: 'ci', graceMs: null, lifetimeMs: null }, VIEWER, context),
    ).rejects.toMatchObject(forbidden);
    await expect(revokeToken('ci', VIEWER, context)).rejects.toMatchObject(forbidden);
    await expect(listTokens(VIEWER, context)).rejects.toMatchObject(forbidden);
    await revokeToken('ci', ADMIN, context);
    expect(await listTokens(ADMIN, context)).toMatchObject([{ name: 'ci' }]);
    const rows = await db.query('SELECT actor, action, result FROM bfm_state.audit ORDER BY seq');
    expect(rows.map(({ actor, action, result }) => [actor, action, result].join(' ')).sort()).toEqual([
      'ann token.create ok',
      'ann token.revoke ok',
      'vic token.create refused',
      'vic token.list refused',
      'vic token.revoke refused',
      'vic token.rotate refused',
    ]);
  });

  it('A1 is not made when that cannot be written down', async () => {
    const context = await open();
    await db.query('ALTER TABLE bfm_state.audit ADD CONSTRAINT no_more CHECK (false) NOT VALID');
    await expect(
      createToken({ name: 'ci', role: 'admin', lifetimeMs: null }, ADMIN, context),
    ).rejects.toMatchObject({ code: 'internal.invariant' });
    expect(await listTokens(ADMIN, context)).toEqual([]);
  });

  it('says that nobody can tell while the state is away, but of the configured token', async () => {
    const state = openTestState('postgres://nobody@127.0.0.1:1/none');
    onTestFinished(() => state.close());
    const context = { state, crypto: TOKEN_CRYPTO };
    const { text } = await createToken({ name: 'ci', role: 'admin', lifetimeMs: null }, ADMIN, await open());
    const check = checkOf(context, { configured: 'secret' });
    await expect(check.authenticate(text)).rejects.toMatchObject({ code: 'state.unavailable' });
    expect(await check.authenticate('bfm_mistyped')).toBeNull();
    expect((await check.authenticate('secret'))?.role).toBe('admin');
  });

  async function open(): Promise<TokenContext & { readonly state: StateStore }> {
    await db.query('DROP SCHEMA IF EXISTS bfm_state CASCADE');
    await makeStateSchema(db);
    const state = openTestState(db.url);
    onTestFinished(() => state.close());
    return { state, crypto: TOKEN_CRYPTO };
  }
});

/** The id of one token and the secret of another, as somebody would make it who knows the format. */
function swapSecrets(one: string, other: string): string {
  const [id, secret] = [parseToken(one)?.id, parseToken(other)?.secret];
  if (id === undefined || secret === undefined) throw new Error('not a token');
  return formatToken({ kind: 'api', id, secret });
}

function checkOf(
  context: TokenContext,
  { clock = PROCESS_CLOCK, configured = null }: { clock?: Clock; configured?: string | null } = {},
): TokenCheck {
  return new TokenCheck({ ...context, clock, configured });
}
