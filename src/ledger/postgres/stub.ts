/** Parts that are still to be written. */
export function stub<Part extends object>(name: string): Part {
  const get = (_: Part, method: string | symbol) => () =>
    Promise.reject(new Error(`${name}.${String(method)} is not written`));
  return new Proxy({} as Part, { get });
}
