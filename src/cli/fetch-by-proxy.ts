/**
 * `fetch` for addresses that are neither the bank's nor a bucket's, by the same proxy as those.
 */

/** As `fetch`; its answer's body is not for reading. Throws FatalError `env_missing` for a proxy that is no address. */
export async function fetchByProxy(url: string, request: RequestInit): Promise<{ readonly status: number }> {
  const [{ findProxy }, undici] = await Promise.all([import("./read-network.ts"), import("undici")]);
  const proxy = findProxy(url);
  const agent = proxy === undefined ? new undici.Agent() : new undici.ProxyAgent(proxy);
  try {
    const answer = await undici.fetch(url, { ...(request as object), dispatcher: agent });
    await answer.body?.cancel();
    return answer;
  } finally {
    await agent.destroy();
  }
}
