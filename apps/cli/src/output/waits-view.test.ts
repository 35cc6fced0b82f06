import { expect, it } from 'vitest';
import { plainLook, target } from '../../test/sample.ts';
import { displayWidth } from './fit.ts';
import { waitsView } from './waits-view.ts';

const wait = (name: string): Parameters<typeof waitsView>[0][number] => ({
  target: target(name),
  text: 'waiting for ann@laptop\u001b[31m (pid 3, run 1)',
  forMs: 2_100,
});

it('tells of the first that wait, for whom and for how long, in as much room as there is', () => {
  const lines = waitsView([wait('a'), wait('b'), wait('c'), wait('d')], plainLook(80));
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^… core\/a {2}waiting for ann@laptop\S* \(pid 3, run 1\) +2\.1 s$/);
  expect(lines[0]).not.toContain('\u001b');
  expect(lines[3]).toBe('  and 1 more wait');
  for (const width of [40, 80, 200]) {
    expect(waitsView([wait('a')], plainLook(width)).every((line) => displayWidth(line) <= width)).toBe(true);
  }
  expect(waitsView([], plainLook(80))).toEqual([]);
});
