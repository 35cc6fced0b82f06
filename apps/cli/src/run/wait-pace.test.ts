import { expect, it } from 'vitest';
import { target } from '../../test/sample.ts';
import { WaitPace } from './wait-pace.ts';

/** The seconds at which a log is told of a wait that began at 0, with these words. */
function toldAt(seconds: number, textAt: (second: number) => string): number[] {
  const pace = new WaitPace();
  return Array.from({ length: seconds }, (_, second) => second).filter((second) =>
    pace.isDue([{ target: target('a'), text: textAt(second), forMs: second * 1_000 }], second * 1_000),
  );
}

it('tells a log of a wait after five seconds, then every thirty, and at once of another one', () => {
  expect(toldAt(70, () => 'waiting for ann')).toEqual([5, 35, 65]);
  expect(toldAt(20, (second) => (second < 10 ? 'waiting for ann' : 'waiting for bob'))).toEqual([5, 10]);
  expect(new WaitPace().isDue([], 60_000)).toBe(false);
});
