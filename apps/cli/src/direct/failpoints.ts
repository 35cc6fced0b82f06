import { setTimeout as wait } from 'node:timers/promises';
import { BfmError } from '@bfm/core';

/** What happens at a failpoint: the process is killed or stopped as by a signal, an error is thrown, or nothing ever comes. */
const ACTIONS = ['kill', 'stop', 'error', 'hang'] as const;
type Action = (typeof ACTIONS)[number];

interface Rule {
  readonly action: Action;
  /** Counts down; the action comes at 0. */
  hitsLeft: number;
}

/**
 * Faults on purpose, for tests of what survives them. Inert unless `BFM_ENABLE_FAILPOINTS=1`; then `BFM_FAILPOINTS` says
 * what happens where: `bare.statement_sent=kill;bare.probe_done=error@3` (the third time it is reached).
 */
export class Failpoints {
  readonly #rules: ReadonlyMap<string, Rule>;

  /** @throws {config.invalid} */
  constructor(variables: Readonly<Record<string, string | undefined>>) {
    const enabled = variables['BFM_ENABLE_FAILPOINTS'] === '1';
    this.#rules = enabled ? parseRules(variables['BFM_FAILPOINTS'] ?? '') : new Map();
  }

  /** To be called where a fault may happen. */
  async reach(name: string): Promise<void> {
    const rule = this.#rules.get(name);
    if (rule === undefined) return;
    rule.hitsLeft -= 1;
    if (rule.hitsLeft === 0) await act(rule.action, name);
  }
}

function parseRules(text: string): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const item of text.split(';').filter((part) => part !== '')) {
    const match = /^([a-z_.]+)=([a-z]+)(?:@([1-9][0-9]{0,5}))?$/.exec(item);
    const [, name = '', action = '', hits = '1'] = match ?? [];
    if (!isAction(action)) {
      throw new BfmError('config.invalid', {
        message: `BFM_FAILPOINTS: ${JSON.stringify(item)} is no failpoint`,
        next: `write name=action, or name=action@N for the N-th time; actions are ${ACTIONS.join(', ')}`,
      });
    }
    rules.set(name, { action, hitsLeft: Number(hits) });
  }
  return rules;
}

function isAction(text: string): text is Action {
  return (ACTIONS as readonly string[]).includes(text);
}

async function act(action: Action, name: string): Promise<void> {
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      break;
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'error':
      throw new BfmError('internal.invariant', { message: `failpoint ${name}` });
    case 'hang':
      break;
  }
  // The signal is on its way, or nothing ever comes.
  await wait(2 ** 31 - 1);
}
