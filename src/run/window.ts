/**
 * Works on a stream of items, a bounded number at once. An item that waits can give its place to another.
 */

/** Lets an item wait without holding its place in the window. `wait` begins once the place is given back. */
export type Rest = <Value>(wait: () => Promise<Value>) => Promise<Value>;

/** The most items that wait without a place; further ones keep their places, so that memory stays bounded. */
export const MOST_RESTING = 10_000;

/** Counts the items of a window, for those outside of it; of several windows one after the other. */
export class Places {
  begun = 0;
  inHand = 0;
  /** Of those in hand. */
  resting = 0;

  get atWork(): number {
    return this.inHand - this.resting;
  }
}

/**
 * Calls `act` for every item, at most `size` at once, those at rest not counted, and resolves when all have ended. When one
 * rejects, or `act` gives something, no further item is begun; the first such thing is the result.
 */
export async function forEachInWindow<Item, End>(
  items: AsyncIterable<Item> | Iterable<Item>,
  size: number,
  act: (item: Item, rest: Rest) => Promise<End | null>,
  places = new Places(),
): Promise<End | null> {
  let wake = () => {};
  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const rest: Rest = async (wait) => {
    if (places.resting >= MOST_RESTING) return wait();
    places.resting += 1;
    wake();
    try {
      return await wait();
    } finally {
      // This may be one too many at work for a while; the caps on calls hold all the same.
      places.resting -= 1;
    }
  };
  let end: End | null = null;
  const errors: unknown[] = [];
  const begin = async (item: Item): Promise<void> => {
    try {
      const result = await act(item, rest);
      end ??= result;
    } catch (error) {
      errors.push(error);
    } finally {
      places.inHand -= 1;
      wake();
    }
  };
  for await (const item of items) {
    if (end !== null || errors.length > 0) break;
    places.begun += 1;
    places.inHand += 1;
    void begin(item);
    while (places.atWork >= size) await change();
  }
  while (places.inHand > 0) await change();
  if (errors.length > 0) throw errors[0];
  return end;
}

/** Lets one work at a time; one that rests gives its turn to the next, and waits for another one. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  async take<Value>(rest: Rest, act: (rest: Rest) => Promise<Value>): Promise<Value> {
    let giveBack = await rest(() => this.#next());
    const resting: Rest = async (wait) => {
      giveBack();
      try {
        return await rest(wait);
      } finally {
        giveBack = await rest(() => this.#next());
      }
    };
    try {
      return await act(resting);
    } finally {
      giveBack();
    }
  }

  async #next(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    return resolve;
  }
}
