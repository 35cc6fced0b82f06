/**
 * Ends a switch over a closed union: a case that was forgotten does not type-check.
 *
 * @throws Error always, when reached at run time with a value from outside the union.
 */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
