import type { Token } from '@bfm/client';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { table, type Cell } from './table.ts';

const TIME_LENGTH = 16;

/** All tokens there are; their secrets are nowhere to be had. */
export function tokensView(tokens: readonly Token[], look: Look): readonly string[] {
  if (tokens.length === 0) return ['There are no tokens yet. bfm token create makes one.'];
  const columns = [
    { title: 'name', shrinksTo: 12 },
    { title: 'role' },
    { title: 'token', shrinksTo: 14 },
    { title: 'made by', shrinksTo: 8, from: 100 },
    { title: 'last used (UTC)' },
    { title: 'good until (UTC)' },
  ];
  return table(
    columns,
    tokens.map((token) => rowOf(token, look)),
    look,
  );
}

/** What stands beside a token that is shown this once. */
export function madeTokenView(token: Token): readonly string[] {
  const { name, role, expires_at: expiresAt } = token;
  return [
    `This is shown once: keep it where secrets are kept. ${escapeLine(name)} is ${role} until ${formatTime(expiresAt)} UTC.`,
  ];
}

/** What is said of a token that has ended. */
export function revokedTokenView({ name }: Token): readonly string[] {
  return [`${escapeLine(name)} is revoked: every server refuses it within 5 seconds, for good.`];
}

function rowOf(token: Token, { paint }: Look): readonly Cell[] {
  const { name, role, created_by: createdBy, revoked_at: revokedAt } = token;
  const { last_used_at: lastUsedAt, expires_at: expiresAt } = token;
  return [
    { text: escapeLine(name), paint: paint.name },
    { text: escapeLine(role) },
    { text: escapeLine(`${token.prefix}_...${token.last_four}`), paint: paint.dim },
    { text: escapeLine(createdBy), paint: paint.dim },
    { text: lastUsedAt === null ? 'never' : formatTime(lastUsedAt), paint: paint.dim },
    revokedAt === null
      ? { text: formatTime(expiresAt) }
      : { text: `revoked ${formatTime(revokedAt)}`, shorter: ['revoked'], paint: paint.warn },
  ];
}

function formatTime(at: string): string {
  return at.slice(0, TIME_LENGTH).replace('T', ' ');
}
