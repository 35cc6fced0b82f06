import { formatToken, parseToken } from '@bfm/core';
import { status } from '@grpc/grpc-js';
import { until } from '@bfm/testing';
import { expect, test } from 'vitest';
import { table } from '../api/support/trees.ts';
import { useClient } from '../grpc/support/use-client.ts';
import { useServer } from './support/use-server.ts';
import { useTokens } from './support/use-tokens.ts';

/** A token of the same form with parts replaced, its checksum made anew. */
function remade(text: string, parts: Partial<NonNullable<ReturnType<typeof parseToken>>>): string {
  const parsed = parseToken(text);
  if (parsed === null) throw new Error('no token');
  return formatToken({ ...parsed, ...parts });
}

test('every token that is not good is refused over both wires, in the same words whatever is wrong with it', async () => {
  const server = await useServer({
    tree: table(1, 'orders'),
    environment: { BFM_REFUSALS_PER_MINUTE: '100000' },
  });
  const tokens = useTokens(server.databaseUrl);
  const good = await tokens.create();
  const revoked = await tokens.create();
  await tokens.revoke(revoked);
  const expired = await tokens.create(1_000);
  const secret = parseToken(good)?.secret ?? '';
  const other = secret.startsWith('a') ? 'b' : 'a';
  const wrong = {
    revoked,
    expired,
    'an unknown id': remade(good, { id: 'zzzzzzzzzzzzz' }),
    'a known id and another secret': remade(good, { secret: other + secret.slice(1) }),
    'a wrong checksum': good.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
    'another prefix': good.replace('bfm_', 'ghp_'),
    'another kind': good.replace('_api_', '_web_'),
    'upper case': good.toUpperCase(),
    'one sign less': good.slice(0, -1),
    'something behind it': `${good}x`,
    'one byte': 'x',
    SQL: "' OR 1=1--",
  };
  const client = (token: string): ReturnType<typeof useClient> => useClient(server.grpcPort, { token });
  const ask = async (token: string): Promise<Response> =>
    server.fetch('/api/v1/runs', { headers: { authorization: `Bearer ${token}` } });
  expect((await ask(good)).status).toBe(200);
  expect(await client(good).call('ListMigrations')).toBeDefined();
  await until(async () => (await ask(expired)).status === 401, { what: 'a token to expire' });
  const said = new Set<string>();
  for (const [what, token] of Object.entries(wrong)) {
    const answer = await ask(token);
    expect(answer.status, what).toBe(401);
    said.add(await answer.text());
    const refusal = await client(token)
      .call('ListMigrations')
      .catch((error: unknown) => error);
    expect(refusal, what).toMatchObject({ code: status.UNAUTHENTICATED });
  }
  expect(said.size).toBe(1);
  // Two answers, of which one is for a header that is no token at all.
  for (const path of [
    `/api/v1/runs?token=${good}`,
    `/api/v1/runs?access_token=${good}`,
    `/api/v1/runs?authorization=Bearer%20${good}`,
  ]) {
    expect((await server.fetch(path, { headers: { authorization: '' } })).status).toBe(401);
  }
  expect((await ask('x'.repeat(1_000_000)).catch(() => ({ status: 431 }))).status).toBe(431);
  expect((await ask(good)).status).toBe(200);
});
