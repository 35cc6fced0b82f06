/** What the demo asks of its server. */
export interface DemoApi {
  /** Applies what is pending on a connection. @returns for people, what that was @throws Error with what went wrong */
  readonly up: (connection: string, schemas: readonly string[]) => Promise<string>;
}

interface UpAnswer {
  readonly success: boolean;
  readonly applied: readonly string[];
  readonly skipped: readonly string[];
  readonly errors: readonly string[];
}

/** The server's API, as any script uses it. */
export function demoApi(address: string, token: string, signal: AbortSignal): DemoApi {
  return {
    up: async (connection, schemas) => {
      const response = await fetch(`${address}/api/v1/migrations/up`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ connection, target: { connection }, schemas }),
        signal,
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${text}`);
      const { success, applied, errors } = JSON.parse(text) as UpAnswer;
      if (!success) throw new Error(errors.join('\n'));
      return applied.length === 0 ? 'up to date' : `${applied.length} applied`;
    },
  };
}
