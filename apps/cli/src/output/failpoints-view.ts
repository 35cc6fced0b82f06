import type { FailpointSpec } from '@bfm/core';
import { wrap } from './fit.ts';
import type { Look } from './look.ts';

/** The failpoints, and what is to happen at them. */
export interface ListedFailpoints {
  readonly failpoints: Readonly<Record<string, FailpointSpec>>;
  /** Each with what it is. */
  readonly actions: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly rules: readonly ListedRule[];
}

interface ListedRule {
  readonly name: string;
  readonly action: string;
  readonly ms: number;
  readonly hit: number;
}

/** The list for people: where faults can be tried, what they can be, and whether any will happen. */
export function failpointsView(
  { failpoints, actions, enabled, rules }: ListedFailpoints,
  look: Look,
): readonly string[] {
  const described = (name: string, text: string): readonly string[] => [
    look.paint.name(name),
    ...wrap(text, look.width - 2).map((line) => `  ${line}`),
  ];
  return [
    ...Object.entries(failpoints).flatMap(([name, { moment, reached }]) =>
      described(name, moment === null ? reached : `${reached} (${moment})`),
    ),
    '',
    look.paint.bold('what can happen there'),
    ...Object.entries(actions).flatMap(([name, text]) => described(name, text)),
    '',
    enabled
      ? 'Enabled by BFM_ENABLE_FAILPOINTS=1.'
      : 'Not enabled: BFM_FAILPOINTS does nothing without BFM_ENABLE_FAILPOINTS=1.',
    ...rules.map(toLine),
  ];
}

/** The list for programs. */
export function presentFailpoints({
  failpoints,
  actions,
  enabled,
  rules,
}: ListedFailpoints): Record<string, unknown> {
  return {
    enabled,
    failpoints: Object.entries(failpoints).map(([name, { moment, reached, waits }]) => ({
      name,
      moment,
      reached,
      waits,
    })),
    actions: Object.keys(actions),
    rules: rules.map(({ name, action, ms, hit }) => ({ name, action, ms, hit })),
  };
}

function toLine({ name, action, ms, hit }: ListedRule): string {
  return `${name}: ${action}${ms > 0 ? ` for ${ms} ms` : ''}, when it is reached for time ${hit}`;
}
