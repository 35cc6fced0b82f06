import { seededRandom } from '../random.ts';

/** Choices that a seed decides. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** True so often, from 0 to 1. */
  happens(share: number): boolean {
    return this.#random() < share;
  }

  /** One of some. */
  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** One of some, by weight. */
  weighted<T extends { readonly weight: number }>(choices: readonly [T, ...T[]]): T {
    const whole = choices.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.#random() * whole;
    return choices.find(({ weight }) => (left -= weight) < 0) ?? choices[0];
  }
}
