import type { ServerErrorBody } from './errors.ts';

const LENGTH_MAX = 500;

/** Reads the body of an answer that is an error: BFM's own, one of BFM v1 (`{"error": text}`), or whatever a proxy wrote. */
export function readErrorBody(text: string, status: number): ServerErrorBody {
  const { error } = parseObject(text);
  if (typeof error === 'string') return { code: null, message: error, details: {}, next: null };
  if (isObject(error)) {
    const { code, message, details, next } = error;
    return {
      code: typeof code === 'string' ? code : null,
      message: typeof message === 'string' ? message : `the server answered ${status}`,
      details: isObject(details) ? details : {},
      next: typeof next === 'string' ? next : null,
    };
  }
  const said = text.trim().slice(0, LENGTH_MAX);
  const message = `the server answered ${status}${said === '' ? '' : `: ${said}`}`;
  return { code: null, message, details: {}, next: null };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
