import { describe, expect, it } from 'vitest';
import { isAllowed, type Permission } from './authorise.ts';

const CHANGES = [
  'api.change',
  'run.start',
  'run.cancel',
  'run.retry',
  'migrations.reindex',
  'token.list',
  'token.create',
  'token.rotate',
  'token.revoke',
  'audit.list',
] as const satisfies readonly Permission[];

describe('what a role allows', () => {
  it('S11 a viewer looks, and changes nothing', () => {
    expect(isAllowed('viewer', 'api.read')).toBe(true);
    expect(CHANGES.filter((permission) => isAllowed('viewer', permission))).toEqual([]);
  });

  it('an admin may do all of it', () => {
    expect(CHANGES.filter((permission) => !isAllowed('admin', permission))).toEqual([]);
    expect(isAllowed('admin', 'api.read')).toBe(true);
  });

  it.each(['', 'token', 'constructor', '__proto__', 'token.*'])(
    'S11 nobody may %j, which is not named',
    (word) => {
      expect(isAllowed('admin', word as Permission)).toBe(false);
    },
  );

  it('a role that is not known may nothing', () => {
    expect(isAllowed('owner' as 'admin', 'api.read')).toBe(false);
  });
});
