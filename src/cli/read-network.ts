/**
 * What lies between this host and the bank, as the environment says it: a forward proxy, and this client's own certificate. Its files are read
 * and tried here, so that a wrong one is told before the first call.
 */
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { getProxyForUrl } from "proxy-from-env";
import type { BankNetwork } from "../bank/bank-api.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { readNamedFile, type Variables } from "./read-named-file.ts";

/** Throws FatalError `env_missing` for a proxy that is no address, and for a certificate that cannot be shown to a bank. */
export function readNetwork(variables: Variables, apiUrl: string): BankNetwork {
  return { proxy: findProxy(apiUrl), certificate: readCertificate(variables) };
}

/** The proxy for an `https` address by HTTPS_PROXY, ALL_PROXY and NO_PROXY. Nothing else is sent through one. */
export function findProxy(address: string): string | undefined {
  const url = URL.parse(address);
  const proxy = url?.protocol === "https:" ? getProxyForUrl(url.href) : "";
  if (proxy === "") return undefined;
  const parsed = URL.parse(proxy);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === "")
    throw new FatalError("env_missing", "HTTPS_PROXY is not the address of an HTTP proxy", {
      hint: "set HTTPS_PROXY to an address such as http://proxy.example:3128, or take it out",
    });
  return proxy;
}

function readCertificate(variables: Variables): BankNetwork["certificate"] {
  const names = ["LEAD_CLIENT_CERT_FILE", "LEAD_CLIENT_KEY_FILE"] as const;
  const [without, ...more] = names.filter((name) => !variables[name]?.trim());
  if (without !== undefined) {
    if (more.length > 0) return undefined;
    throw new FatalError("env_missing", `${without} is not set, and a certificate is of no use without its key`, {
      hint: `set both ${names.join(" and ")}, or neither`,
    });
  }
  const [cert = "", key = ""] = names.map((name) => readNamedFile(variables, name));
  const passphrase = variables.LEAD_CLIENT_KEY_PASSPHRASE || undefined;
  checkCertificate(cert, key, passphrase);
  return { cert, key, passphrase };
}

function checkCertificate(cert: string, key: string, passphrase: string | undefined): void {
  const wrong = (what: string, hint: string) => new FatalError("env_missing", what, { hint });
  const parsed = parseCertificate(cert);
  if (parsed === undefined)
    throw wrong("LEAD_CLIENT_CERT_FILE is not a certificate in PEM", "give it as the bank issued it, in PEM");
  if (parsed.validToDate.getTime() < Date.now())
    throw wrong(
      `the certificate in LEAD_CLIENT_CERT_FILE ended on ${parsed.validToDate.toISOString().slice(0, 10)}`,
      "ask the bank for a new one, and replace both files",
    );
  try {
    createSecureContext({ cert, key, ...(passphrase !== undefined && { passphrase }) });
  } catch {
    throw wrong(
      "the key in LEAD_CLIENT_KEY_FILE cannot be used: it is not in PEM, is another certificate's, or needs another LEAD_CLIENT_KEY_PASSPHRASE",
      "give the key that belongs to LEAD_CLIENT_CERT_FILE, in PEM",
    );
  }
}

function parseCertificate(cert: string): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}
