import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One file pair of a tree: its version's last digits, a name, and what is in it. */
export interface BareFile {
  readonly up: string;
  readonly down?: string;
}

/** A tree of migrations of connection `core`, in the order given; each has the schema its own text names or none. */
export interface BareTree extends Disposable {
  readonly root: string;
  /** Writes or overwrites the n-th migration (from 1). */
  readonly write: (n: number, name: string, file: BareFile) => void;
}

/** Makes a tree in a folder of its own. */
export function makeBareTree(files: Readonly<Record<string, BareFile>>): BareTree {
  const root = mkdtempSync(join(tmpdir(), 'bfm-bare-'));
  const folder = join(root, 'postgresql', 'core');
  mkdirSync(folder, { recursive: true });
  const write = (n: number, name: string, { up, down }: BareFile): void => {
    const stem = join(folder, `202501010000${String(n).padStart(2, '0')}_${name}`);
    writeFileSync(`${stem}.up.sql`, up);
    if (down !== undefined) writeFileSync(`${stem}.down.sql`, down);
  };
  for (const [index, [name, file]] of Object.entries(files).entries()) write(index + 1, name, file);
  return {
    root,
    write,
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
