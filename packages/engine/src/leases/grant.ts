/** A lease as its provider gave it, before anybody keeps it. */
export interface Grant {
  readonly token: string;
  /** When it was asked for, by the monotonic clock: it ends no earlier than its time to live after that. */
  readonly askedAtMs: number;
  /** Makes it last its whole time again; false when it is gone. Rejects when the provider cannot be asked. */
  renew(): Promise<boolean>;
  /** Ends it, if it is still this one. Rejects when the provider cannot be asked. */
  release(): Promise<void>;
}
