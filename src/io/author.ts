import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";

/** Where to look for a name. */
export interface AuthorOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Who makes a migration: the name that git knows, else that of the user,
 * else `unknown`. Nothing of it need exist or be allowed.
 */
export async function readAuthor(
  { cwd, env }: AuthorOptions,
): Promise<string> {
  return await readGitName(cwd) ?? readUserName() ?? env["USER"] ??
    env["LOGNAME"] ?? "unknown";
}

const GIT_TIMEOUT_MS = 2000;
const runFile = promisify(execFile);

async function readGitName(cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await runFile("git", ["config", "user.name"], {
      cwd,
      timeout: GIT_TIMEOUT_MS,
    });
    return stdout.trim() || undefined;
  } catch {
    // No git, no repository, no name in it, or no permission to run it.
    return undefined;
  }
}

function readUserName(): string | undefined {
  try {
    return userInfo().username || undefined;
  } catch {
    // An image FROM scratch has no list of users.
    return undefined;
  }
}
