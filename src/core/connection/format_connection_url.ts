import type { ParameterValues } from "./parameter.ts";

/**
 * A `postgres://` URL that means these parameters. What no other part of it
 * holds, such as a folder of sockets, is in its query.
 */
export function formatConnectionUrl(values: ParameterValues): string {
  const rest = new Map(values);
  const take = (keyword: string): string => {
    const value = rest.get(keyword) ?? "";
    rest.delete(keyword);
    return encode(value);
  };
  const isOneHost = /^[a-z0-9_.-]+$/i.test(values.get("host") ?? "");
  // Without a host, the user and the port are in the query as well.
  const authority = isOneHost ? formatAuthority(values, take) : "";
  const path = take("dbname");
  const query = [...rest].map(([keyword, value]) =>
    `${keyword}=${encode(value)}`
  ).join("&");
  return `postgres://${authority}/${path}${query === "" ? "" : `?${query}`}`;
}

function formatAuthority(
  values: ParameterValues,
  take: (keyword: string) => string,
): string {
  const [user, password] = [take("user"), take("password")];
  const credentials = user === ""
    ? ""
    : `${user}${values.has("password") ? `:${password}` : ""}@`;
  const host = take("host");
  return `${credentials}${host}${values.has("port") ? `:${take("port")}` : ""}`;
}

/** Also what a shell or a file of settings could take for a quote. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll("'", "%27");
}
