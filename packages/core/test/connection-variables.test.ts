import { nameVariables, variablePrefix } from '@bfm/core';
import { expect, it } from 'vitest';

it('makes the variables of a connection from its name', () => {
  expect(variablePrefix('app-eu')).toBe('APP_EU_');
});

it('names the variables of the connections that a text is about', () => {
  const text = 'set {CONN}_POOLED=true and {CONN}_DIRECT_URL';
  expect(nameVariables(text, ['app-eu'])).toBe('set APP_EU_POOLED=true and APP_EU_DIRECT_URL');
  expect(nameVariables(text, ['core', 'guard', 'logs'])).toBe(
    'set CORE_POOLED=true and CORE_DIRECT_URL (GUARD_..., LOGS_... likewise)',
  );
  expect(nameVariables(text, [])).toBe(text);
  expect(nameVariables('start the server', ['core', 'guard'])).toBe('start the server');
});
