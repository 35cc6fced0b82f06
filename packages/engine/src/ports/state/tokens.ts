/** What a token allows. */
export type TokenRole = 'admin' | 'viewer';

/** A token to be kept: of its secret only the hash. */
export interface NewToken {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly role: TokenRole;
  /** SHA-256 of the secret in lower-case hex. */
  readonly secretHash: string;
  readonly lastFour: string;
  readonly createdBy: string;
  /** At most 366 days. */
  readonly lifetimeMs: number;
}

/** A token as lists show it. */
export interface StoredToken extends Omit<NewToken, 'secretHash' | 'lifetimeMs'> {
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** A token as whoever checks it needs it. */
export interface CheckedToken extends StoredToken {
  readonly secretHash: string;
  /** Neither revoked nor expired, by the database's clock. */
  readonly isValid: boolean;
}

/** Tokens as anybody may read them. */
export interface TokenReads {
  /** @returns `null` when there is none */
  forCheck(id: string): Promise<CheckedToken | null>;
  /** By name; revoked and expired ones too. */
  list(): Promise<readonly StoredToken[]>;
}

/** Tokens as use cases change them. */
export interface Tokens extends TokenReads {
  /** @throws {token.name_taken} another valid one has the name */
  create(token: NewToken): Promise<StoredToken>;
  /** Ends a token at once, for good. @throws {token.not_found} */
  revoke(id: string): Promise<StoredToken>;
  /** Lets a token end no later than after so long, and gives its name free: for its successor. @throws {token.not_found} */
  retire(id: string, graceMs: number, retiredName: string): Promise<StoredToken>;
  /** Notes that it was used, once a minute at most. */
  noteUse(id: string): Promise<void>;
}
