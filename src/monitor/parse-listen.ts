/**
 * `--listen`: an address and a port, or a port alone, which is that of loopback.
 */
import { isIP } from "node:net";
import { FatalError } from "../errors/fatal-error.ts";

export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/** Throws FatalError `usage`. */
export function parseListen(text: string): ListenAt {
  const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]+)\]:|([^:[\]]+):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "127.0.0.1";
  const port = Number(digits);
  const isAddress = host === "localhost" || isIP(host) === (bracketed === undefined ? 4 : 6);
  if (digits !== "" && port <= 65_535 && isAddress) return { host, port };
  throw new FatalError("usage", `--listen ${text} is not an address and a port`, {
    hint: "give one such as --listen 127.0.0.1:9464, --listen 0.0.0.0:9464 or --listen [::1]:9464",
  });
}
