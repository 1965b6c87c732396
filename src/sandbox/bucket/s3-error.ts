/**
 * An error as S3 answers it: a status, a code and a sentence go in, the XML body comes out.
 */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  toXml(): string {
    return xml("Error", element("Code", this.code) + element("Message", this.message));
  }
}

export function xml(root: string, inside: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inside}</${root}>`;
}

export function element(name: string, text: string | number | boolean): string {
  const escaped = String(text).replace(/[<>&"\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}
