import { escapeLine } from './escape.ts';
import { cutEnd } from './fit.ts';
import type { Look } from './look.ts';

/** Says that an address is being connected to, and that this goes on. */
export function connectingView(address: string, { symbols, width }: Pick<Look, 'symbols' | 'width'>): string {
  return cutEnd(`connecting to ${escapeLine(address)} ${symbols.ellipsis}`, width, symbols.ellipsis);
}

/** Says that a server takes its time: to be reached, or to plan. */
export function askingServerView(url: string, { symbols, width }: Pick<Look, 'symbols' | 'width'>): string {
  const text = `waiting for the server at ${escapeLine(url)} ${symbols.ellipsis}`;
  return cutEnd(text, width, symbols.ellipsis);
}
