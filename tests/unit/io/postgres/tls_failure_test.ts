import assert from "node:assert/strict";
import { describeTlsFailure } from "../../../../src/io/postgres/tls_failure.ts";

/** The words of both kinds of runtime, and what they mean. */
const CASES: readonly (readonly [string, string, RegExp])[] = [
  ["CERT_HAS_EXPIRED", "certificate has expired", /expired/],
  ["", "invalid peer certificate: Expired", /expired/],
  [
    "",
    "invalid peer certificate: certificate expired: verification time 1",
    /expired/,
  ],
  ["CERT_NOT_YET_VALID", "certificate is not yet valid", /not valid yet/],
  ["", "invalid peer certificate: NotValidYet", /not valid yet/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP", /not for "db1"/],
  [
    "",
    'invalid peer certificate: certificate not valid for name "x"',
    /not for "db1"/,
  ],
  ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate", /not trusted/],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify", /not trusted/],
  ["", "invalid peer certificate: UnknownIssuer", /not trusted/],
  ["ECONNRESET", "read ECONNRESET", /closed the connection/],
  ["", "odd\nsecond line", /could not be started: odd$/],
];

for (const [code, message, expected] of CASES) {
  Deno.test(`describeTlsFailure() explains ${code} ${message}`, () => {
    const cause = Object.assign(new Error(message), code ? { code } : {});

    const failure = describeTlsFailure(cause, "db1");

    assert.match(failure.state, expected);
    assert.ok(failure.hint);
  });
}
