import { expect, it } from 'vitest';
import { isConnectionError } from './pg-errors.ts';

it.each([
  new TypeError('cannot read properties of undefined'),
  Object.assign(new TypeError('wrong argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
  new Error('bfm.take answered no row'),
])('%s is a mistake of a program', (error) => {
  expect(isConnectionError(error)).toBe(false);
});

it.each([
  new Error('Connection terminated unexpectedly'),
  new Error('Client has encountered a connection error and is not queryable'),
  new Error('timeout expired'),
  Object.assign(new Error('read'), { code: 'ECONNRESET' }),
  Object.assign(new Error('write'), { code: 'EPIPE' }),
  Object.assign(new Error('tls'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
  new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })]),
])('%s is the connection', (error) => {
  expect(isConnectionError(error)).toBe(true);
});
