/**
 * EvenSample: some of the numbers that come in, spread evenly over all of them, however many there are.
 */

export class EvenSample {
  readonly #size: number;
  #kept: number[] = [];
  /** One of this many is kept: a power of two. */
  #step = 1;
  #count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(number: number): void {
    if (this.#count % this.#step === 0) this.#kept.push(number);
    this.#count += 1;
    if (this.#kept.length <= 2 * this.#size) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#step *= 2;
  }

  /** As they came, `size` of them at most. */
  get numbers(): readonly number[] {
    const shown = Math.min(this.#size, this.#kept.length);
    const gap = (this.#kept.length - 1) / Math.max(1, shown - 1);
    return Array.from({ length: shown }, (_, index) => this.#kept[Math.floor(index * gap)] ?? 0);
  }
}
