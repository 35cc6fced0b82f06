/** Who is written down as having asked for something over HTTP. */
export interface RequestActor {
  readonly executedBy: 'frontend_user' | 'api_user';
  readonly executionMethod: 'manual' | 'api';
}

/** The headers that tell a person before a browser from a program. */
export type ActorHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const CLIENT_TYPES = new Set(['frontend', 'FfM']);
const REQUESTED_WITH = new Set(['XMLHttpRequest', 'FfM']);
const BROWSER = /Mozilla|Chrome|Safari|Firefox|Edge|Opera/;

/** Tells by the headers (names in lower case) whether a person sits before a browser. It is a hint and never a right. */
export function toRequestActor(headers: ActorHeaders): RequestActor {
  const manual =
    CLIENT_TYPES.has(first(headers['x-client-type'])) ||
    REQUESTED_WITH.has(first(headers['x-requested-with'])) ||
    first(headers['origin']) !== '' ||
    BROWSER.test(first(headers['user-agent']));
  return manual
    ? { executedBy: 'frontend_user', executionMethod: 'manual' }
    : { executedBy: 'api_user', executionMethod: 'api' };
}

function first(value: string | readonly string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
