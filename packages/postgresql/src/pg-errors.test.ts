import pg from 'pg';
import { expect, it } from 'vitest';
import { classifyPgError, classifyStatementError, isConnectionError } from './pg-errors.ts';

function serverError(
  code: string,
  message: string,
  parts: { readonly schema?: string } = {},
): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code, ...parts });
}

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

it.each([
  ['contended', serverError('XX000', 'tuple concurrently updated')],
  ['contended', serverError('XX000', 'tuple concurrently deleted')],
  ['failed', serverError('XX000', 'cache lookup failed for type 1')],
  ['contended', serverError('23505', 'duplicate key', { schema: 'pg_catalog' })],
  ['failed', serverError('23505', 'duplicate key', { schema: 'app' })],
  ['failed', serverError('23505', 'duplicate key')],
])('%s: %s', (expected, error) => {
  expect(classifyPgError(error)).toBe(expected);
});

it.each([
  ['42710', 'CREATE TABLE IF NOT EXISTS a (id int)', 'contended'],
  ['42P07', 'create  table\nif not  exists a (id int)', 'contended'],
  ['42710', 'CREATE TABLE a (id int)', 'failed'],
  ['42701', 'CREATE TABLE IF NOT EXISTS a (id int, id int)', 'failed'],
  ['42710', "CREATE TABLE a (note text DEFAULT 'IF NOT EXISTS')", 'failed'],
  ['42710', undefined, 'failed'],
])('%s of the statement %j is %s', (code, sql, expected) => {
  expect(classifyStatementError(serverError(code, 'there already'), sql)).toBe(expected);
});
