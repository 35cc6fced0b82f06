/** Which part of a list is wanted. */
export interface PageRequest {
  /** Entries at most, 1 to 1,000. */
  readonly limit: number;
  /** What {@link StatePage.next} of the part before said; `null`: from the beginning. */
  readonly after: string | null;
}

/** A part of a list. Its order is the same however often it is asked for, and new entries move nothing to another place. */
export interface StatePage<Item> {
  readonly items: readonly Item[];
  /** Opaque, for the next part; `null`: there is none. */
  readonly next: string | null;
}
