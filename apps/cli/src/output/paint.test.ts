import { expect, it } from 'vitest';
import { createPaint, isColoured } from './paint.ts';
import { createSymbols, showsUnicode } from './symbols.ts';

it.each([
  [{ wanted: true, environment: {}, isTty: true }, true],
  [{ wanted: true, environment: {}, isTty: false }, false],
  [{ wanted: false, environment: { FORCE_COLOR: '1' }, isTty: true }, false],
  [{ wanted: true, environment: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTty: true }, false],
  [{ wanted: true, environment: { NO_COLOR: '' }, isTty: true }, true],
  [{ wanted: true, environment: { FORCE_COLOR: '1' }, isTty: false }, true],
  [{ wanted: true, environment: { FORCE_COLOR: '' }, isTty: false }, true],
  [{ wanted: true, environment: { FORCE_COLOR: '0' }, isTty: true }, false],
  [{ wanted: true, environment: { TERM: 'dumb' }, isTty: true }, false],
  [{ wanted: true, environment: { CLICOLOR: '0' }, isTty: true }, false],
  [{ wanted: true, environment: { CLICOLOR: '1' }, isTty: false }, false],
  [{ wanted: true, environment: { CLICOLOR: '0', CLICOLOR_FORCE: '1' }, isTty: false }, true],
  [{ wanted: true, environment: { CLICOLOR_FORCE: '0' }, isTty: true }, false],
])('%o has colours: %s', (setting, expected) => {
  expect(isColoured(setting)).toBe(expected);
});

it('changes nothing without colours', () => {
  expect(createPaint(false).bad('x')).toBe('x');
  expect(createPaint(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
});

it.each([
  [{ LANG: 'en_GB.UTF-8' }, 'linux', true],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, 'linux', false],
  [{ LC_ALL: '', LANG: 'C.utf8' }, 'linux', true],
  [{}, 'linux', false],
  [{ WT_SESSION: '1' }, 'win32', true],
  [{ LANG: 'en_GB.UTF-8' }, 'win32', false],
])('%o on %s shows Unicode: %s', (environment, platform, expected) => {
  expect(showsUnicode(environment, platform)).toBe(expected);
});

it('has no sign outside of ASCII for terminals without Unicode', () => {
  expect(Object.values(createSymbols(false)).join('')).toMatch(/^[\x20-\x7e]+$/);
});
