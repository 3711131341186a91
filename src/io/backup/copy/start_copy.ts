import type { Connection } from "../../postgres/connection.ts";
import type { Target } from "../../postgres/target.ts";
import type { BackupWish, BackupWriter } from "../make_backup.ts";
import { requireSource } from "./copy_snapshot.ts";
import { keepAwake } from "./keep_awake.ts";
import type { CopyWish } from "./read_copy_source.ts";
import { stoppable } from "./stoppable.ts";
import { verifyCopy } from "./verify_copy.ts";
import { writeCopy } from "./write_copy.ts";

/**
 * A writer of backups with COPY.
 *
 * @throws {ExecutionError} If there is something that it could not bring back.
 */
export async function startCopy(
  target: Target,
  connection: Connection,
  { schemas, touched, signal }: BackupWish,
): Promise<BackupWriter> {
  const wish: CopyWish = schemas.length > 0
    ? { kind: "schemas", names: schemas }
    : touched === undefined
    ? { kind: "database" }
    : { kind: "objects", ids: touched };
  const { lockRetryMs: lockWaitMs } = target.settings;
  const words = {
    code: "backup_failed",
    action: "Cannot make a backup",
  } as const;
  const planned = await stoppable(
    connection,
    { signal, ...words },
    () => requireSource(connection, { wish, lockWaitMs }),
  );
  return {
    async write(path) {
      const run = { path, wish, planned, signal };
      await writeCopy(target, connection, run);
      await using _awake = keepAwake(connection);
      const { sha256, sizeBytes } = await verifyCopy(path, {
        signal,
        code: "backup_failed",
        action: "Cannot keep the backup that was made",
      });
      return { sha256, sizeBytes };
    },
  };
}
