import type { StoredToken } from '@bfm/engine';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { table, type Cell } from './table.ts';

const TIME_LENGTH = 16;

/** All tokens there are; their secrets are nowhere to be had. */
export function tokensView(tokens: readonly StoredToken[], look: Look): readonly string[] {
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
export function madeTokenView(token: StoredToken): readonly string[] {
  const { name, role, expiresAt } = token;
  return [
    `This is shown once: keep it where secrets are kept. ${escapeLine(name)} is ${role} until ${formatTime(expiresAt)} UTC.`,
  ];
}

/** What is said of a token that has ended. */
export function revokedTokenView({ name }: StoredToken): readonly string[] {
  return [`${escapeLine(name)} is revoked: every server refuses it within 5 seconds, for good.`];
}

function rowOf(token: StoredToken, { paint }: Look): readonly Cell[] {
  const { name, role, createdBy, lastUsedAt, expiresAt, revokedAt } = token;
  return [
    { text: escapeLine(name), paint: paint.name },
    { text: role },
    { text: `bfm_${token.kind}_${token.id}_...${token.lastFour}`, paint: paint.dim },
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
