import { startBfm, type BfmEnd, type BfmProcess } from '../../support/bfm.ts';

/** Exit codes with which a run may end in a storm: never for a bug, and never as if it had been asked wrongly. */
const DECENT: ReadonlySet<number | null> = new Set([0, 1, 5, 6, 8, 130, 143, null]);

/** One process under way. */
export interface Sailor {
  readonly process: BfmProcess;
  readonly pid: number;
  isOver: boolean;
}

/** The processes of a round: started, struck, and waited for. */
export class Crew {
  readonly #args: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #sailors: Sailor[] = [];
  readonly #ends: Promise<BfmEnd>[] = [];

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#args = args;
    this.#environment = environment;
  }

  /** Starts one more; `faults` are what happens at its failpoints. */
  join(faults: Readonly<Record<string, string>> = {}): void {
    const process = startBfm(this.#args, { ...this.#environment, ...faults });
    const sailor: Sailor = { process, pid: process.child.pid ?? 0, isOver: false };
    this.#sailors.push(sailor);
    this.#ends.push(
      process.ended.then((end) => {
        sailor.isOver = true;
        return end;
      }),
    );
  }

  /** Those that still run. */
  alive(): readonly Sailor[] {
    return this.#sailors.filter(({ isOver }) => !isOver);
  }

  /** All that have ever been here. */
  get pids(): readonly number[] {
    return this.#sailors.map(({ pid }) => pid);
  }

  /**
   * How all of them ended.
   *
   * @throws when one does not end, or ends as no run may
   */
  async ends(deadlineMs: number): Promise<readonly BfmEnd[]> {
    const signal = AbortSignal.timeout(deadlineMs);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error(`hangs: ${this.#describe(this.alive())}`));
      });
    });
    // Some stop at a failpoint only now.
    const thawing = setInterval(() => {
      this.thaw();
    }, 500);
    const ends = await Promise.race([Promise.all(this.#ends), late]).finally(() => {
      clearInterval(thawing);
    });
    for (const { code, stdout, stderr } of ends) {
      if (!DECENT.has(code) || /^\s+at .*:\d+:\d+/m.test(stderr)) {
        throw new Error(`ended with ${code}: ${stdout}\n${stderr}`);
      }
    }
    return ends;
  }

  /** Lets whoever has frozen, at a failpoint, go on. */
  thaw(): void {
    for (const { pid } of this.alive()) process.kill(pid, 'SIGCONT');
  }

  /** Ends whoever is left, frozen or not. */
  abandon(): void {
    for (const { pid } of this.alive()) process.kill(pid, 'SIGKILL');
  }

  #describe(sailors: readonly Sailor[]): string {
    return sailors.map(({ pid, process }) => `${pid} said ${process.said()}`).join('\n');
  }
}
