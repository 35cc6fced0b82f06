declare const brand: unique symbol;

/** The kinds of store BFM migrates. */
export const BACKENDS = ['postgresql', 'greptimedb', 'etcd'] as const;

/** One kind of store. */
export type BackendName = (typeof BACKENDS)[number];

/** The name of a configured store, as in `sfm/{backend}/{connection}/`: lower-case, `[a-z][a-z0-9_-]*`, at most 63 bytes. */
export type ConnectionName = string & { readonly [brand]: 'ConnectionName' };

/** A namespace inside a connection, not yet quoted: 1 to 63 bytes of UTF-8 without NUL. */
export type SchemaName = string & { readonly [brand]: 'SchemaName' };

/** What a name parser answers: the typed name, or the reason (a full sentence part, for people) it was refused. */
export type NameResult<T> =
  { readonly ok: true; readonly name: T } | { readonly ok: false; readonly reason: string };

/** The longest identifier PostgreSQL keeps, in bytes of UTF-8; longer ones it truncates silently (FAULTS F7). */
export const IDENTIFIER_BYTES_MAX = 63;

/** The schemas of a PostgreSQL database that are BFM's own, with what they hold. */
const OWN_SCHEMAS: ReadonlyMap<unknown, string> = new Map([
  ['bfm', 'ledger'],
  ['bfm_lock', 'leases'],
]);

/** Tells whether a name is that of a schema of BFM's own; no migration may touch one. */
export function isOwnSchema(name: unknown): boolean {
  return OWN_SCHEMAS.has(name);
}

const CONNECTION_NAME = /^[a-z][a-z0-9_-]*$/;
const STATE_CONNECTION_NAME = 'bfm_state';

/** What the connection to the control plane's own state is called; no other one may be. */
export const STATE_CONNECTION = STATE_CONNECTION_NAME as ConnectionName;

/** Tells whether a text is the name of a backend. */
export function isBackendName(text: string): text is BackendName {
  return (BACKENDS as readonly string[]).includes(text);
}

/** Reads a connection name. Refuses what could not be a folder name and an environment prefix at once. */
export function parseConnectionName(text: string): NameResult<ConnectionName> {
  if (!CONNECTION_NAME.test(text)) {
    return {
      ok: false,
      reason: 'a connection name starts with a lower-case letter and holds only a-z, 0-9, _ and -',
    };
  }
  if (utf8Length(text) > IDENTIFIER_BYTES_MAX) {
    return { ok: false, reason: `a connection name has at most ${IDENTIFIER_BYTES_MAX} bytes` };
  }
  if (text === STATE_CONNECTION_NAME) return { ok: false, reason: `the name ${text} is reserved` };
  return { ok: true, name: text as ConnectionName };
}

/**
 * Reads a schema name as PostgreSQL would keep it. Any quoted identifier is legal there, so only what would be
 * truncated, refused by the server, or would reach into system or ledger schemas is refused here.
 */
export function parseSchemaName(text: string): NameResult<SchemaName> {
  const reason = schemaNameFault(text);
  return reason === null ? { ok: true, name: text as SchemaName } : { ok: false, reason };
}

function schemaNameFault(text: string): string | null {
  if (text === '') return 'a schema name cannot be empty';
  if (text.includes('\0')) return 'a schema name cannot hold a NUL character';
  if (!text.isWellFormed()) return 'a schema name cannot hold a lone surrogate';
  const bytes = utf8Length(text);
  if (bytes > IDENTIFIER_BYTES_MAX) {
    return `it has ${bytes} bytes; PostgreSQL keeps ${IDENTIFIER_BYTES_MAX} and would cut the rest off silently`;
  }
  if (text.startsWith('pg_')) return 'PostgreSQL reserves schema names that start with pg_';
  if (text === 'information_schema') return 'information_schema belongs to PostgreSQL';
  const held = OWN_SCHEMAS.get(text);
  if (held !== undefined) return `schema ${text} holds BFM's own ${held}`;
  return null;
}

const TAG_KEY = /^[A-Za-z0-9][A-Za-z0-9_./-]*$/;

/** Tells whether a text can be the key of a tag. */
export function isTagKey(text: string): boolean {
  return TAG_KEY.test(text);
}

/** The length of a text in bytes of UTF-8; a lone surrogate counts as the 3 bytes of its replacement character. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
