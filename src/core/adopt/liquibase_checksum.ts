import { hash } from "node:crypto";
import type { ForeignCheck } from "./foreign.ts";

/**
 * Compares SQL with a checksum of the ninth kind, which Liquibase writes since
 * 4.22: over the SQL without white space, and again over that. Of older kinds
 * nothing is said.
 */
export function checkLiquibase(sql: string, checksum: string): ForeignCheck {
  if (!checksum.startsWith(KIND)) return "none";
  const bare = sql.replaceAll(/[ \t\r\n]/g, "");
  const actual = hash("md5", `${KIND}${hash("md5", bare, "hex")}:`, "hex");
  return checksum === `${KIND}${actual}` ? "same" : "changed";
}

const KIND = "9:";
