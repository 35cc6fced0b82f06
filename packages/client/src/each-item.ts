import type { CallOptions, RequestSender } from './request-sender.ts';

/** A list that a server gives in parts. */
export interface Listing {
  readonly path: string;
  readonly query: object;
  /** What the answer calls its entries. */
  readonly items: 'items' | 'targets';
}

/** Entries of one answer: as many as a server gives at once. */
export const LIMIT = 1_000;

/** Gives every entry of a list, asking for the next part when it is wanted. */
export async function* eachItem<Item>(
  { path, query, items }: Listing,
  sender: RequestSender,
  options?: CallOptions,
): AsyncGenerator<Item, void> {
  let after: string | undefined;
  do {
    const asked = { method: 'GET', path, query: { ...query, limit: LIMIT, after } } as const;
    const page = (await sender.json(asked, options)) as Readonly<Record<string, unknown>>;
    yield* page[items] as readonly Item[];
    after = (page['next'] as string | null) ?? undefined;
  } while (after !== undefined);
}
