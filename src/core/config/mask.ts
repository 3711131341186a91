/**
 * A text without the passwords that connection strings carry: URLs of
 * PostgreSQL lose all after their scheme, other URLs their user and password,
 * keyword strings the value of their password.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(/\b(postgres(?:ql)?):\/\/[^\s"']+/gi, "$1://***")
    .replace(/:\/\/[^\s/"']*@/g, "://***@")
    .replace(
      /((?:ssl)?passw(?:or)?d\s*=\s*)('(?:[^'\\]|\\.|'')*'|"[^"]*"|[^\s'"]+)/gi,
      "$1***",
    );
}
