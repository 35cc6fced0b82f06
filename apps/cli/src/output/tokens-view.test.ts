import type { Token } from '@bfm/client';
import { describe, expect, it } from 'vitest';
import { madeTokenView, revokedTokenView, tokensView } from './tokens-view.ts';
import { createPaint } from './paint.ts';
import { createSymbols } from './symbols.ts';

const LOOK = { width: 160, paint: createPaint(false), symbols: createSymbols(true), program: 'bfm' };
const CI: Token = {
  id: '0c1a2b3d4e5f6',
  name: 'ci\u{1b}[2J',
  role: 'admin',
  prefix: 'bfm_api_0c1a2b3d4e5f6',
  last_four: 'aB3d',
  created_by: 'ann@laptop',
  created_at: '2026-11-23T06:00:00Z',
  expires_at: '2027-02-21T06:00:00Z',
  last_used_at: null,
  revoked_at: null,
};

describe('tokens', () => {
  it('are told by what is no secret of them', () => {
    const lines = tokensView([CI, { ...CI, name: 'old', revoked_at: '2026-11-24T07:08:09Z' }], LOOK);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('bfm_api_0c1a2b3d4e5f6_...aB3d');
    expect(lines[1]).toContain('2027-02-21 06:00');
    expect(lines[2]).toContain('revoked 2026-11-24 07:08');
  });

  it('turn no terminal about by their names', () => {
    const lines = [...tokensView([CI], LOOK), ...madeTokenView(CI), ...revokedTokenView(CI)];
    expect(lines.join('')).not.toContain('\u{1b}');
  });

  it('are said to be none', () => {
    expect(tokensView([], LOOK)).toEqual(['There are no tokens yet. bfm token create makes one.']);
  });
});
