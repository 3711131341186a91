import {
  judgeClock,
  judgeConnection,
  judgeDirectUrl,
  judgePooler,
  judgeRole,
  judgeServer,
} from "../../core/doctor/judge_session.ts";
import { refused, skipped, type Verdict } from "../../core/doctor/verdict.ts";
import { ConnectionError } from "../../errors.ts";
import { describeTarget } from "../postgres/connection.ts";
import { isSocketDirectory } from "../postgres/connection_target.ts";
import { readMissingGrants } from "../postgres/history_rights.ts";
import type { DoctorCheck, ServerExamination } from "./examination.ts";
import { openSession } from "./open_session.ts";

/** Where the connection goes. */
export const connection: DoctorCheck = {
  name: "connection",
  needs: "server",
  async run({ connection, session, target }) {
    const { host } = connection.target;
    const isLocal = isSocketDirectory(host) || LOOPBACK.test(host);
    return judgeConnection({
      target: describeTarget(connection.target),
      isLocal,
      encrypted: connection.encrypted,
      loginMs: session.loginMs,
      roundTripMs: session.roundTripMs,
      warnings: await target.connectionWarnings(),
    });
  },
};

const LOOPBACK = /^(?:localhost|127\.[0-9.]+|::1)$/;

/** Which server it is. */
export const server: DoctorCheck = {
  name: "server",
  needs: "server",
  // deno-lint-ignore require-await -- the interface is asynchronous
  async run({ connection, session: { row } }) {
    return judgeServer({
      serverVersion: connection.serverVersion,
      version: row.version ?? "",
      isStandby: row.is_standby === "t",
      isReadOnly: row.is_read_only === "t",
    });
  },
};

/** Whether a pooler stands in between. */
export const pooler: DoctorCheck = {
  name: "pooler",
  needs: "server",
  // deno-lint-ignore require-await -- the interface is asynchronous
  async run({ session, direct }) {
    return judgePooler(
      session.pooler,
      direct === undefined ? "missing" : "given",
    );
  },
};

/** Where `--direct-url` leads. */
export const directUrl: DoctorCheck = {
  name: "direct url",
  needs: "server",
  async run({ direct, session }): Promise<Verdict> {
    if (direct === undefined) return skipped("none is set");
    try {
      await using opened = await openSession(direct);
      return judgeDirectUrl({
        target: describeTarget(opened.connection.target),
        isSameDatabase: opened.session.row.database_identity ===
          session.row.database_identity,
        mode: opened.session.pooler,
      });
    } catch (error) {
      if (error instanceof ConnectionError) return refused("problem", error);
      throw error;
    }
  },
};

/** What the role may do. */
export const role: DoctorCheck = {
  name: "role",
  needs: "server",
  async run({ connection, session: { row }, target }: ServerExamination) {
    return judgeRole({
      role: row.role ?? "",
      isSuperuser: row.is_superuser === "t",
      seesAllSessions: row.sees_all_sessions === "t",
      table: target.settings.table,
      missingGrants: await readMissingGrants(connection, target.names),
    });
  },
};

/** Whether two clocks agree. */
export const clock: DoctorCheck = {
  name: "clock",
  needs: "server",
  // deno-lint-ignore require-await -- the interface is asynchronous
  async run({ session }) {
    return judgeClock(session.clockAheadMs, session.roundTripMs);
  },
};
