import {
  judgeIndexes,
  judgePartitions,
  judgePrepared,
  judgeSlots,
  judgeTransactions,
} from "../../core/doctor/judge_database.ts";
import {
  judgeSettings,
  watchedSettings,
} from "../../core/doctor/judge_settings.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { DoctorCheck } from "./examination.ts";
import indexesSql from "./sql/read_invalid_indexes.sql" with { type: "text" };
import transactionsSql from "./sql/read_open_transactions.sql" with {
  type: "text",
};

/** Settings of the server that hurt a run. */
export const settings: DoctorCheck = {
  name: "settings",
  needs: "server",
  async run({ ask, session: { row, pooler }, target, direct }) {
    const names = watchedSettings().map(quoteLiteral).join(", ");
    const rows = await ask(
      "SELECT name, current_setting(name) AS value, source FROM pg_settings " +
        `WHERE name IN (${names}) AND source <> 'default' ORDER BY name`,
    );
    const found = rows.map(({ name = "", value = "", source = "" }) => ({
      name,
      value,
      source,
    }));
    return judgeSettings(found, {
      role: row.quoted_role ?? "",
      database: row.quoted_database ?? "",
      route: pooler === "none" || direct !== undefined ? "direct" : "pooler",
      statementTimeout: target.settings.statementTimeoutMs === undefined
        ? "none"
        : "own",
    });
  },
};

/** Transactions that DDL would wait for. */
export const transactions: DoctorCheck = {
  name: "transactions",
  needs: "server",
  async run({ ask }) {
    const rows = await ask(transactionsSql);
    return judgeTransactions(rows.map((row) => ({
      processId: Number(row.pid),
      user: row.usename ?? "",
      application: row.application_name ?? "",
      state: row.state ?? "",
      ageMs: Number(row.age_ms),
      tables: JSON.parse(row.tables ?? "[]"),
    })));
  },
};

/** Prepared transactions that nobody came back for. */
export const prepared: DoctorCheck = {
  name: "prepared",
  needs: "server",
  async run({ ask }) {
    const rows = await ask(
      "SELECT quote_literal(gid) AS gid, quote_ident(owner) AS owner, " +
        "extract(epoch FROM clock_timestamp() - prepared) * 1000 AS age_ms " +
        "FROM pg_prepared_xacts WHERE database = current_database() " +
        "ORDER BY prepared",
    );
    return judgePrepared(rows.map(({ gid = "", owner = "", age_ms }) => ({
      gid,
      owner,
      ageMs: Number(age_ms),
    })));
  },
};

/** Indexes that the server does not use. */
export const indexes: DoctorCheck = {
  name: "indexes",
  needs: "server",
  async run({ ask }) {
    const rows = await ask(indexesSql);
    return judgeIndexes(rows.map((row) => ({
      schema: row.schema ?? "",
      name: row.name ?? "",
      table: row.table ?? "",
      isOfPartitionedTable: row.is_of_partitioned_table === "t",
      ...(row.constraint !== undefined && { constraint: row.constraint }),
      isBeingBuilt: row.is_being_built === "t",
    })));
  },
};

/** Partitions that are half-way out of their table. */
export const partitions: DoctorCheck = {
  name: "partitions",
  needs: "server",
  async run({ ask }) {
    const rows = await ask(
      "SELECT inhparent::regclass AS table, inhrelid::regclass AS partition " +
        "FROM pg_inherits WHERE inhdetachpending ORDER BY 1, 2",
    );
    return judgePartitions(rows.map(({ table = "", partition = "" }) => ({
      table,
      partition,
    })));
  },
};

/** Replication slots that keep the write-ahead log. */
export const slots: DoctorCheck = {
  name: "write-ahead log",
  needs: "server",
  async run({ ask }) {
    const rows = await ask(
      "SELECT slot_name, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() " +
        "THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, " +
        "restart_lsn) AS kept FROM pg_replication_slots " +
        "WHERE NOT active AND restart_lsn IS NOT NULL ORDER BY 1",
    );
    return judgeSlots(rows.map(({ slot_name = "", kept }) => ({
      name: slot_name,
      keptBytes: Number(kept),
    })));
  },
};
