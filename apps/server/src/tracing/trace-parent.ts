const TRACE_PARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;
/** Longer ones may come with later versions of the standard, behind what this one has. */
const LENGTH = 55;

/** A header `traceparent` of W3C Trace Context if it is one; `null`: there is none that can be used. */
export function readTraceParent(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const first = value.slice(0, LENGTH);
  if (!TRACE_PARENT.test(first)) return null;
  const isLater = !first.startsWith('00') && value.charAt(LENGTH) === '-';
  return value.length === LENGTH || isLater ? first : null;
}
