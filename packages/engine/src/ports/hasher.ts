/** Hashes text. Pure: the same text gives the same answer everywhere. */
export interface Hasher {
  /** SHA-256 of the UTF-8 bytes of `text`, in lower-case hex. */
  sha256(text: string): string;
}
