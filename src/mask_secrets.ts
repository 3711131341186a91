/**
 * A text without the passwords that connection strings carry: URLs of
 * PostgreSQL lose all after their scheme, other URLs their user and password,
 * keyword strings the value of their password.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(
      // A path that a URL was taken for has lost a slash.
      /\b(postgres(?:ql)?):\/(?:\/(?!user:password@host:port\/)|(?!\/))[^\s"']+/gi,
      "$1://***",
    )
    .replace(
      /:\/\/(?!user:password@host:port\/)[^\s/"']*@/g,
      "://***@",
    )
    .replace(
      /((?:ssl)?passw(?:or)?d\s*=\s*)('(?:[^'\\]|\\.|'')*'|"[^"]*"|[^\s'"]+)/gi,
      "$1***",
    );
}
