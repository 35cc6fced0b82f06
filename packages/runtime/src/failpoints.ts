import { setTimeout as wait } from 'node:timers/promises';
import {
  BfmError,
  didYouMean,
  FAILPOINT_NAMES,
  FAILPOINTS,
  NO_FAILPOINTS,
  type FailpointName,
  type Failpoints,
} from '@bfm/core';

/** What may happen at a failpoint, and what that is. */
export const FAULT_ACTIONS = {
  kill: 'the process dies as by kill -9',
  stop: 'it is frozen as by SIGSTOP, until SIGCONT',
  busy: 'busy:MS, it does nothing else for so many milliseconds',
  error: 'an error is thrown, where the program waits',
  hang: 'nothing ever comes, where the program waits',
} as const;
type ActionName = keyof typeof FAULT_ACTIONS;

/** A fault that was asked for. */
export interface FaultRule {
  readonly name: FailpointName;
  readonly action: ActionName;
  /** For `busy`; otherwise 0. */
  readonly ms: number;
  /** The how manieth time the failpoint is reached. */
  readonly hit: number;
}

/**
 * Whether faults may happen, and which. `BFM_FAILPOINTS` says what happens where, once `BFM_ENABLE_FAILPOINTS=1`:
 * `bare.statement_sent=kill;bare.probe_done=error@3` (the third time it is reached).
 *
 * @throws {config.invalid}
 */
export function readFaultRules(variables: Readonly<Record<string, string | undefined>>): {
  readonly enabled: boolean;
  readonly rules: readonly FaultRule[];
} {
  const enabled = variables['BFM_ENABLE_FAILPOINTS'] === '1';
  const items = enabled ? (variables['BFM_FAILPOINTS'] ?? '').split(';') : [];
  return { enabled, rules: items.filter((item) => item !== '').map(parseRule) };
}

/** The faults that were asked for. @throws {config.invalid} */
export function toFailpoints(variables: Readonly<Record<string, string | undefined>>): Failpoints {
  const { rules } = readFaultRules(variables);
  return rules.length === 0 ? NO_FAILPOINTS : new ArmedFailpoints(rules);
}

/** How far the wall clock is off on purpose, in milliseconds: `BFM_CLOCK_OFFSET_MS`, once faults are enabled. */
export function readClockOffset(variables: Readonly<Record<string, string | undefined>>): number {
  const offsetMs = Number(variables['BFM_CLOCK_OFFSET_MS'] ?? '0');
  return variables['BFM_ENABLE_FAILPOINTS'] === '1' && Number.isSafeInteger(offsetMs) ? offsetMs : 0;
}

/** Faults on purpose, for tests of what survives them. */
export class ArmedFailpoints implements Failpoints {
  readonly #rules: ReadonlyMap<string, readonly FaultRule[]>;
  readonly #hits = new Map<FailpointName, number>();

  constructor(rules: readonly FaultRule[]) {
    this.#rules = Map.groupBy(rules, ({ name }) => name);
  }

  readonly reach = async (name: FailpointName): Promise<void> => {
    const rule = this.#due(name);
    if (rule === null) return;
    happen(rule);
    if (rule.action === 'error') throw new BfmError('internal.invariant', { message: `failpoint ${name}` });
    if (rule.action === 'hang') await wait(2 ** 31 - 1);
  };

  readonly pass = (name: FailpointName): void => {
    const rule = this.#due(name);
    if (rule !== null) happen(rule);
  };

  #due(name: FailpointName): FaultRule | null {
    const rules = this.#rules.get(name);
    if (rules === undefined) return null;
    const hit = (this.#hits.get(name) ?? 0) + 1;
    this.#hits.set(name, hit);
    return rules.find((rule) => rule.hit === hit) ?? null;
  }
}

/** Returns when the process goes on. */
function happen({ action, ms }: FaultRule): void {
  if (action === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    // Nothing may happen until the signal has come.
    for (;;);
  }
  if (action === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (action === 'busy') for (const end = Date.now() + ms; Date.now() < end;);
}

function parseRule(item: string): FaultRule {
  const match = /^([^=]+)=([a-z]+)(?::([0-9]{1,7}))?(?:@([1-9][0-9]{0,5}))?$/.exec(item);
  const [, name = '', action = '', ms, hit = '1'] = match ?? [];
  if (match === null) throw notARule(item, 'is not written as a failpoint', '');
  if (!isFailpoint(name)) throw notARule(item, 'names no failpoint', didYouMean(name, FAILPOINT_NAMES));
  if (!isAction(action)) throw notARule(item, 'names no action', didYouMean(action, ACTIONS));
  const misfit = findMisfit(name, action, ms);
  if (misfit !== null) throw notARule(item, misfit, '');
  return { name, action, ms: Number(ms ?? 0), hit: Number(hit) };
}

function findMisfit(name: FailpointName, action: ActionName, ms: string | undefined): string | null {
  if (action === 'busy') return ms === undefined ? 'says not for how long' : null;
  if (ms !== undefined) return 'takes no time';
  if (FAILPOINTS[name].waits || (action !== 'error' && action !== 'hang')) return null;
  return `asks for what cannot happen at ${name}, where nothing waits`;
}

const ACTIONS = Object.keys(FAULT_ACTIONS);

function isFailpoint(text: string): text is FailpointName {
  return Object.hasOwn(FAILPOINTS, text);
}

function isAction(text: string): text is ActionName {
  return Object.hasOwn(FAULT_ACTIONS, text);
}

function notARule(item: string, fault: string, meant: string): BfmError {
  return new BfmError('config.invalid', {
    message: `BFM_FAILPOINTS: ${JSON.stringify(item)} ${fault}${meant}`,
    next: `write name=action, or name=action@N for the N-th time; actions are ${ACTIONS.join(', ')} (busy:MS); bfm doctor --failpoints lists the names`,
  });
}
