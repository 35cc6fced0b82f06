import { escapeLine } from './escape.ts';
import { cutEnd } from './fit.ts';
import type { Look } from './look.ts';

/** Says that an address is being connected to, and that this goes on. */
export function connectingView(address: string, { symbols, width }: Pick<Look, 'symbols' | 'width'>): string {
  return cutEnd(`connecting to ${escapeLine(address)} ${symbols.ellipsis}`, width, symbols.ellipsis);
}
